"""The measurements of `make bench`. Standard library only."""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SORTIE = str(ROOT / ".build/release/sortie")
CASES = 2000
PARALLEL_JOBS = 60
BYTES = 1 << 30


def timed(argv, **options):
    """Runs a command to its end: seconds, and its peak memory in KiB."""
    start = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{argv[:4]} ended with {child.returncode}: {error[-2000:]}")
    return time.monotonic() - start, usage.ru_maxrss


class Lab:
    """Two nodes with two slots each, taken down in any case."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "USER", "LANG")}
        self.environment["SORTIE_STATE"] = str(folder / "state")
        self.environment["CI"] = "1"

    def __enter__(self):
        self.sortie("lab", "up", "--nodes", "2", "--slots", "2")
        self.file = self.folder / "state/lab/lab.yaml"
        text = self.file.read_text()
        self.ports = re.findall(r"127\.0\.0\.1:(\d+)", text)
        self.user = re.search(r'address: "(\w+)@', text)[1]
        self.identity = re.search(r'identity: "(.*)"', text)[1]
        keys = re.findall(r'host_key: "(.*)"', text)
        known = self.folder / "known_hosts"
        known.write_text("".join(f"[127.0.0.1]:{port} {key}\n" for port, key in zip(self.ports, keys)))
        self.ssh = ["ssh", "-F", "none", "-i", self.identity, "-o", f"UserKnownHostsFile={known}", "-o", "LogLevel=ERROR"]
        return self

    def __exit__(self, *_):
        subprocess.run([SORTIE, "lab", "down"], env=self.environment, check=False)

    def sortie(self, *arguments):
        return timed([SORTIE, *arguments], env=self.environment)

    def run(self, catalog):
        result = self.sortie("run", "--no-publish", "--catalog", str(catalog), "--lab", str(self.file))
        shutil.rmtree(self.folder / "state/runs")
        return result

    def agents(self):
        """Peak memory in KiB of each agent and slot."""
        peaks = {"serve": 0, "slot": 0}
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                if words[0] != b"sortie-agent" or str(self.folder).encode() not in b"".join(words):
                    continue
                peak = int(re.search(r"VmHWM:\s+(\d+)", (process / "status").read_text())[1])
                peaks[words[1].decode()] = max(peaks.get(words[1].decode(), 0), peak)
            except (OSError, TypeError):
                continue
        return peaks


def catalog(folder, name, cases):
    path = folder / f"{name}.yaml"
    lines = ["sortie: 1", "tiers:", f"  - name: {name}", "    testcases:"]
    for case, argv in cases:
        words = ", ".join('"' + word + '"' for word in argv)
        lines += [f"      - case_name: {case}", f"        run: {{name: exec, args: {{argv: [{words}]}}}}"]
    path.write_text("\n".join(lines) + "\n")
    return path


def median(values):
    return statistics.median(values)


def show(label, ours, reference, name, aim):
    """Rates are work per second; a ratio pairs the two of one round."""
    ratios = [theirs / mine for mine, theirs in zip(ours, reference)]
    low, high = min(ratios), max(ratios)
    print(f"({label}) sortie {median(ours):.2f} s, {name} {median(reference):.2f} s: "
          f"ratio {median(ratios):.2f} of its rate ({low:.2f} to {high:.2f}, aim {aim})", flush=True)


def bench_a(lab, folder, repeat):
    path = catalog(folder, "short", [(f"t{i}", ["/bin/true"]) for i in range(CASES)])
    lab.run(path)
    ours, xargs, peaks = [], [], []
    for _ in range(repeat):
        seconds, peak = lab.run(path)
        ours.append(seconds)
        peaks.append(peak)
        xargs.append(timed(["sh", "-c", f"seq {CASES} | xargs -P4 -n1 /bin/true"])[0])
    show("a", ours, xargs, "xargs -P4", ">= 0.7, floor 0.5")
    logins = []
    for port in lab.ports:
        logins += ["--sshlogin", f"2/{' '.join(lab.ssh)} -p {port} {lab.user}@127.0.0.1"]
    seconds, _ = timed(["sh", "-c", 'seq "$1" | { shift; parallel --will-cite "$@"; }', "sh", str(PARALLEL_JOBS), *logins,
                        "true {}"], env=lab.environment)
    rate, theirs = CASES / median(ours), PARALLEL_JOBS / seconds
    print(f"(a) sortie {rate:.0f} cases/s, GNU parallel over SSH {theirs:.1f} jobs/s: {rate / theirs:.0f} times (aim >= 50)")
    memory("a", max(peaks), lab)


def big(folder):
    """A file of so many bytes, in lines."""
    source = folder / "big"
    block = "".join(f"line {i:08} of the output that one case prints\n" for i in range(20000)).encode()
    with source.open("wb") as file:
        for _ in range(BYTES // len(block)):
            file.write(block)
        file.write(block[: BYTES % len(block)])
    return source


def bench_b(lab, folder, repeat):
    source, target = big(folder), folder / "copy"
    path = catalog(folder, "big", [("big", ["cat", str(source)])])
    ours, reference, peaks = [], [], []
    for _ in range(repeat):
        seconds, peak = lab.run(path)
        ours.append(seconds)
        peaks.append(peak)
        command = [*lab.ssh, "-p", lab.ports[0], f"{lab.user}@127.0.0.1", "cat", str(source)]
        reference.append(timed(["sh", "-c", 'to=$1; shift; "$@" >"$to" && sync "$to"', "sh", str(target), *command])[0])
        target.unlink()
    source.unlink()
    show("b", ours, reference, "ssh cat + sync", ">= 0.5")
    memory("b", max(peaks), lab)


def bench_c(lab, folder, _):
    program = "import time,sys\nfor _ in range(1000):\n print(time.time_ns(), flush=True); time.sleep(0.005)\n"
    script = folder / "lines.py"
    script.write_text(program)
    path = catalog(folder, "lines", [("lines", ["python3", str(script)])])
    run = subprocess.Popen([SORTIE, "run", "--no-publish", "--catalog", str(path), "--lab", str(lab.file)],
                           env=lab.environment, stderr=subprocess.PIPE, text=True)
    name = re.match(r"run (\S+)", run.stderr.readline())[1]
    drain = threading.Thread(target=run.stderr.read)
    drain.start()
    delays = []
    began = None
    follow = subprocess.Popen([SORTIE, "logs", name, "lines", "-f"], env=lab.environment, stdout=subprocess.PIPE)
    for line in follow.stdout:
        now = time.time_ns()
        began = began or now
        # What was printed before somebody followed says nothing about following.
        if int(line) > began:
            delays.append((now - int(line)) / 1e6)
    follow.wait()
    drain.join()
    run.wait()
    delays.sort()
    print(f"(c) {len(delays)} lines from node to `logs -f`: p50 {delays[len(delays) // 2]:.1f} ms, "
          f"p99 {delays[len(delays) * 99 // 100]:.1f} ms, max {delays[-1]:.1f} ms (aim p99 <= 20)")


def memory(label, peak, lab):
    agents = lab.agents()
    print(f"(d) in ({label}): coordinator {peak / 1024:.0f} MiB (aim <= 100), agent {agents['serve'] / 1024:.0f} MiB, "
          f"slot {agents['slot'] / 1024:.0f} MiB (aim <= 30)", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("parts", nargs="*", default=["a", "b", "c"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sortie-bench-", dir="/var/tmp") as name, Lab(pathlib.Path(name)) as lab:
        for part in options.parts:
            {"a": bench_a, "b": bench_b, "c": bench_c}[part](lab, pathlib.Path(name), options.repeat)


if __name__ == "__main__":
    main()
