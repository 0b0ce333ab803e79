-- name: queue_by_service
-- Who waits now, by service: how many, how long, against what promise?
SELECT ifNull(waiting.service, '-') AS code, if(services.name = '', code, services.name) AS service_name,
       waiting_people, longest_min, promise_min, longest_min * 100 / promise_min AS of_promise_pct
FROM (
    SELECT service, count() AS waiting_people, max(wait_ms) / 60000 AS longest_min,
           argMax(if(promise IN ('wait_to_call', 'wait_to_start'), promise_ms, NULL), wait_ms) / 60000 AS promise_min
    FROM (
        SELECT service, promise, promise_ms, dateDiff('ms', created_at, $__toTime_ms) AS wait_ms
        FROM visits FINAL
        JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
        WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
          AND created_at > $__toTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
          AND (isNull(called_at) OR called_at > $__toTime_ms) AND (isNull(started_at) OR started_at > $__toTime_ms)
          AND (isNull(ended_at) OR ended_at > $__toTime_ms)
          AND formatDateTime(created_at, '%F', zone) = formatDateTime($__toTime, '%F', zone)
    )
    GROUP BY service
) AS waiting
LEFT JOIN (SELECT service, name FROM services FINAL) AS services ON services.service = ifNull(waiting.service, '-')
ORDER BY longest_min DESC, service_name

-- name: wait_course
-- How long were waits until the call or the start that was promised? Median and p90 in minutes, and the median promise.
SELECT toTimeZone($__timeInterval(called), 'UTC') AS time,
       quantileExactInclusive(0.5)(wait_ms) / 60000 AS p50_min, quantileExactInclusive(0.9)(wait_ms) / 60000 AS p90_min,
       quantileExactInclusive(0.5)(promise_ms) / 60000 AS promise_min
FROM (
    SELECT assumeNotNull(if(promise = 'wait_to_call', called_at, started_at)) AS called, promise_ms,
           assumeNotNull(if(promise = 'wait_to_call', wait_to_call_ms, wait_to_start_ms)) AS wait_ms
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

-- name: wait_p90
-- How long did nine of ten wait at most until they were served, and how many waits were that? Nearest rank from histograms.
SELECT if(waits > 0, toNullable((edge + (greatest(1, intDiv(edge, 50)) - 1) / 2) / 60000), NULL) AS p90_min,
       if(waits > 0, toNullable(waits), NULL) AS waits
FROM (
    SELECT sum(n) AS waits, sumMap(edges, counts) AS histogram,
           histogram.1[arrayFirstIndex(rank -> rank >= ceil(0.9 * waits - 1e-9), arrayCumSum(histogram.2))] AS edge
    FROM windows FINAL
    WHERE size = '5m' AND measure = 'wait_to_start' AND unit IN (${unit:singlequote})
      AND day >= toDate($__fromTime) - 1 AND day <= toDate($__toTime) + 1 AND $__timeFilter(start)
)

-- name: counters_of_day
-- What has each counter done on the local day, up to now? share_pct is serving time of open time.
WITH
    opened AS (
        SELECT unit, counter, argMax(state, version) AS told_state,
               sum(open_ms + if(open_since < $__toTime_ms, dateDiff('ms', open_since, $__toTime_ms), 0)) AS opened_ms
        FROM counter_days FINAL
        JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
        WHERE unit IN (${unit:singlequote})
          AND ifNull(opened_at, closed_at) > $__toTime - INTERVAL 1 DAY AND ifNull(opened_at, closed_at) <= $__toTime
          AND formatDateTime(assumeNotNull(ifNull(opened_at, closed_at)), '%F', zone) = formatDateTime($__toTime, '%F', zone)
        GROUP BY unit, counter
    ),
    worked AS (
        SELECT unit, assumeNotNull(visits.counter) AS counter, countIf(outcome = 'served' AND ended_at <= $__toTime_ms) AS served_people,
               sumIf(service_ms, outcome IN ('served', 'transferred') AND ended_at <= $__toTime_ms) AS serving_ms,
               maxIf(started_at, isNull(ended_at) OR ended_at > $__toTime_ms) AS serving_since
        FROM visits FINAL
        JOIN (SELECT unit, CAST(zone AS String) AS zone FROM units FINAL) AS place USING (unit)
        WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void' AND isNotNull(visits.counter)
          AND created_at > $__toTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
          AND formatDateTime(created_at, '%F', zone) = formatDateTime($__toTime, '%F', zone)
        GROUP BY unit, counter
    )
SELECT if(opened.counter = '', worked.counter, opened.counter) AS counter_name,
       multiIf(opened.counter = '', 'unknown', isNotNull(serving_since) AND told_state = 'open', 'serving', told_state) AS counter_state,
       if(isNull(serving_since), NULL, dateDiff('second', serving_since, $__toTime) / 60) AS serving_min,
       served_people AS served,
       if(opened.counter = '', NULL, opened_ms / 3600000) AS open_hours,
       if(opened_ms > 0, 100 * ifNull(serving_ms, 0) / opened_ms, NULL) AS share_pct
FROM opened FULL JOIN worked ON opened.unit = worked.unit AND opened.counter = worked.counter
ORDER BY indexOf(['open', 'paused', 'serving', 'closed', 'unknown'], counter_state), length(counter_name), counter_name
