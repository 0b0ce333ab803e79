-- name: waiting_now
-- How many people wait now, and how many of them for longer than promised?
SELECT if(tickets > 0 OR called > 0, toNullable(waiting_people), NULL) AS waiting,
       if(tickets > 0 OR called > 0, toNullable(overdue_people), NULL) AS overdue
FROM (
    SELECT count() AS tickets, countIf(is_waiting) AS waiting_people,
           countIf(is_waiting AND promise IN ('wait_to_call', 'wait_to_start') AND wait_ms > promise_ms) AS overdue_people
    FROM (
        SELECT promise, promise_ms, dateDiff('ms', created_at, $__toTime_ms) AS wait_ms,
               (isNull(called_at) OR called_at > $__toTime_ms) AND (isNull(started_at) OR started_at > $__toTime_ms)
                   AND (isNull(ended_at) OR ended_at > $__toTime_ms) AS is_waiting
        FROM visits FINAL
        JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
        WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
          AND created_at > $__toTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
          AND formatDateTime(created_at, '%F', zone) = formatDateTime($__toTime, '%F', zone)
    )
) AS today, (
    SELECT sum(n) AS called
    FROM windows FINAL
    WHERE size = '1d' AND measure = 'called' AND unit IN (${unit:singlequote})
      AND day <= toDate($__toTime) + 1 AND day > toDate($__toTime) - 90
) AS lately

-- name: longest_wait_now
-- Since how long has the person been waiting who waits longest, and what was promised to them? In minutes.
SELECT if(count() > 0, toNullable(max(wait_ms) / 60000), NULL) AS longest_min,
       argMaxOrNull(if(promise IN ('wait_to_call', 'wait_to_start'), promise_ms, NULL) / 60000, wait_ms) AS promise_min
FROM (
    SELECT promise, promise_ms, dateDiff('ms', created_at, $__toTime_ms) AS wait_ms
    FROM visits FINAL
    JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
    WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
      AND created_at > $__toTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
      AND (isNull(called_at) OR called_at > $__toTime_ms) AND (isNull(started_at) OR started_at > $__toTime_ms)
      AND (isNull(ended_at) OR ended_at > $__toTime_ms)
      AND formatDateTime(created_at, '%F', zone) = formatDateTime($__toTime, '%F', zone)
)

-- name: served_so_far
-- How many were served in the time range, and how many usually are: mean of the same weekday and hours of four weeks?
SELECT if(sumIf(n, weeks = 0 AND measure = 'arrivals') + sumIf(n, weeks > 0) > 0,
          toNullable(sumIf(n, weeks = 0 AND measure != 'arrivals')), NULL) AS served,
       if(uniqExactIf(weeks, weeks > 0) > 0, sumIf(n, weeks > 0 AND measure != 'arrivals') / uniqExactIf(weeks, weeks > 0), NULL) AS usual
FROM (
    SELECT measure, n, arrayJoin([0, 1, 2, 3, 4]) AS weeks, start + toIntervalDay(7 * weeks) AS compared
    FROM windows FINAL
    WHERE size = '5m' AND measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved')
      AND unit IN (${unit:singlequote})
      AND day >= toDate($__fromTime) - 29 AND day <= toDate($__toTime) + 1
)
WHERE $__timeFilter(compared)

-- name: promise_so_far
-- Which share kept the promise in the time range, of how many judged visits, and which in the 28 days before? In percent.
SELECT if(judged > 0, toNullable(100 * kept / judged), NULL) AS kept_pct,
       if(judged_before > 0, toNullable(100 * kept_before / judged_before), NULL) AS usual_pct
FROM (
    SELECT sumIf(n, $__timeFilter(start)) AS judged, sumIf(total, $__timeFilter(start)) AS kept,
           sumIf(n, start < $__fromTime) AS judged_before, sumIf(total, start < $__fromTime) AS kept_before
    FROM windows FINAL
    WHERE size = '5m' AND measure = 'promise' AND unit IN (${unit:singlequote})
      AND day >= toDate($__fromTime) - 29 AND day <= toDate($__toTime) + 1
      AND start >= $__fromTime - INTERVAL 28 DAY
)

-- name: counters_now
-- How many counters are open now, of how many that were open today?
SELECT if(known > 0, toNullable(open_counters), NULL) AS open, if(known > 0, toNullable(known), NULL) AS of_counters
FROM (
    SELECT uniqExactIf((unit, counter), state = 'open') AS open_counters, uniqExact(unit, counter) AS known
    FROM counter_days FINAL
    JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
    WHERE unit IN (${unit:singlequote})
      AND ifNull(opened_at, closed_at) > $__toTime - INTERVAL 1 DAY AND ifNull(opened_at, closed_at) <= $__toTime
      AND formatDateTime(assumeNotNull(ifNull(opened_at, closed_at)), '%F', zone) = formatDateTime($__toTime, '%F', zone)
)

-- name: units_by_need
-- How does each unit stand on its local day, those in need first? state: overdue, below, few, good or none.
WITH
    today AS (
        SELECT unit, count() AS tickets, countIf(is_waiting) AS waiting, maxOrNullIf(wait_ms, is_waiting) AS longest_ms,
               countIf(is_waiting AND is_promised AND wait_ms > promise_ms) AS overdue,
               countIf(is_promised) AS waits,
               arraySort(groupArrayIf(assumeNotNull(wait_ms / promise_ms), is_promised))[toUInt32(ceil(0.9 * waits))] AS ratio
        FROM (
            SELECT unit, promise_ms,
                   isNotNull(called_at) AND called_at <= $__toTime_ms AS is_called,
                   isNotNull(started_at) AND started_at <= $__toTime_ms AS is_started,
                   isNotNull(ended_at) AND ended_at <= $__toTime_ms AS is_ended,
                   NOT is_called AND NOT is_started AND NOT is_ended AS is_waiting,
                   promise IN ('wait_to_call', 'wait_to_start') AND isNotNull(promise_ms) AS is_promised,
                   ifNull(multiIf(promise = 'wait_to_call' AND is_called, wait_to_call_ms, is_started, wait_to_start_ms,
                                  is_ended, dateDiff('ms', created_at, ended_at),
                                  dateDiff('ms', created_at, $__toTime_ms)), 0) AS wait_ms
            FROM visits FINAL
            JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
            WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
              AND created_at > $__toTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
              AND formatDateTime(created_at, '%F', zone) = formatDateTime($__toTime, '%F', zone)
        )
        GROUP BY unit
    ),
    counted AS (
        SELECT unit, sumIf(n, measure = 'promise' AND is_today) AS judged, sumIf(total, measure = 'promise' AND is_today) AS kept,
               sumIf(n, measure = 'promise' AND NOT is_today) AS judged_before,
               sumIf(total, measure = 'promise' AND NOT is_today) AS kept_before,
               sumIf(n, startsWith(measure, 'outcome.') AND is_today) AS served
        FROM (
            SELECT unit, measure, n, total, toString(day) = formatDateTime($__toTime, '%F', zone) AS is_today
            FROM windows FINAL
            JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
            WHERE size = '1d' AND measure IN ('promise', 'outcome.served', 'outcome.issued', 'outcome.approved')
              AND unit IN (${unit:singlequote}) AND day >= toDate($__toTime) - 28 AND day <= toDate($__toTime) + 1
        )
        GROUP BY unit
    ),
    heard AS (
        SELECT unit, max(time) AS last_at
        FROM events
        WHERE unit IN (${unit:singlequote}) AND time > $__toTime - INTERVAL 2 DAY AND time <= $__toTime_ms
        GROUP BY unit
    )
SELECT unit AS code, name,
       multiIf(overdue > 0, 'overdue', waits >= 30 AND ratio > 1, 'below', judged + waits = 0, 'none', waits < 30, 'few', 'good') AS state,
       if(tickets > 0, toNullable(waiting), NULL) AS waiting_people, longest_ms / 60000 AS longest_min,
       if(waits > 0, toNullable(100 * ratio), NULL) AS of_promise_pct,
       if(judged > 0, toNullable(100 * kept / judged), NULL) AS kept_pct,
       if(judged_before > 0, toNullable(100 * kept_before / judged_before), NULL) AS usual_pct,
       if(judged > 0, toNullable(judged), NULL) AS judged_n, served,
       if(toUnixTimestamp(last_at) > 0, toNullable(dateDiff('second', last_at, $__toTime) / 60), NULL) AS silent_min
FROM (SELECT unit, name FROM units FINAL WHERE unit IN (${unit:singlequote})) AS listed
LEFT JOIN today USING (unit)
LEFT JOIN counted USING (unit)
LEFT JOIN heard USING (unit)
ORDER BY indexOf(['overdue', 'below', 'good', 'few', 'none'], state), of_promise_pct DESC NULLS LAST, name

-- name: promise_ratio_course
-- How long were waits against the promise through the day? Median and p90 of wait over promise, in percent.
SELECT toTimeZone($__timeInterval(called), 'UTC') AS time,
       100 * quantileExactInclusive(0.5)(ratio) AS p50_of_promise_pct, 100 * quantileExactInclusive(0.9)(ratio) AS p90_of_promise_pct
FROM (
    SELECT assumeNotNull(if(promise = 'wait_to_call', called_at, started_at)) AS called,
           assumeNotNull(if(promise = 'wait_to_call', wait_to_call_ms, wait_to_start_ms) / promise_ms) AS ratio
    FROM visits FINAL
    WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
      AND promise IN ('wait_to_call', 'wait_to_start') AND promise_ms > 0
      AND created_at > $__fromTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
      AND isNotNull(if(promise = 'wait_to_call', called_at, started_at))
      AND isNotNull(if(promise = 'wait_to_call', wait_to_call_ms, wait_to_start_ms))
)
WHERE $__timeFilter_ms(called)
GROUP BY time
ORDER BY time

-- name: arrivals_and_served
-- How many came and were served in each interval, and how many usually come: mean of the same weekday of four weeks?
SELECT toTimeZone($__timeInterval(compared), 'UTC') AS time,
       sumIf(n, weeks = 0 AND measure = 'arrivals') AS arrivals, sumIf(n, weeks = 0 AND measure != 'arrivals') AS served,
       if(any(known) > 0, sumIf(n, weeks > 0 AND measure = 'arrivals') / any(known), NULL) AS usual_arrivals
FROM (
    SELECT measure, n, arrayJoin([0, 1, 2, 3, 4]) AS weeks, start + toIntervalDay(7 * weeks) AS compared
    FROM windows FINAL
    WHERE size = '5m' AND measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved')
      AND unit IN (${unit:singlequote})
      AND day >= toDate($__fromTime) - 29 AND day <= toDate($__toTime) + 1
) AS cell, (
    SELECT uniqExact(intDiv(dateDiff('day', day, toDate($__toTime)) + 6, 7)) AS known
    FROM windows FINAL
    WHERE size = '1d' AND measure = 'arrivals' AND n > 0 AND unit IN (${unit:singlequote})
      AND day < toDate($__fromTime) AND day >= toDate($__fromTime) - 28
) AS weeks_known
WHERE $__timeFilter(compared)
GROUP BY time
ORDER BY time
