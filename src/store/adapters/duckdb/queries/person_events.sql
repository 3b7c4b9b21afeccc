-- The newest events of one person.
-- $pid text
-- $limit positive = 100
SELECT time, type, event, item, value, quantity, order_id, decision, placement, position, device, country
FROM events
WHERE pid = $pid
ORDER BY time DESC, received_at DESC, event, item
LIMIT CAST($limit AS BIGINT)
