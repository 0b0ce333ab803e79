-- name: counter_activity
-- What did each counter do in each slot? 1 served for half of its open time or more, 2 idle while people waited, 3 idle, 4 closed.
WITH slots AS (SELECT * FROM {{part_counter_slots}} AS slot)
SELECT toDateTime(grid.slot * $__interval_s, 'UTC') AS time, grid.counter AS counter_name,
       multiIf(slots.counter = '', 4, busy_s * 2 >= open_s, 1, waiting_s >= over_s, 2, 3) AS activity
FROM (
    SELECT unit, counter, slot
    FROM (SELECT DISTINCT unit, counter FROM slots) AS counters
    JOIN (SELECT DISTINCT unit, slot FROM slots) AS times USING (unit)
) AS grid
LEFT JOIN slots ON slots.unit = grid.unit AND slots.counter = grid.counter AND slots.slot = grid.slot
ORDER BY time, length(counter_name), counter_name

-- name: idle_while_waiting
-- How long were counters open and idle while at least one person waited, in all and as a share of open time? By slots.
SELECT if(all_s > 0, toNullable(idle_s / 60), NULL) AS idle_min, if(all_s > 0, toNullable(100 * idle_s / all_s), NULL) AS idle_pct
FROM (
    SELECT sum(open_s) AS all_s, sumIf(open_s - least(busy_s, open_s), waiting_s >= over_s) AS idle_s
    FROM {{part_counter_slots}} AS slot
)

-- name: served_per_open_hour
-- How many people were served per hour of an open counter, and how many usually in the 28 days before?
SELECT if(now_open_ms > 0, toNullable(now_served / (now_open_ms / 3600000)), NULL) AS served_per_hour,
       if(before_open_ms > 0, toNullable(before_served / (before_open_ms / 3600000)), NULL) AS usual_per_hour
FROM (
    SELECT sumIf(open_ms + if(open_since <= $__toTime_ms, dateDiff('ms', open_since, $__toTime_ms), 0), opened_at >= $__fromTime_ms) AS now_open_ms,
           sumIf(open_ms, opened_at < $__fromTime_ms) AS before_open_ms
    FROM counter_days FINAL
    WHERE unit IN (${unit:singlequote}) AND opened_at <= $__toTime_ms AND opened_at >= $__fromTime_ms - INTERVAL 28 DAY
) AS hours, (
    SELECT sumIf(n, start >= $__fromTime_ms) AS now_served, sumIf(n, start < $__fromTime_ms) AS before_served
    FROM windows FINAL
    WHERE size = '5m' AND measure = 'outcome.served' AND unit IN (${unit:singlequote})
      AND day >= toDate($__fromTime) - 29 AND day <= toDate($__toTime) + 1
      AND start >= $__fromTime_ms - INTERVAL 28 DAY AND start <= $__toTime_ms
) AS people

-- name: service_time_by_counter
-- How long did serving take at each counter? Median and p90 in minutes of those who were served.
SELECT CAST(assumeNotNull(counter) AS String) AS counter_name,
       quantileExactInclusive(0.5)(assumeNotNull(service_ms)) / 60000 AS p50_service_min,
       quantileExactInclusive(0.9)(assumeNotNull(service_ms)) / 60000 AS p90_service_min
FROM visits FINAL
WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome IN ('served', 'transferred')
  AND isNotNull(counter) AND isNotNull(service_ms)
  AND created_at > $__fromTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms AND ifNull($__timeFilter_ms(ended_at), 0)
GROUP BY counter_name
ORDER BY length(counter_name), counter_name
LIMIT 24
