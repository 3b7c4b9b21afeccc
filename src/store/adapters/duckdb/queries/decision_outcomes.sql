-- What each placement showed in the range, and what followed. A row of type `decision` is one placement of one
-- decision, its quantity the number of items shown (without one: a single item). An event belongs to a placement when
-- it carries or was matched to one of its decisions, whenever it came.
-- $from number
-- $to number
WITH shown AS (
  SELECT coalesce(placement, event) AS placement, decision, pid, coalesce(quantity, 1) AS items
  FROM events
  WHERE type = 'decision' AND time >= $from AND time < $to AND decision IS NOT NULL
),
decided AS (
  SELECT DISTINCT placement, decision FROM shown
),
followed AS (
  SELECT decided.placement, decided.decision, events.event, events.value
  FROM events
  JOIN decided ON events.decision = decided.decision AND events.placement = decided.placement
  WHERE events.type <> 'decision'
),
outcomes AS (
  SELECT
    placement,
    count(*) AS joined,
    count(DISTINCT decision) AS decisions_with_events,
    count(*) FILTER (event = 'Product Clicked') AS clicked,
    count(*) FILTER (event = 'Product Added') AS added,
    count(*) FILTER (event = 'Order Completed') AS bought,
    coalesce(sum(value) FILTER (event = 'Order Completed'), 0) AS value
  FROM followed
  GROUP BY placement
)
SELECT
  shown.placement,
  count(DISTINCT shown.decision) AS decisions,
  sum(items) AS shown,
  count(DISTINCT shown.pid) AS people,
  coalesce(any_value(outcomes.joined), 0) AS joined,
  coalesce(any_value(outcomes.decisions_with_events), 0) AS decisions_with_events,
  coalesce(any_value(outcomes.clicked), 0) AS clicked,
  coalesce(any_value(outcomes.added), 0) AS added,
  coalesce(any_value(outcomes.bought), 0) AS bought,
  coalesce(any_value(outcomes.value), 0) AS value
FROM shown
LEFT JOIN outcomes ON outcomes.placement = shown.placement
GROUP BY shown.placement
ORDER BY shown.placement
