"""The measurements of `make bench-api`: the collection API, its store on disk, load and server on one machine.
Standard library and wrk."""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SORTIE = str(ROOT / ".build/release/sortie")
SCRIPTS = ROOT / "Benchmarks/api"
RUNS, JOBS = 200, 300
RUN_NAME = "teuthology-2026-11-01_00:00:00-rados-b%d-testing-basic-smithi"


class Server:
    """A collection API on a free port, ended in any case."""

    def __init__(self, store):
        self.process = subprocess.Popen([SORTIE, "serve", "--listen", "127.0.0.1:0", "--store", str(store)],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def memory(self):
        """Resident memory in MiB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024

    def wrk(self, script, clients, seconds, target="/", environment=()):
        """Requests a second, and the median and 99th percentile of their latencies in ms."""
        threads = min(2, clients)
        command = ["wrk", f"-t{threads}", f"-c{clients}", f"-d{seconds}s", "--latency"]
        if script:
            command += ["-s", str(SCRIPTS / script)]
        output = subprocess.run(command + [self.url + target], capture_output=True, text=True, check=True,
                                env={**os.environ, **dict(environment)}).stdout
        if "Non-2xx" in output or "Socket errors" in output:
            sys.exit(f"{script or target}: {output}")
        return (float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]), milliseconds(output, "50%"),
                milliseconds(output, "99%"))


def milliseconds(output, percentile):
    value, unit = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s|m)\b", output).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def call(connection, verb, path, body=None):
    data = None if body is None else json.dumps(body)
    connection.request(verb, path, data, {"Content-Type": "application/json"} if data else {})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        sys.exit(f"{verb} {path}: {answer.status} {answer.reason} {content[:200]}")
    return content


def syncs(folder):
    """How often a second 4 KiB can be appended and synced, one after the other."""
    block = b"x" * 4096
    with (folder / "probe").open("wb") as file:
        began, count = time.monotonic(), 0
        while time.monotonic() - began < 2:
            os.write(file.fileno(), block)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.monotonic() - began)


def declare(server):
    connection = server.connect()
    call(connection, "POST", "/api/v1/pods", {"name": "pod1"})
    call(connection, "POST", "/api/v1/projects", {"name": "functest"})
    for case in range(50):
        call(connection, "POST", "/api/v1/projects/functest/cases", {"name": f"c{case}"})


def posts(folder, seconds):
    with Server(folder / "posts.db") as server:
        declare(server)
        for clients, aim in [(1, "1,200/s or 0.35 of fdatasync"), (16, "5,000/s")]:
            probe = syncs(folder)
            rate, p50, p99 = server.wrk("post_result.lua", clients, seconds)
            show(f"POST of a 2 kB result, {clients} client{'s' if clients > 1 else ''}",
                 f"{rate:,.0f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms; fdatasync {probe:,.0f}/s: ratio {rate / probe:.2f}",
                 f">= {aim}; original 108/s")


def write_results(path, count):
    """A dump as mongoexport writes it; 50 results share a build tag."""
    with path.open("w") as file:
        for number in range(count):
            file.write('{"_id": {"$oid": "%024x"}, "project_name": "functest", "case_name": "c%d", "pod_name": "pod1", '
                       '"installer": "fuel", "version": "master", "scenario": "os-nosdn-nofeature-noha", '
                       '"criteria": "%s", "build_tag": "jenkins-functest-fuel-pod1-daily-master-%d", '
                       '"start_date": "2026-%02d-%02d 00:00:00", "stop_date": "2026-11-21 00:00:00", '
                       '"details": {"duration": %d, "tests": 17, "failures": 0, "text": "some lines of output"}}\n'
                       % ((0x5A000000 << 64) + number, number % 50, "PASS" if number % 7 else "FAIL", number // 50,
                          1 + number * 12 // count, 1 + number % 28, number % 600))


def pages(folder, seconds, count):
    store, dump = folder / "pages.db", folder / "results.json"
    write_results(dump, count)
    began = time.monotonic()
    imported = subprocess.run([SORTIE, "store", "import", "--store", str(store), "--from", "mongoexport", str(dump)],
                              capture_output=True, text=True)
    if imported.returncode != 0:
        sys.exit(f"import: {imported.stderr[-2000:]}")
    show(f"import of {count:,} results", f"{time.monotonic() - began:.1f} s", "-")
    dump.unlink()
    with Server(store) as server:
        for clients in (1, 16):
            rate, p50, p99 = server.wrk("page.lua", clients, seconds)
            show(f"page of 20 by build tag of {count:,}, {clients} client{'s' if clients > 1 else ''}",
                 f"{rate:,.0f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms", ">= 2,000/s, p99 <= 20 ms; original 24/s")
        unpaged(server)


def unpaged(server):
    before, peak, done = server.memory(), [0.0], threading.Event()

    def watch():
        while not done.wait(0.02):
            peak[0] = max(peak[0], server.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    connection = server.connect()
    began, size = time.monotonic(), 0
    connection.request("GET", "/api/v1/results?page=0")
    answer = connection.getresponse()
    while piece := answer.read(1 << 20):
        size += len(piece)
    done.set()
    watcher.join()
    show("everything unpaged", f"{size / 2**20:,.0f} MiB in {time.monotonic() - began:.1f} s; memory {before:.0f} MiB "
         f"before, {peak[0]:.0f} MiB at most", "<= 150 MiB")


def fill_paddles(server):
    def fill(run):
        connection = server.connect()
        name = RUN_NAME % run
        for job in range(run * JOBS, (run + 1) * JOBS):
            call(connection, "POST", f"/paddles/runs/{name}/jobs/",
                 {"job_id": str(job), "status": "queued", "description": "rados/basic/{clusters/fixed-2 msgr/async}",
                  "roles": [["mon.a", "osd.0", "osd.1"], ["mon.b", "client.0"]], "machine_type": "smithi",
                  "tasks": [{"install": None}, {"ceph": {"log-ignorelist": ["overall HEALTH"] * 20}}, {"rados": {"ops": 4000}}],
                  "overrides": {"ceph": {"conf": {"osd": {f"option {number}": number for number in range(40)}}}},
                  "os_type": "ubuntu", "os_version": "22.04", "owner": "scheduled_teuthology@lab", "suite": "rados"})

    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(fill, range(RUNS)))
    show(f"{RUNS * JOBS:,} paddles jobs posted by 8 clients in Python", f"{time.monotonic() - began:.1f} s", "-")


def latency(server, target, repeat=50):
    connection, times, size = server.connect(), [], 0
    for _ in range(repeat):
        began = time.monotonic()
        size = len(call(connection, "GET", target))
        times.append((time.monotonic() - began) * 1000)
    return statistics.median(times), max(times), size


def paddles(folder, seconds):
    with Server(folder / "paddles.db") as server:
        fill_paddles(server)
        for name, target, aim in [
                ("GET /runs/", "/paddles/runs/", "<= 5 ms; original 710 ms"),
                ("GET /runs/?count=100", "/paddles/runs/?count=100", "-; original 2,700 ms"),
                (f"GET /runs/NAME/ with {JOBS} jobs", f"/paddles/runs/{RUN_NAME % 7}/", "<= 15 ms; original 600 to 800 ms"),
                ("GET /jobs/?count=100", "/paddles/jobs/?count=100", "-; original 240 to 370 ms")]:
            middle, worst, size = latency(server, target)
            show(f"paddles {name}", f"median {middle:.2f} ms, max {worst:.2f} ms ({size / 1024:,.0f} kB)", aim)
        rate, p50, p99 = server.wrk("status.lua", 16, seconds, environment={"RUN_NAME": RUN_NAME}.items())
        show("paddles status PUTs, 16 clients", f"{rate:,.0f}/s, p50 {p50:.2f} ms, p99 {p99:.2f} ms",
             ">= 3,000/s; original 30/s")


def show(what, figure, aim):
    print(f"{what}: {figure} (aim {aim})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of each load")
    parser.add_argument("--results", type=int, default=1_000_000, help="in the store that pages are read from")
    parser.add_argument("parts", nargs="*", default=["posts", "pages", "paddles"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sortie-bench-", dir="/var/tmp") as name:
        folder = pathlib.Path(name)
        for part in options.parts:
            {"posts": lambda: posts(folder, options.seconds),
             "pages": lambda: pages(folder, options.seconds, options.results),
             "paddles": lambda: paddles(folder, options.seconds)}[part]()


if __name__ == "__main__":
    main()
