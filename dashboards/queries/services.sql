-- name: promise_of_services
-- Which share kept its promise in the time range, of how many judged visits?
SELECT if(judged > 0, toNullable(100 * kept / judged), NULL) AS kept_pct, nullIf(judged, 0) AS judged_n
FROM (
    SELECT sum(n) AS judged, sum(total) AS kept
    FROM {{part_days}} AS cell
    WHERE measure = 'promise' AND service IN (${service:singlequote})
)

-- name: files_open
-- How many applications are open now, and how many of them past their deadline?
SELECT if(submitted > 0, toNullable(opened), NULL) AS open_files, if(submitted > 0, toNullable(late), NULL) AS late_files
FROM (SELECT count() AS opened, countIf(is_late) AS late FROM {{part_files_open}} AS file) AS files, (
    SELECT count() AS submitted
    FROM (
        SELECT 1
        FROM visits
        WHERE unit IN (${unit:singlequote}) AND startsWith(subject, 'application:') AND kind = 'application'
          AND created_at <= $__toTime_ms AND ifNull(service, '-') IN (${service:singlequote})
        LIMIT 1
    )
) AS known

-- name: right_first_time
-- Which share of finished applications was never returned for completion, of how many?
SELECT if(finished > 0, toNullable(100 * (finished - returned) / finished), NULL) AS right_pct, nullIf(finished, 0) AS finished_n
FROM (
    SELECT sum(n) AS finished, sum(total) AS returned
    FROM {{part_days}} AS cell
    WHERE measure = 'returned' AND service IN (${service:singlequote})
)

-- name: lost_people
-- Which share did not come when called, and which left before being served?
SELECT if(called > 0, toNullable(100 * no_shows / called), NULL) AS no_show_pct, if(ended > 0, toNullable(100 * left_people / ended), NULL) AS left_pct
FROM (
    SELECT sumIf(n, measure = 'called') AS called, sumIf(n, measure = 'outcome.no_show') AS no_shows,
           sumIf(n, measure IN ('outcome.abandoned', 'outcome.left')) AS left_people, sumIf(n, measure != 'called') AS ended
    FROM {{part_days}} AS cell
    WHERE service IN (${service:singlequote})
      AND measure IN ('called', 'outcome.served', 'outcome.transferred', 'outcome.no_show', 'outcome.abandoned', 'outcome.left')
)

-- name: services_by_promise
-- Which services keep their promise least? Share kept in percent, worst first.
SELECT multiIf(code = '-', '–', name = '', code, name) AS service_name, kept_pct
FROM (
    SELECT service AS code, 100 * sum(total) / sum(n) AS kept_pct
    FROM {{part_days}} AS cell
    WHERE measure = 'promise' AND service IN (${service:singlequote})
    GROUP BY service
    HAVING sum(n) > 0
) AS judged
LEFT JOIN (SELECT service AS code, name FROM services FINAL) AS named USING (code)
ORDER BY kept_pct, service_name
LIMIT 12

-- name: services_listed
-- How does each service do: promise kept, p90 of wait over promise, median serving time, people who left, worst first?
SELECT multiIf(counted.code = '-', '–', named.name = '', counted.code, named.name) AS service_name,
       if(judged > 0, toNullable(100 * kept / judged), NULL) AS kept_pct, nullIf(judged, 0) AS judged_n,
       {{part_p90_of_promise}} AS of_promise_pct,
       if(timed > 0, toNullable((edge + (greatest(1, intDiv(edge, 50)) - 1) / 2) / 60000), NULL) AS p50_service_min,
       if(ended > 0, toNullable(100 * left_people / ended), NULL) AS left_pct
FROM (
    SELECT service AS code, sumIf(n, measure = 'promise') AS judged, sumIf(total, measure = 'promise') AS kept,
           sumIf(n, measure = 'service_time') AS timed,
           quantileExactWeightedArrayIf(0.5)(edges, CAST(counts AS Array(UInt64)), measure = 'service_time') AS edge,
           sumIf(n, startsWith(measure, 'outcome.')) AS ended,
           sumIf(n, measure IN ('outcome.abandoned', 'outcome.left')) AS left_people, {{part_waits_of_promise}}
    FROM {{part_days}} AS cell
    WHERE service IN (${service:singlequote})
      AND measure IN ('promise', 'service_time', 'wait_of_promise', 'outcome.served', 'outcome.transferred', 'outcome.no_show', 'outcome.abandoned', 'outcome.left')
    GROUP BY service
) AS counted
LEFT JOIN (SELECT service AS code, name FROM services FINAL) AS named ON named.code = counted.code
ORDER BY kept_pct NULLS LAST, service_name

-- name: promise_by_day
-- Which share kept the promise on each day, and in the seven days with data up to it? In percent.
SELECT time, kept_pct,
       100 * sum(kept) OVER (ORDER BY time ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)
           / sum(judged) OVER (ORDER BY time ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week_pct
FROM (
    SELECT toTimeZone(toDateTime(min(start)), 'UTC') AS time, sum(n) AS judged, sum(total) AS kept, 100 * kept / judged AS kept_pct
    FROM {{part_days}} AS cell
    WHERE measure = 'promise' AND n > 0 AND service IN (${service:singlequote})
    GROUP BY day
)
ORDER BY time

-- name: waits_by_promise
-- How many waits were how long against their promise? In classes of percent: their limits are edges of the histograms, so each class is exact.
SELECT ['0–25', '25–50', '50–75', '75–100', '100–150', '> 150'][class] AS class_pct, toUInt64(sum(waits)) AS waits_n
FROM (
    SELECT multiIf(edge < 25, 1, edge < 50, 2, edge < 75, 3, edge < 100, 4, edge < 150, 5, 6) AS class, waits
    FROM {{part_days}} AS cell
    ARRAY JOIN edges AS edge, counts AS waits
    WHERE measure = 'wait_of_promise' AND service IN (${service:singlequote})
)
GROUP BY class
ORDER BY class

-- name: file_ages
-- How old are the applications that are open now, in classes of days, and how many of each are past their deadline?
SELECT ['0–1', '1–3', '3–7', '> 7'][class] AS class_days, count() AS open_files, countIf(is_late) AS late_files
FROM (
    SELECT dateDiff('second', assumeNotNull(created_at), $__toTime_ms) / 86400 AS age, is_late,
           multiIf(age <= 1, 1, age <= 3, 2, age <= 7, 3, 4) AS class
    FROM {{part_files_open}} AS file
)
GROUP BY class
ORDER BY class
