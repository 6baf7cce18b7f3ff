"""Xtesting's own client, as released, against a Test API server: push_to_db of a passing and a failing case, and the
campaign's dump of them. Called with the server's URL; says what it found wrong, and ends with 1, or says `ok`."""
import json
import os
import sys
import tempfile
import time

BASE = sys.argv[1].rstrip("/")
TAG = "12345678"  # Eight digits, as short commit ids can be; the original turned them into a number.
os.environ.update(
    TEST_DB_URL=BASE + "/api/v1/results", BUILD_TAG=TAG, NODE_NAME="lf-pod1", INSTALLER_TYPE="fuel",
    DEPLOY_SCENARIO="os-nosdn-nofeature-noha", HTTP_DST_URL="http://artifacts.test")

import requests  # noqa: E402
from xtesting.core import campaign, testcase  # noqa: E402

wrong = []


def expect(found, wanted, what):
    if found != wanted:
        wrong.append(f"{what}: {found!r}, not {wanted!r}")


class Case(testcase.TestCase):
    """A case that ran for an hour."""

    def run(self, **kwargs):
        self.stop_time = time.time()
        self.start_time = self.stop_time - 3600
        return self.EX_OK


def push(name, result, details):
    case = Case(project_name="functest", case_name=name)
    case.run()
    case.result = result
    case.details = details
    return case.push_to_db()


def get(path, **query):
    answer = requests.get(BASE + path, params=query, timeout=10)
    answer.raise_for_status()
    return answer.json()


expect(push("vping_ssh", 100, {"links": []}), testcase.TestCase.EX_PUSH_TO_DB_ERROR, "an undeclared pod is refused")
for path, body in [("pods", {"name": "lf-pod1"}), ("projects", {"name": "functest"}),
                   ("projects/functest/cases", {"name": "vping_ssh"}), ("projects/functest/cases", {"name": "vping"})]:
    requests.post(f"{BASE}/api/v1/{path}", json=body, timeout=10).raise_for_status()
details = {"links": ["http://artifacts.test/a.log"], "a.b": {"$c": 1.0}}
expect(push("vping_ssh", 100, details), testcase.TestCase.EX_OK, "a passing case")
expect(push("vping", 0, {"links": []}), testcase.TestCase.EX_OK, "a failing case")
found = get("/api/v1/results", build_tag=TAG)["results"]
expect(sorted((result["case_name"], result["criteria"]) for result in found),
       [("vping", "FAIL"), ("vping_ssh", "PASS")], "results by build tag")
passed = next((result for result in found if result["criteria"] == "PASS"), {})
expect(passed.get("details"), details, "details as they were sent")
expect((passed.get("build_tag"), passed.get("version"), passed.get("scenario"), passed.get("installer")),
       (TAG, "unknown", "os-nosdn-nofeature-noha", "fuel"), "what came from the environment")
expect(get("/api/v1/results/" + passed.get("_id", ""))["_id"], passed.get("_id"), "one result by its id")
with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    expect(campaign.Campaign.dump_db(), campaign.Campaign.EX_OK, "the campaign's dump")
    with open(f"{TAG}.json", encoding="utf-8") as file:
        expect(len(json.load(file)["results"]), 2, "results in the dump")
    os.chdir("/")
print("\n".join(wrong) if wrong else "ok")
sys.exit(1 if wrong else 0)
