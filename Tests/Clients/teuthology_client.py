"""Ceph's own client, as released, against a paddles server: reporting runs from an archive, the life of a job as the
dispatcher, the job and the supervisor push it, and locks on nodes. Called with the server's base URL; says what it
found wrong, and ends with 1, or says `ok`."""
import json
import os
import sys
import tempfile
import types

from teuthology.config import config

BASE = sys.argv[1].rstrip("/")
config.results_server = BASE
config.lock_server = BASE

import requests  # noqa: E402
from teuthology import report  # noqa: E402
from teuthology.lock import ops, query  # noqa: E402

RUN = "teuthology-2013-09-25_23:00:06-rados-master-testing-basic-plana"
wrong = []


def expect(found, wanted, what):
    if found != wanted:
        wrong.append(f"{what}: {found!r}, not {wanted!r}")


def archive(folder, run, job, **summary):
    path = os.path.join(folder, run, job)
    os.makedirs(path)
    with open(os.path.join(path, "orig.config.yaml"), "w", encoding="utf-8") as file:
        file.write(f"name: {run}\njob_id: '{job}'\ndescription: rados/basic\nbranch: master\nsuite: rados\n"
                   "machine_type: plana\nroles: [[mon.a, osd.0], [client.0]]\n"
                   "tasks: [{install: null}, {ceph: {fs: xfs}}]\n")
    if summary:
        with open(os.path.join(path, "summary.yaml"), "w", encoding="utf-8") as file:
            json.dump(summary, file)
    with open(os.path.join(path, "teuthology.log"), "w", encoding="utf-8") as file:
        file.write("a line\n")


def reporting(folder):
    """What `teuthology-report` does by hand after an outage."""
    archive(folder, RUN, "1", success=True, duration=66.5)
    archive(folder, RUN, "2", success=False, failure_reason="it broke; & so on +1")
    archive(folder, RUN, "3")
    reporter = report.ResultsReporter(archive_base=folder)
    expect(reporter.report_run(RUN), 3, "jobs reported")
    expect(reporter.report_run(RUN), 0, "a run that is there is skipped")
    run = reporter.get_run(RUN)
    expect((run["suite"], run["machine_type"], run["branch"], run["user"]),
           ("rados", "plana", "master", "teuthology"), "what the name says")
    expect([(job["job_id"], job["status"]) for job in run["jobs"]], [("1", "pass"), ("2", "fail"), ("3", "unknown")],
           "jobs of the run")
    expect(run["jobs"][0]["roles"], [["mon.a", "osd.0"], ["client.0"]], "nested values")
    expect(reporter.get_jobs(RUN, "2", fields=None)["failure_reason"], "it broke; & so on +1", "a reason as it was sent")
    expect(sorted(reporter.get_jobs(RUN, fields=["status"])[0]), ["job_id", "status"], "asked for fields")
    refreshing = report.ResultsReporter(archive_base=folder, refresh=True)
    expect(refreshing.report_run(RUN), 3, "reported again")
    report.try_mark_run_dead(RUN)
    expect({job["job_id"]: job["status"] for job in reporter.get_jobs(RUN)}, {"1": "pass", "2": "fail", "3": "dead"},
           "the unfinished are dead, the others stay")
    report.try_delete_jobs(RUN, ["3"])
    expect(len(reporter.get_jobs(RUN)), 2, "one job deleted")
    report.try_delete_jobs(RUN, ["1", "2"])
    expect(requests.head(f"{BASE}/runs/{RUN}/", timeout=10).status_code, 404, "the run went with its last jobs")


def life():
    """The pushes of scheduler, dispatcher, job and supervisor, in their order; the late `dead` must change nothing."""
    job = {"name": RUN, "job_id": "77", "machine_type": "plana", "suite": "rados", "targets": None}
    reporter = report.ResultsReporter()
    for extra, status in [({"status": "queued"}, "queued"), ({"status": "running"}, "running"),
                          ({"status": "waiting"}, "waiting"), ({"status": "running", "pid": 4711}, "running"),
                          ({}, "running"),
                          ({"success": True, "status": "pass", "duration": 12}, "pass"), ({"status": "dead"}, "pass")]:
        report.try_push_job_info(job, extra)
        expect(reporter.get_jobs(RUN, "77")["status"], status, f"after {extra}")
    run = reporter.get_run(RUN)
    expect((run["status"], run["results"]["pass"], run["results"]["total"]), ("finished pass", 1, 1), "the run")
    report.try_push_job_info({"name": RUN, "job_id": 78, "description": "a number as id"}, {"status": "fail"})
    expect(reporter.get_run(RUN)["status"], "finished fail", "the run with a failure")
    reporter.delete_run(RUN)


def locks():
    names = [f"smithi{number:03}.front.sepia.ceph.com" for number in range(4)]
    for name in names:
        ops.update_inventory({"name": name, "machine_type": "smithi", "up": True, "is_vm": False, "arch": "x86_64"})
    expect(len(query.list_locks(machine_type="smithi,mira", up=True, locked=False)), 4, "free nodes of two types")
    expect(query.get_status("nobody.front.sepia.ceph.com"), {}, "a node that is not there")
    context = types.SimpleNamespace(machine_type="smithi", os_type=None, os_version=None)
    locked = ops.lock_many(context, 3, "smithi", user="ann@lab", description=f"/archive/{RUN}/77", reimage=False)
    expect(len(locked or {}), 3, "three nodes locked")
    expect(len(query.list_locks(locked=True, machine_type="smithi")), 3, "shown as locked")
    expect(ops.lock_many(context, 2, "smithi", user="bob@lab", reimage=False) or [], [], "two more are not to be had")
    expect(query.find_stale_locks("ann@lab"), [], "locked for a job that may be running")
    report.push_job_info(RUN, "77", {"job_id": "77", "status": "pass", "updated": "2013-09-26 01:00:00"})
    expect(len(query.find_stale_locks("ann@lab")), 3, "locked for a job that ended long ago")
    free = next(name for name in names if name not in locked)
    expect(ops.lock_one(free, "bob@lab", "by hand").status_code, 200, "one by name")
    expect(ops.lock_one(free, "ann@lab", "stolen").status_code, 403, "not by another")
    expect(ops.update_lock(free, description="by hand", status="down", ssh_pub_key="ssh-rsa A"), True, "node updated")
    expect((query.get_status(free)["up"], query.get_status(free)["ssh_pub_key"]), (False, "ssh-rsa A"), "its new state")
    expect(ops.unlock_many(list(locked), "ann@lab"), True, "three unlocked")
    expect(len(query.list_locks(locked=False, machine_type="smithi")), 3, "free again")
    expect(sorted(query.list_locks(keyed_by_name=True, machine_type="smithi")), sorted(names), "all by name")


with tempfile.TemporaryDirectory() as scratch:
    reporting(scratch)
life()
locks()
print("\n".join(wrong) if wrong else "ok")
sys.exit(1 if wrong else 0)
