-- name: waiting_now
-- How many people wait now, how many of them for longer than promised, and since how long does the one who waits longest, against which promise, in minutes? Nobody is 0 only where tickets were called lately. One look at the day's tickets for two panels.
SELECT if(tickets > 0 OR called > 0, toNullable(waiting_people), NULL) AS waiting,
       if(tickets > 0 OR called > 0, toNullable(overdue_people), NULL) AS overdue, longest_ms / 60000 AS longest_min,
       promised_ms / 60000 AS promise_min
FROM (
    SELECT count() AS tickets, countIf(is_waiting) AS waiting_people, countIf(is_overdue) AS overdue_people,
           maxOrNullIf(wait_ms, is_waiting) AS longest_ms, argMaxOrNullIf(if(is_promised, promise_ms, NULL), wait_ms, is_waiting) AS promised_ms
    FROM {{part_tickets_today}} AS visit
) AS today, (
    SELECT sum(n) AS called
    FROM windows FINAL
    WHERE size = '1d' AND measure = 'called' AND unit IN (${unit:singlequote})
      AND day <= toDate($__toTime) + 1 AND day > toDate($__toTime) - 90
) AS lately

-- name: served_so_far
-- How many were served in the time range, and how many usually are: mean of the same weekday and hours of four weeks?
SELECT if(sumIf(n, weeks = 0 AND measure = 'arrivals') + sumIf(n, weeks > 0) > 0,
          toNullable(sumIf(n, weeks = 0 AND measure != 'arrivals')), NULL) AS served,
       if(uniqExactIf(weeks, weeks > 0) > 0, sumIf(n, weeks > 0 AND measure != 'arrivals') / uniqExactIf(weeks, weeks > 0), NULL) AS usual
FROM {{part_compared}} AS cell

-- name: promise_so_far
-- Which share kept the promise in the time range, and which in the 28 days before? In percent. Days that lie wholly in the 28 days whatever the zone are read as one cell, the others by five minutes.
SELECT if(judged > 0, toNullable(100 * kept / judged), NULL) AS kept_pct,
       if(judged_before > 0, toNullable(100 * kept_before / judged_before), NULL) AS usual_pct
FROM (
    SELECT sumIf(n, $__timeFilter(start)) AS judged, sumIf(total, $__timeFilter(start)) AS kept,
           sumIf(n, start < $__fromTime) AS judged_before, sumIf(total, start < $__fromTime) AS kept_before
    FROM windows FINAL
    WHERE measure = 'promise' AND unit IN (${unit:singlequote})
      AND (size = '1d' AND day > toDate($__fromTime - INTERVAL 28 DAY + INTERVAL 14 HOUR) AND day < toDate($__fromTime - INTERVAL 12 HOUR)
           OR size = '5m' AND day >= toDate($__fromTime - INTERVAL 28 DAY - INTERVAL 12 HOUR)
              AND day <= toDate($__fromTime - INTERVAL 28 DAY + INTERVAL 14 HOUR)
           OR size = '5m' AND day >= toDate($__fromTime - INTERVAL 12 HOUR) AND day <= toDate($__toTime + INTERVAL 14 HOUR))
      AND start >= $__fromTime - INTERVAL 28 DAY
)

-- name: counters_now
-- How many counters are open now, of how many that spoke today?
SELECT if(count() > 0, toNullable(countIf(told_state = 'open')), NULL) AS open, nullIf(count(), 0) AS of_counters
FROM {{part_counters_today}} AS counter

-- name: units_by_need
-- How does each unit stand on its local day, those in need first?
SELECT code, name, state, waiting_people, longest_min, of_promise_pct, kept_pct, usual_pct, judged_n, served, silent_min
FROM {{part_units_standing}} AS standing
ORDER BY indexOf(['overdue', 'below', 'good', 'few', 'none'], state), of_promise_pct DESC NULLS LAST, name

-- name: units_most_in_need
-- How do the six units stand that need most, as many as a wall has room for?
SELECT code, name, state, waiting_people, longest_min, of_promise_pct, kept_pct, usual_pct, judged_n, served, silent_min
FROM {{part_units_standing}} AS standing
ORDER BY indexOf(['overdue', 'below', 'good', 'few', 'none'], state), of_promise_pct DESC NULLS LAST, name
LIMIT 6

-- name: promise_ratio_course
-- How long were waits against the promise through the day? Median and p90 of wait over promise, in percent, of those that ended in each interval.
SELECT time, p50_edge + greatest(1, intDiv(p50_edge, 50)) / 2 AS p50_of_promise_pct, assumeNotNull({{part_p90_of_promise}}) AS p90_of_promise_pct
FROM (
    SELECT toTimeZone($__timeInterval(start), 'UTC') AS time, {{part_waits_of_promise}},
           quantileExactWeightedArray(0.5)(edges, CAST(counts AS Array(UInt64))) AS p50_edge
    FROM windows FINAL
    WHERE size = '5m' AND measure = 'wait_of_promise' AND unit IN (${unit:singlequote})
      AND day >= toDate($__fromTime - INTERVAL 12 HOUR) AND day <= toDate($__toTime + INTERVAL 14 HOUR) AND $__timeFilter(start)
    GROUP BY time
    HAVING waits_n > 0
)
ORDER BY time

-- name: arrivals_and_served
-- How many came and were served in each interval, and how many usually come: mean of the same weekday of four weeks?
SELECT toTimeZone($__timeInterval(compared), 'UTC') AS time,
       sumIf(n, weeks = 0 AND measure = 'arrivals') AS arrivals, sumIf(n, weeks = 0 AND measure != 'arrivals') AS served,
       if(any(known) > 0, sumIf(n, weeks > 0 AND measure = 'arrivals') / any(known), NULL) AS usual_arrivals
FROM {{part_compared}} AS cell, (
    SELECT uniqExact(intDiv(dateDiff('day', day, toDate($__toTime)) + 6, 7)) AS known
    FROM windows FINAL
    WHERE size = '1d' AND measure = 'arrivals' AND n > 0 AND unit IN (${unit:singlequote})
      AND day < toDate($__fromTime) AND day >= toDate($__fromTime) - 28
) AS weeks_known
GROUP BY time
ORDER BY time
