"""Times this build against another one, in turns: `compare.py --repeat N OTHER [a b]`, where OTHER holds the other build's
`sortie` and `sortie-agent`. Each has a lab of its own, since a running agent serves whoever speaks its wire."""
import argparse
import pathlib
import tempfile

import measure


class OtherLab(measure.Lab):
    """A lab for one of the two builds."""

    def __init__(self, folder, binaries):
        super().__init__(folder)
        self.binary = str(binaries / "sortie")
        self.environment["SORTIE_AGENT"] = str(binaries / "sortie-agent")

    def sortie(self, *arguments):
        return measure.timed([self.binary, *arguments], env=self.environment)


def catalogs(folder):
    short = [(f"t{i}", ["/bin/true"]) for i in range(measure.CASES)]
    loud = [("big", ["cat", str(measure.big(folder))])]
    return {"a": measure.catalog(folder, "short", short), "b": measure.catalog(folder, "big", loud)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("other", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("parts", nargs="*", default=["a", "b"])
    options = parser.parse_args()
    builds = {"this": measure.ROOT / ".build/release", "other": options.other.resolve()}
    with tempfile.TemporaryDirectory(prefix="sortie-compare-", dir="/var/tmp") as name:
        root = pathlib.Path(name)
        for build in builds:
            (root / build).mkdir()
        with OtherLab(root / "this", builds["this"]) as this, OtherLab(root / "other", builds["other"]) as other:
            for part, path in catalogs(root).items():
                if part not in options.parts:
                    continue
                this.run(path), other.run(path)
                mine, theirs = [], []
                for round in range(options.repeat):
                    # Whoever comes second finds the disk busy with the first one's pages.
                    turns = [(this, mine), (other, theirs)]
                    for lab, times in turns if round % 2 else reversed(turns):
                        times.append(lab.run(path)[0])
                measure.show(part, mine, theirs, "the other build", "0.9 or more")


if __name__ == "__main__":
    main()
