-- name: part_daily
-- One row a day: median wait in minutes, promise kept of judged, no-shows of called.
(
    SELECT toTimeZone(toDateTime(min(start)), 'UTC') AS time, day, {{part_waits_summed}},
           {{part_median_wait}} AS wait_min,
           sumIf(n, measure = 'promise') AS judged, sumIf(total, measure = 'promise') AS kept,
           sumIf(n, measure = 'called') AS called, sumIf(n, measure = 'outcome.no_show') AS no_shows
    FROM {{part_days}} AS cell
    WHERE measure IN ('wait_to_start', 'promise', 'called', 'outcome.no_show')
    GROUP BY day
)

-- name: part_wait_days
-- The chart of single values of the daily median wait (XmR): mean plus and minus 2.66 times the mean moving range.
(
    SELECT time, day, wait_min AS value, range_min, avg(wait_min) OVER () AS centre, avg(range_min) OVER () AS mean_range,
           greatest(0, centre - 2.66 * mean_range) AS lower, centre + 2.66 * mean_range AS upper, wait_n AS days_n
    FROM (
        SELECT time, day, assumeNotNull(wait_min) AS wait_min, wait_n,
               abs(wait_min - lagInFrame(toNullable(wait_min)) OVER (ORDER BY time ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS range_min
        FROM {{part_daily}} AS daily
        WHERE wait_n > 0
    )
)

-- name: part_share_days
-- The charts of shares (p): mean plus and minus three standard errors of that day's number.
(
    SELECT time, day, chart, 100 * hits / of_n AS value,
           100 * sum(hits) OVER (PARTITION BY chart) / sum(of_n) OVER (PARTITION BY chart) AS centre,
           3 * sqrt(centre * (100 - centre) / of_n) AS margin, greatest(0, centre - margin) AS lower, least(100, centre + margin) AS upper
    FROM (
        SELECT time, day, share.1 AS chart, share.2 AS hits, share.3 AS of_n
        FROM {{part_daily}} AS daily
        ARRAY JOIN [('promise', kept, judged), ('no_show', no_shows, called)] AS share
        WHERE share.3 > 0
    )
)

-- name: control_wait
-- Does the daily median wait only swing, or has it changed? In minutes, with its limits; and by how much it jumps from day to day, and how far it usually does.
SELECT time, lower AS low, upper AS high, centre, value AS wait_median_min, range_min, mean_range, 3.267 * mean_range AS range_upper
FROM {{part_wait_days}} AS chart
ORDER BY time

-- name: control_promise
-- Does the daily share that kept the promise only swing, or has it changed? In percent, with its limits.
SELECT time, lower AS low, upper AS high, centre, value AS kept_day_pct
FROM {{part_share_days}} AS chart
WHERE chart = 'promise'
ORDER BY time

-- name: control_no_show
-- Does the daily share of no-shows only swing, or has it changed? In percent, with its limits.
SELECT time, lower AS low, upper AS high, centre, value AS no_show_day_pct
FROM {{part_share_days}} AS chart
WHERE chart = 'no_show'
ORDER BY time

-- name: part_signals
-- Which days stand out: beyond a limit (outside), or the eighth and later in a row on one side of the mean (run)?
(
    SELECT day, chart, value, centre, lower, upper,
           multiIf(value > upper OR value < lower, 'outside', sames = 8, 'run', '') AS signal
    FROM (
        SELECT day, chart, value, centre, lower, upper,
               abs(sum(sign(value - centre)) OVER (PARTITION BY chart ORDER BY day ROWS BETWEEN 7 PRECEDING AND CURRENT ROW)) AS sames
        FROM (
            SELECT day, 'wait' AS chart, value, centre, lower, upper FROM {{part_wait_days}} AS waits
            UNION ALL
            SELECT day, chart, value, centre, lower, upper FROM {{part_share_days}} AS shares
        )
    )
)

-- name: control_verdict
-- What do the charts say of the last seven days with data: steady, or a signal? Of how many days?
SELECT if(countIf(chart = 'wait') = 0, NULL, if(countIf(chart = 'wait' AND signal != '' AND is_late) > 0, 'changed', 'steady')) AS wait_verdict,
       if(countIf(chart = 'promise') = 0, NULL, if(countIf(chart = 'promise' AND signal != '' AND is_late) > 0, 'changed', 'steady')) AS promise_verdict,
       nullIf(uniqExact(day), 0) AS days_n
FROM (
    SELECT day, chart, signal, dense_rank() OVER (ORDER BY day DESC) <= 7 AS is_late
    FROM {{part_signals}} AS marked
)

-- name: control_signals
-- Which days stand out, newest first, in which chart, by which rule, with which value against which mean?
SELECT day AS signal_day, chart, signal, value AS signal_value, centre AS signal_mean
FROM {{part_signals}} AS marked
WHERE signal != ''
ORDER BY day DESC, chart
LIMIT 50
