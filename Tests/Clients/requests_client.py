"""What a Ceph lab's machinery asks of paddles, in the order of a run's life: its scheduler, dispatcher, supervisor and
lock client, and the dashboard that reads. Requests, retries and fallbacks are those of the contract's section 3.

usage: requests_client.py http://HOST:PORT/paddles
"""
import datetime
import json
import sys
import threading

import requests
from requests.adapters import HTTPAdapter

RUN = "me-2026-11-21_00:36:34-rados:basic-main-distro-default-smithi"
OWNER = "scheduled_me@teuthology"


class Reporter:
    """Pushes jobs: POST, and PUT where the job is there already. A new session for each push, retries for http."""

    def __init__(self, base):
        self.base = base.rstrip("/")

    def session(self):
        session = requests.Session()
        session.mount("http://", HTTPAdapter(max_retries=10))
        return session

    def report_job(self, run, job_id, info):
        headers = {"content-type": "application/json"}
        data = json.dumps({**info, "job_id": job_id, "name": run})
        session = self.session()
        answer = session.post(f"{self.base}/runs/{run}/jobs/", data=data, headers=headers)
        if answer.status_code == 200:
            return "posted"
        try:
            message = answer.json().get("message", "")
        except ValueError:
            message = answer.text
        assert message.endswith("already exists"), (answer.status_code, answer.text)
        answer = session.put(f"{self.base}/runs/{run}/jobs/{job_id}/", data=data, headers=headers)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return "put"

    def get_run(self, run):
        answer = self.session().get(f"{self.base}/runs/{run}")
        answer.raise_for_status()
        return answer.json()

    def get_jobs(self, run, job_id=None, fields=None):
        url = f"{self.base}/runs/{run}/jobs/"
        if job_id is not None:
            url += f"{job_id}"
        if fields:
            url += "?fields=" + ",".join(fields)
        answer = self.session().get(url)
        answer.raise_for_status()
        return answer.json()

    def mark_run_dead(self, run):
        for job in self.get_jobs(run, fields=["status", "job_id"]):
            if job["status"] not in ("pass", "fail", "dead"):
                self.report_job(run, job["job_id"], {"status": "dead"})

    def delete_jobs(self, run, job_ids):
        there = {job["job_id"] for job in self.get_jobs(run, fields=["job_id"])}
        session = self.session()
        if set(job_ids) == there:
            session.delete(f"{self.base}/runs/{run}/").raise_for_status()
        else:
            for job_id in job_ids:
                session.delete(f"{self.base}/runs/{run}/jobs/{job_id}/").raise_for_status()


class Locks:
    """The lock client: bodies without a type, as it sends them."""

    def __init__(self, base):
        self.base = base.rstrip("/")

    def update_inventory(self, node):
        url = f"{self.base}/nodes/{node['name']}/"
        answer = requests.put(url, json.dumps(node))
        if answer.status_code == 404:
            answer = requests.post(f"{self.base}/nodes/", json.dumps(node))
        assert answer.ok, (answer.status_code, answer.text)

    def lock_many(self, count, machine_type, description, **more):
        request = dict(locked_by=OWNER, count=count, machine_type=machine_type, description=description, **more)
        answer = requests.post(
            f"{self.base}/nodes/lock_many/", data=json.dumps(request), headers={"content-type": "application/json"})
        if answer.status_code == 503:
            return answer.json()["message"]
        assert answer.ok, (answer.status_code, answer.text)
        return {node["name"]: node["ssh_pub_key"] for node in answer.json()}

    def lock_one(self, name, locked, owner=OWNER, description=None):
        request = dict(name=name, locked=locked, locked_by=owner)
        if description is not None:
            request["description"] = description
        answer = requests.put(f"{self.base}/nodes/{name}/lock/", json.dumps(request))
        return answer.status_code if not answer.ok else answer.json()

    def unlock_many(self, names):
        answer = requests.post(
            f"{self.base}/nodes/unlock_many/", data=json.dumps(dict(locked_by=OWNER, names=names)),
            headers={"content-type": "application/json"})
        assert answer.ok, (answer.status_code, answer.text)
        return answer.json()

    def list_locks(self, **wanted):
        query = {key: (str(int(value)) if isinstance(value, bool) else value) for key, value in wanted.items()}
        answer = requests.get(f"{self.base}/nodes/", params=query)
        answer.raise_for_status()
        return answer.json()

    def stale(self):
        """Nodes that are locked for a job which has ended: their description ends in run and job."""
        found = []
        for node in self.list_locks(locked=True):
            description = node["description"] or ""
            if not (description.startswith("/") and description.count("/") >= 2):
                continue
            run, job_id = description.split("/")[-2:]
            answer = requests.get(f"{self.base}/runs/{run}/jobs/{job_id}/")
            if answer.status_code == 404 or answer.json()["status"] in ("pass", "fail", "dead"):
                found.append(node["name"])
        return found


def when(text):
    """A time as the dashboard reads it."""
    return datetime.datetime.strptime(text.split(".")[0], "%Y-%m-%d %H:%M:%S")


def lab(locks):
    for number in range(6):
        name = f"smithi{number:03}"
        locks.update_inventory(dict(
            name=name, machine_type="smithi" if number < 4 else "mira", is_vm=False, up=True, os_type="ubuntu",
            os_version="22.04", arch="x86_64", description=None, ssh_pub_key=f"ssh-rsa {number}"))
    locks.update_inventory(dict(name="smithi000", os_version="24.04"))
    answer = requests.get(f"{locks.base}/nodes/smithi000/")
    assert answer.json()["os_version"] == "24.04" and answer.json()["arch"] == "x86_64", answer.text
    free = locks.list_locks(machine_type="smithi|mira", up=True, locked=False, count=5)
    assert len(free) == 5, free


def schedule(reporter):
    config = dict(
        suite="rados:basic", branch="main", machine_type="smithi", user="me", priority=75, sha1="f" * 40,
        roles=[["mon.a", "osd.0"], ["client.0"]], tasks=[{"install": None}, {"ceph": {"log-ignorelist": ["a"]}}],
        overrides={"ceph": {"conf": {"osd": {"debug osd": 20}}}}, description="rados/basic/{a b}", seed=4711,
        subset="1/100", teuthology_branch="main", **{"suite-sha1": "e" * 40})
    assert requests.head(f"{reporter.base}/runs/{RUN}/").status_code == 404
    for job_id in ("1", "2", "10"):
        assert reporter.report_job(RUN, job_id, {**config, "status": "queued"}) == "posted"
    assert requests.head(f"{reporter.base}/runs/{RUN}/").status_code == 200
    run = reporter.get_run(RUN)
    assert run["status"] == "queued" and run["suite"] == "rados:basic" and run["machine_type"] == "smithi", run
    assert [job["job_id"] for job in run["jobs"]] == ["1", "10", "2"], run
    assert run["results"]["queued"] == run["results"]["total"] == 3, run
    job = reporter.get_jobs(RUN, "1")
    assert job["tasks"] == config["tasks"] and job["overrides"] == config["overrides"] and job["seed"] == 4711, job
    when(run["posted"])


def dispatch(reporter, locks):
    def work(job_id, count, summary):
        description = f"/home/me/archive/{RUN}/{job_id}"
        reporter.report_job(RUN, job_id, {"status": "running"})
        reporter.report_job(RUN, job_id, {"status": "waiting"})
        targets = locks.lock_many(float(count), "smithi", description)
        assert isinstance(targets, dict) and len(targets) == count, targets
        targets = {f"ubuntu@{name}": key for name, key in targets.items()}
        reporter.report_job(RUN, job_id, {"status": "running", "targets": targets, "pid": 4242})
        # A heartbeat says nothing new.
        assert reporter.report_job(RUN, job_id, {}) == "put"
        taken.append((job_id, list(targets)))
        reporter.report_job(RUN, job_id, summary)
        # The supervisor's last word never overrides a verdict.
        reporter.report_job(RUN, job_id, {"status": "dead"})

    taken = []
    good = dict(success=True, status="pass", duration=12)
    bad = dict(success=False, status="fail", duration=7, failure_reason="'adjust-ulimits' died", sentry_event="x/1")
    threads = [threading.Thread(target=work, args=("1", 2, good)), threading.Thread(target=work, args=("2", 2, bad))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [name for _, names in taken for name in names]
    assert len(taken) == 2 and len(set(names)) == 4, taken
    assert locks.lock_many(1, "smithi", "/more") == "only 0 nodes available"
    statuses = {job["job_id"]: job["status"] for job in reporter.get_jobs(RUN, fields=["status", "job_id"])}
    assert statuses == {"1": "pass", "2": "fail", "10": "queued"}, statuses
    return [name.split("@")[1] for name in names]


def clean(reporter, locks, names):
    assert sorted(locks.stale()) == sorted(names)
    assert locks.lock_one(names[0], False, owner="somebody@else") == 403
    freed = locks.unlock_many(names)
    assert all(not node["locked"] and node["locked_by"] is None for node in freed), freed
    assert locks.lock_one(names[0], True, description="by hand")["locked"] is True
    assert locks.lock_one(names[0], True) == 403
    assert locks.lock_one(names[0], False, description="by hand")["locked"] is False
    held = requests.get(f"{locks.base}/nodes/{names[0]}/").json()
    assert held["description"] == "by hand" and held["locked_since"] is None, held
    jobs = requests.get(f"{locks.base}/nodes/{names[0]}/jobs/").json()
    assert len(jobs) == 1 and jobs[0]["status"] in ("pass", "fail"), jobs
    stats = requests.get(f"{locks.base}/nodes/{names[0]}/job_stats/").json()
    assert sum(stats.values()) == 1 and len(stats) == 7, stats
    assert sum(sum(counts.values()) for counts in requests.get(f"{locks.base}/nodes/job_stats").json().values()) == 4

    reporter.mark_run_dead(RUN)
    run = reporter.get_run(RUN)
    assert run["status"] == "finished fail" and run["results"]["dead"] == 1, run
    assert when(run["updated"]) >= when(run["posted"])
    assert requests.get(f"{reporter.base}/runs/?count=1").json()[0]["name"] == RUN
    reporter.delete_jobs(RUN, ["10"])
    assert len(reporter.get_jobs(RUN)) == 2
    reporter.delete_jobs(RUN, ["1", "2"])
    assert requests.head(f"{reporter.base}/runs/{RUN}/").status_code == 404
    assert len(locks.list_locks()) == 6


def main(base):
    reporter, locks = Reporter(base), Locks(base)
    lab(locks)
    schedule(reporter)
    names = dispatch(reporter, locks)
    clean(reporter, locks, names)
    print("ok")


if __name__ == "__main__":
    main(sys.argv[1])
