-- The items with the most events of one name.
-- $from number
-- $to number
-- $event text
-- $limit positive = 20
SELECT item, count(*) AS events, count(DISTINCT pid) AS people, coalesce(sum(value), 0) AS value
FROM events
WHERE time >= $from AND time < $to AND event = $event AND item IS NOT NULL
GROUP BY item
ORDER BY events DESC, item
LIMIT CAST($limit AS BIGINT)
