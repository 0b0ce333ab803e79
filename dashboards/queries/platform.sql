-- name: last_arrival
-- How long ago did the last event arrive, and from how many sources did events arrive in the time range?
SELECT if(count() > 0, toNullable(dateDiff('second', max(arrived), $__toTime) / 60), NULL) AS silent_min, nullIf(uniqExact(source), 0) AS sources_n
FROM (SELECT source, CAST(arrival AS DateTime64(3, 'UTC')) AS arrived FROM events WHERE $__timeFilter_ms(arrival))

-- name: events_of_range
-- How many events arrived in the time range, and how many in the same hours a week before?
SELECT nullIf(countIf(arrival >= $__fromTime_ms), 0) AS events_n, nullIf(countIf(arrival < $__toTime_ms - INTERVAL 7 DAY), 0) AS events_before_n
FROM events
WHERE $__timeFilter_ms(arrival)
   OR (arrival >= $__fromTime_ms - INTERVAL 7 DAY AND arrival <= $__toTime_ms - INTERVAL 7 DAY)

-- name: delay_of_range
-- How long were events under way: from their own time to their arrival, median and p95 in seconds?
SELECT quantileExactOrNull(0.5)(delay_s) AS p50_s, quantileExactOrNull(0.95)(delay_s) AS p95_s
FROM (SELECT dateDiff('ms', time, arrival) / 1000 AS delay_s FROM events WHERE $__timeFilter_ms(arrival))

-- name: rejected_of_range
-- How many events were refused in the time range and are refused still, and how many of those can be tried again?
SELECT if(known > 0, toNullable(refused), NULL) AS rejected_n, if(known > 0, toNullable(waiting), NULL) AS retryable_n
FROM (
    SELECT sum(seen) AS refused, countIf(retryable = 1) AS waiting
    FROM rejected_events FINAL
    WHERE state = 'open' AND $__timeFilter_ms(last_at)
) AS refusals, (SELECT count() AS known FROM events WHERE $__timeFilter_ms(arrival)) AS accepted

-- name: part_sources
-- How does each source speak: last event, the last half hour beside the same half hour a week before, the usual delay of a day?
(
    SELECT CAST(source AS String) AS source, maxIf(time, time > $__toTime_ms - INTERVAL 7 DAY) AS last_at,
           countIf(time > $__toTime_ms - INTERVAL 30 MINUTE) AS got, countIf(time <= $__toTime_ms - INTERVAL 7 DAY) AS week_ago_n,
           countIf(arrived >= $__toTime_ms - INTERVAL 1 DAY) AS events_day_n,
           quantileExactOrNullIf(0.5)(dateDiff('ms', time, arrived) / 1000, arrived >= $__toTime_ms - INTERVAL 1 DAY) AS delay_s
    FROM (SELECT source, time, CAST(arrival AS DateTime64(3, 'UTC')) AS arrived FROM events)
    WHERE time > $__toTime_ms - INTERVAL 7 DAY - INTERVAL 30 MINUTE AND time <= $__toTime_ms
    GROUP BY source
)

-- name: sources_by_need
-- How does each source speak, those in need first? silent: nothing in half an hour that had five events or more a week before; late_data: under way for more than ten minutes.
SELECT if(spoke.source = '', refused.source, spoke.source) AS source_name,
       multiIf(spoke.source = '', 'refused', week_ago_n >= 5 AND got = 0, 'silent', delay_s > 600, 'late_data', refused_n > 0, 'refused', 'speaking') AS source_state,
       if(toUnixTimestamp(last_at) = 0, NULL, toNullable(dateDiff('second', last_at, $__toTime_ms) / 60)) AS silent_min,
       week_ago_n AS usual_half_n, delay_s AS delay_usual_s, events_day_n, refused_n AS rejected_n
FROM {{part_sources}} AS spoke
FULL JOIN (
    SELECT CAST(source AS String) AS source, sum(seen) AS refused_n
    FROM rejected_events FINAL
    WHERE state = 'open' AND last_at > $__toTime_ms - INTERVAL 1 DAY AND last_at <= $__toTime_ms
    GROUP BY source
) AS refused ON refused.source = spoke.source
ORDER BY indexOf(['silent', 'late_data', 'refused', 'speaking'], source_state), silent_min DESC NULLS LAST, source_name

-- name: events_course
-- How many events arrived in each interval, and how many a week before?
SELECT toTimeZone($__timeInterval(compared), 'UTC') AS time, countIf(weeks = 0) AS events_n, countIf(weeks = 1) AS events_before_n
FROM (
    SELECT arrayJoin([0, 1]) AS weeks, CAST(arrival AS DateTime64(3, 'UTC')) + toIntervalDay(7 * weeks) AS compared
    FROM events
    WHERE arrival >= $__fromTime_ms - INTERVAL 7 DAY AND arrival <= $__toTime_ms
)
WHERE $__timeFilter_ms(compared)
GROUP BY time
ORDER BY time

-- name: delay_course
-- How long were events under way in each interval? Median and p95 in seconds.
SELECT toTimeZone($__timeInterval(arrived), 'UTC') AS time, quantileExact(0.5)(delay_s) AS p50_s, quantileExact(0.95)(delay_s) AS p95_s
FROM (
    SELECT CAST(arrival AS DateTime64(3, 'UTC')) AS arrived, dateDiff('ms', time, arrived) / 1000 AS delay_s
    FROM events
    WHERE $__timeFilter_ms(arrival)
)
GROUP BY time
ORDER BY time

-- name: rejects_by_reason
-- For which reasons were events refused in the time range, how often, and can they be tried again?
SELECT CAST(code AS String) AS reject_code, toInt64(sum(seen)) AS rejected_n, toInt64(countIf(retryable = 1)) AS retryable_n, uniqExact(source) AS sources_n
FROM rejected_events FINAL
WHERE state = 'open' AND $__timeFilter_ms(last_at)
GROUP BY code
ORDER BY rejected_n DESC, reject_code
