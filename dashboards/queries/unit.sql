-- name: queue_by_service
-- Who waits now, by service: how many, how long, against what promise?
SELECT waiting.code AS code, multiIf(code = '-', '–', named.name = '', code, named.name) AS service_name,
       waiting_people, longest_min, promise_min, longest_min * 100 / promise_min AS of_promise_pct
FROM (
    SELECT CAST(ifNull(service, '-') AS String) AS code, count() AS waiting_people, max(wait_ms) / 60000 AS longest_min,
           argMax(if(is_promised, promise_ms, NULL), wait_ms) / 60000 AS promise_min
    FROM {{part_tickets_today}} AS visit
    WHERE is_waiting
    GROUP BY code
) AS waiting
LEFT JOIN (SELECT service AS code, name FROM services FINAL) AS named ON named.code = waiting.code
ORDER BY longest_min DESC, service_name

-- name: wait_course
-- How long were waits until the call or the start that was promised? Median and p90 in minutes, and the median promise.
SELECT toTimeZone($__timeInterval(at), 'UTC') AS time,
       quantileExactInclusive(0.5)(wait_ms) / 60000 AS p50_min, quantileExactInclusive(0.9)(wait_ms) / 60000 AS p90_min,
       quantileExactInclusive(0.5)(promised_ms) / 60000 AS promise_min
FROM (
    SELECT assumeNotNull(if(promise = 'wait_to_call', called_at, started_at)) AS at,
           assumeNotNull(if(promise = 'wait_to_call', wait_to_call_ms, wait_to_start_ms)) AS wait_ms,
           assumeNotNull(promise_ms) AS promised_ms
    FROM visits FINAL
    WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
      AND promise IN ('wait_to_call', 'wait_to_start') AND promise_ms > 0
      AND created_at > $__fromTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
      AND isNotNull(if(promise = 'wait_to_call', called_at, started_at))
      AND isNotNull(if(promise = 'wait_to_call', wait_to_call_ms, wait_to_start_ms))
      AND $__timeFilter_ms(at)
) AS waits
GROUP BY time
ORDER BY time

-- name: counters_of_day
-- What has each counter done on the local day, up to now? share_pct is serving time of open time.
SELECT if(opened.counter = '', worked.counter_name, opened.counter) AS counter_name,
       multiIf(opened.counter = '', 'unknown', isNotNull(serving_since) AND told_state = 'open', 'serving', told_state) AS counter_state,
       if(isNull(serving_since), NULL, dateDiff('second', serving_since, $__toTime) / 60) AS serving_min,
       served_people AS served,
       if(opened.counter = '', NULL, toNullable(opened_ms / 3600000)) AS open_hours,
       if(opened_ms > 0, 100 * ifNull(serving_ms, 0) / opened_ms, NULL) AS share_pct
FROM {{part_counters_today}} AS opened
FULL JOIN (
    SELECT unit, CAST(assumeNotNull(counter) AS String) AS counter_name, countIf(outcome = 'served' AND is_ended) AS served_people,
           sumIf(service_ms, outcome IN ('served', 'transferred') AND is_ended) AS serving_ms,
           maxIf(started_at, is_started AND NOT is_ended) AS serving_since
    FROM {{part_tickets_today}} AS visit
    WHERE isNotNull(counter)
    GROUP BY unit, counter_name
) AS worked ON opened.unit = worked.unit AND opened.counter = worked.counter_name
ORDER BY indexOf(['open', 'paused', 'serving', 'closed', 'unknown'], counter_state), length(counter_name), counter_name
