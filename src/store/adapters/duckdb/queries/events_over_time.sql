-- Events and people per step of time; steps without events are left out. `time` is the start of the step.
-- $from number
-- $to number
-- $step positive
SELECT $from + floor((time - $from) / $step) * $step AS time, count(*) AS events, count(DISTINCT pid) AS people
FROM events
WHERE time >= $from AND time < $to AND type <> 'decision'
GROUP BY 1
ORDER BY 1
