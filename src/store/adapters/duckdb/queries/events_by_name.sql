-- How often each event happened, and to how many people.
-- $from number
-- $to number
SELECT event, type, count(*) AS events, count(DISTINCT pid) AS people
FROM events
WHERE time >= $from AND time < $to
GROUP BY event, type
ORDER BY events DESC, event, type
