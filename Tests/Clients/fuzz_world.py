"""What `make fuzz-api` fuzzes in: some of everything is declared first, so that calls reach the store and do not all end
at "not there". These are schemathesis' hooks (SCHEMATHESIS_HOOKS): most calls get names of what was declared, and what a
call has taken away is declared anew. SORTIE_FUZZ_URL is the server, SORTIE_FUZZ_SEED the seed of the choice."""

import json
import os
import random
import re
import urllib.error
import urllib.request

import schemathesis

URL = os.environ["SORTIE_FUZZ_URL"]
DICE = random.Random(int(os.environ.get("SORTIE_FUZZ_SEED", "1")))

POD, PROJECT, CASE, SCENARIO = "pod1", "functest", "vping", "os-nosdn-nofeature-ha"
INSTALLER, VERSION, TAG = "apex", "master", "jenkins-functest-apex-apex-daily-master-190"
RUN = "alice-2026-11-20_10:00:00-rados-main-distro-default-vps"
NODES = ["vps1.lab", "vps2.lab", "vps3.lab", "vps4.lab"]
JOB, JOBS = "9f3c" + "0" * 36, 3
TIME = "2026-11-20T10:00:0%dZ"


def send(verb, path, body):
    """What the server answers; None if it says no, as it does to what is there already."""
    request = urllib.request.Request(
        URL + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=verb)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise RuntimeError(f"{verb} {path}: {error.code} {error.read()[:500]}") from error
        return None


def declare_testapi():
    send("POST", "/api/v1/pods", {"name": POD, "mode": "metal", "role": "gating", "details": "a pod"})
    send("POST", "/api/v1/projects", {"name": PROJECT, "description": "tests"})
    send("POST", f"/api/v1/projects/{PROJECT}/cases", {"name": CASE, "tier": "smoke"})
    projects = [{"project": PROJECT, "customs": ["a", "b"], "scores": [{"date": "2026-11-20", "score": "3/4"}]}]
    versions = [{"version": VERSION, "owner": "alice", "projects": projects}]
    send("POST", "/api/v1/scenarios", {
        "name": SCENARIO, "installers": [{"installer": INSTALLER, "versions": versions}]})


def declare_results():
    """Results, which nobody can take away. Returns the ids of both kinds."""
    ids = []
    for resource in ["results", "deployresults"]:
        answers = [
            send("POST", f"/api/v1/{resource}", {
                "pod_name": POD, "project_name": PROJECT, "case_name": CASE, "installer": INSTALLER,
                "version": VERSION, "scenario": SCENARIO, "build_tag": TAG, "criteria": criteria, "build_id": 7,
                "job_name": "daily", "start_date": f"2026-11-2{day} 10:00:00", "stop_date": None,
                "trust_indicator": {"current": 0.5, "histories": []}, "details": {"duration": day}})
            for day, criteria in enumerate(["PASS", "FAIL", None])]
        ids.append([answer["href"].rsplit("/", 1)[1] for answer in answers])
    return ids


def declare_paddles():
    for node in NODES:
        send("POST", "/paddles/nodes/", {
            "name": node, "machine_type": "vps", "up": True, "locked": False, "is_vm": True, "os_type": "ubuntu",
            "os_version": "24.04", "arch": "x86_64"})
    send("POST", "/paddles/queue/", {"queue": "vps"})
    send("POST", "/paddles/runs/", {"name": RUN})
    for job, status in enumerate(["queued", "running", "pass"]):
        send("POST", f"/paddles/runs/{RUN}/jobs/", {
            "job_id": str(job + 1), "status": status, "queue": "vps", "machine_type": "vps", "priority": 10 - job,
            "user": "alice", "branch": "main", "suite": "rados", "sha1": "5ca1ab1e", "flavor": "default",
            "description": "rados/basic", "targets": {"ubuntu@" + NODES[job]: "ssh-rsa A"}})


def declare_avocado(rows=1):
    send("POST", "/avocado/jobs/", {"id": JOB, "status": "PASS", "description": "nightly"})
    for test in range(JOBS):
        send("POST", f"/avocado/jobs/{JOB}/tests/", {"tag": f"sleep.{test}", "status": "PASS"})
        send("POST", f"/avocado/jobs/{JOB}/activities/", {"activity": "RUN", "time": TIME % test})
        send("POST", f"/avocado/jobs/{JOB}/tests/{test + 1}/activities/", {"activity": "RUN", "time": TIME % test})
        send("POST", f"/avocado/jobs/{JOB}/tests/{test + 1}/data/", {"key": "cmdline", "value": "quiet"})
    for row in range(rows):
        send("POST", "/avocado/softwarecomponentkinds/", {"name": f"kind{row}"})
        send("POST", "/avocado/softwarecomponentarches/", {"name": f"arch{row}"})
        distro = {"name": f"linux{row}", "version": "1", "release": "0", "arch": "x86_64"}
        send("POST", "/avocado/linuxdistros/", distro)
        send("POST", "/avocado/testenvironments/", {"distro": distro})
        send("POST", "/avocado/softwarecomponents/", {
            "name": "bash", "version": str(row), "release": "1", "checksum": "0", "kind": "unknown", "arch": "unknown"})


for declare in [declare_testapi, declare_paddles, declare_avocado]:
    declare()
RESULTS, DEPLOYRESULTS = declare_results()
declare_avocado(rows=20)

ROWS = [str(row) for row in range(1, 8)]
# What stands in a path, by the beginning of the path that it is in.
PATHS = [
    ("/api/v1/pods/", {"name": [POD]}), ("/api/v1/results/", {"id": RESULTS}),
    ("/api/v1/projects/{project}/cases/", {"project": [PROJECT], "name": [CASE]}),
    ("/api/v1/projects/", {"project": [PROJECT], "name": [PROJECT]}),
    ("/api/v1/deployresults/", {"id": DEPLOYRESULTS}), ("/api/v1/scenarios/", {"name": [SCENARIO]}),
    ("/paddles/runs/branch/", {"value": ["main"]}), ("/paddles/runs/machine_type/", {"value": ["vps"]}),
    ("/paddles/runs/sha1/", {"value": ["5ca1ab1e", "5ca"]}), ("/paddles/runs/suite/", {"value": ["rados"]}),
    ("/paddles/runs/status/", {"value": ["running", "queued", "finished pass", "empty"]}),
    ("/paddles/runs/user/", {"value": ["alice"]}), ("/paddles/runs/flavors/", {"value": ["default"]}),
    ("/paddles/runs/date/", {"value": ["2026-11-20", "today"], "from": ["2026-11-01"], "to": ["2026-11-30"]}),
    ("/paddles/runs/", {"name": [RUN], "job_id": ["1", "2", "3"]}), ("/paddles/nodes/", {"name": NODES}),
    ("/avocado/", {"job": [JOB, JOB[:6], "1"], "test": ["1", "2", "3"], "key": ROWS}),
]
# What stands in a query or is a member of a body, where a call has it.
MEMBERS = {
    "pod": [POD], "pod_name": [POD], "project": [PROJECT], "project_name": [PROJECT], "case": [CASE],
    "case_name": [CASE], "installer": [INSTALLER], "version": [VERSION], "scenario": [SCENARIO], "build_tag": [TAG],
    "queue": ["vps"], "run_name": [RUN], "user": ["alice"], "branch": ["main"], "machine_type": ["vps", "vps|smithi"],
    "names": [NODES[:1], NODES[:2]], "locked_by": ["alice"], "count": [1, 2], "vm_host": NODES, "job": [JOB],
    "test": [1, 2, 3], "kind": ["unknown"], "arch": ["unknown"],
}
REDECLARED = [
    ("/api/v1/", declare_testapi), ("/paddles/", declare_paddles), ("/avocado/", declare_avocado),
]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts declared names into most calls; only few of them remove one."""
    path, share = case.operation.path, 0.05 if case.method.upper() == "DELETE" and "{" in case.operation.path else 0.7
    if not path.startswith("/paddles/runs/queued"):
        known = next((names for start, names in PATHS if path.startswith(start)), {})
        replace(case.path_parameters, known, share)
    replace(case.query, MEMBERS, 0.5)
    replace(case.body, MEMBERS, 0.7)


def replace(members, known, share):
    if not hasattr(members, "items"):
        return
    for name in list(members):
        if name in known and DICE.random() < share:
            members[name] = DICE.choice(known[name])


@schemathesis.hook
def after_call(context, case, response):
    """Declares anew what may be gone or have another name."""
    if response.status_code >= 300 or case.method.upper() not in ("DELETE", "PUT", "PATCH"):
        return
    if case.method.upper() != "DELETE" and not re.search(r"/(projects|cases|scenarios)/\{name\}$", case.operation.path):
        return
    next(declare for start, declare in REDECLARED if case.operation.path.startswith(start))()


@schemathesis.check
def contract_refusal(context, response, case):
    """A 503 is the contract's own, and not a store that failed."""
    if response.status_code == 503:
        message = response.json().get("message", "")
        assert re.search(r"^only \d+ nodes available$|^queue is paused, cannot retrieve job$", message), message
