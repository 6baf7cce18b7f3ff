-- A page of 20 by build tag; another tag each time.
local tag = 0
request = function()
  tag = (tag * 7919 + 1) % 20000
  return wrk.format("GET", "/api/v1/results?build_tag=jenkins-functest-fuel-pod1-daily-master-" .. tag)
end
