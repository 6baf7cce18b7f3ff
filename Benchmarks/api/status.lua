-- Statuses of jobs, a write each; every thread has jobs of its own, so no two clients write one job.
local threads = 0
setup = function(thread)
  thread:set("first", threads)
  threads = threads + 1
end
local count = 0
request = function()
  count = count + 1
  local job = (count * 2 + first) % 60000
  local path = string.format("/paddles/runs/%s/jobs/%d/", string.format(os.getenv("RUN_NAME"), math.floor(job / 300)), job)
  local status = math.floor(count / 30000) % 2 == 0 and "running" or "waiting"
  return wrk.format("PUT", path, { ["Content-Type"] = "application/json" }, '{"status": "' .. status .. '"}')
end
