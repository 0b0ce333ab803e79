-- name: page_promise
-- How does each unit keep its promise of a short wait today? ratio: nearest-rank p90 of wait over promise, where someone who still waits or left counts with the wait so far. days as in overview_units.
SELECT unit, toInt64(count()) AS waits,
       arraySort(groupArray(wait_ms / promise_ms))[toUInt32(ceil(0.9 * count()))] AS ratio,
       toInt64(countIf(is_waiting AND wait_ms > promise_ms)) AS overdue,
       minOrNullIf(created + promise_ms, is_waiting AND wait_ms > promise_ms) AS overdue_since_ms
FROM (
    SELECT unit, assumeNotNull(promise_ms) AS promise_ms, toUnixTimestamp64Milli(assumeNotNull(created_at)) AS created,
           fromUnixTimestamp64Milli({as_of:Int64}) AS instant,
           isNotNull(called_at) AND called_at <= instant AS is_called,
           isNotNull(started_at) AND started_at <= instant AS is_started,
           isNotNull(ended_at) AND ended_at <= instant AS is_ended,
           NOT is_called AND NOT is_started AND NOT is_ended AS is_waiting,
           multiIf(promise = 'wait_to_call' AND is_called, wait_to_call_ms,
                   is_started, wait_to_start_ms,
                   is_ended, toUnixTimestamp64Milli(ended_at) - created,
                   {as_of:Int64} - created) AS wait_or_null,
           ifNull(wait_or_null, 0) AS wait_ms
    FROM visits FINAL
    WHERE created_at >= fromUnixTimestamp64Milli({since:Int64}) AND created_at <= instant
      AND kind = 'ticket' AND outcome != 'void' AND promise IN ('wait_to_call', 'wait_to_start') AND isNotNull(promise_ms)
) AS ticket
JOIN (
    SELECT day.1 AS unit, day.3 AS starts
    FROM (SELECT arrayJoin({days:Array(Tuple(String, UInt16, Int64))}) AS day)
) AS asked USING (unit)
WHERE created >= starts
GROUP BY unit
ORDER BY unit

-- name: page_rhythms
-- For which units did each source speak in the seven days before an instant, how often, when, and how long were its last 50 events under way?
SELECT CAST(source AS String) AS source, CAST(unit AS String) AS unit, toInt64(count()) AS events,
       min(at_ms) AS first_event_ms, max(at_ms) AS last_event_ms,
       arrayReduce('quantileExact', arrayMap(event -> event.2, groupArraySorted(50)((-at_ms, delay)))) AS delay_ms
FROM (
    SELECT source, unit, toUnixTimestamp64Milli(time) AS at_ms, toUnixTimestamp64Milli(arrival) - at_ms AS delay
    FROM events
    WHERE time > fromUnixTimestamp64Milli({as_of:Int64} - 604800000) AND time <= fromUnixTimestamp64Milli({as_of:Int64})
      AND kind != 'ticket.left' -- which closing a day says, not the source
)
GROUP BY source, unit
ORDER BY source, unit
