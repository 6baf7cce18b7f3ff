-- A result of 2 kB, as Xtesting sends it.
local details = '{"links": [], "text": "' .. string.rep("output of a test case; ", 75) .. '"}'
wrk.method = "POST"
wrk.path = "/api/v1/results"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"build_tag": "posted", "case_name": "c1", "criteria": "PASS", "details": ' .. details ..
  ', "installer": "fuel", "pod_name": "pod1", "project_name": "functest", "scenario": "os-nosdn-nofeature-noha", ' ..
  '"start_date": "2026-11-21 00:00:00", "stop_date": "2026-11-21 00:01:00", "version": "master"}'
