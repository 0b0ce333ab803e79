-- name: page_overdue
-- How many people at each unit have waited longer than they were promised at an instant, and since when? days as in overview_units.
SELECT unit, toInt64(count()) AS overdue, min(created + assumeNotNull(promise_ms)) AS since_ms
FROM (
    SELECT unit, promise_ms, toUnixTimestamp64Milli(assumeNotNull(created_at)) AS created,
           fromUnixTimestamp64Milli({as_of:Int64}) AS instant
    FROM visits FINAL
    WHERE created_at >= fromUnixTimestamp64Milli({since:Int64}) AND created_at <= instant
      AND kind = 'ticket' AND outcome != 'void' AND promise IN ('wait_to_call', 'wait_to_start') AND isNotNull(promise_ms)
      AND (isNull(called_at) OR called_at > instant) AND (isNull(started_at) OR started_at > instant)
      AND (isNull(ended_at) OR ended_at > instant)
) AS ticket
JOIN (
    SELECT day.1 AS unit, day.3 AS starts
    FROM (SELECT arrayJoin({days:Array(Tuple(String, UInt16, Int64))}) AS day)
) AS asked USING (unit)
WHERE created >= starts AND created + promise_ms < {as_of:Int64}
GROUP BY unit
ORDER BY unit

-- name: page_sources
-- For which units did each source speak in the seven days before an instant, how often, and how long were its events under way?
SELECT source, arraySort(groupUniqArray(200)(CAST(unit AS String))) AS units, toInt64(count()) AS events_7d,
       toUnixTimestamp64Milli(min(arrival)) AS first_ms,
       toInt64(quantileExact(0.5)(toUnixTimestamp64Milli(arrival) - toUnixTimestamp64Milli(time))) AS delay_ms
FROM (
    SELECT unit, source, id, content, min(arrival) AS arrival, any(time) AS time
    FROM events
    WHERE time > fromUnixTimestamp64Milli({as_of:Int64} - 604800000) AND time <= fromUnixTimestamp64Milli({as_of:Int64} + 86400000)
    GROUP BY unit, source, id, content
)
GROUP BY source
ORDER BY source
