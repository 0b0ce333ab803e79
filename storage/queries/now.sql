-- name: tickets_now
-- Who waits and who is served at an instant? days_start: the first ms of each unit's local day; only tickets of that day wait.
SELECT place, service_key, channel_key, counter_key, toInt64(count()) AS tickets, toInt64(countIf(is_waiting)) AS waiting,
       {as_of:Int64} - minOrNullIf(created, is_waiting) AS longest_wait_ms, toInt64(countIf(is_serving)) AS in_service
FROM (
    SELECT unit, toUnixTimestamp64Milli(assumeNotNull(created_at)) AS created, fromUnixTimestamp64Milli({as_of:Int64}) AS instant,
           isNull(started_at) OR started_at > instant AS is_unstarted,
           isNull(ended_at) OR ended_at > instant AS is_unended,
           (isNull(called_at) OR called_at > instant) AND is_unstarted AND is_unended AS is_waiting,
           NOT is_unstarted AND is_unended AS is_serving,
           if({by_service:UInt8} = 1, ifNull(toString(service), '-'), '') AS service_key,
           if({by_channel:UInt8} = 1, ifNull(toString(channel), '-'), '') AS channel_key,
           if({by_counter:UInt8} = 1, ifNull(toString(counter), '-'), '') AS counter_key
    FROM visits FINAL
    WHERE created_at >= fromUnixTimestamp64Milli({today_since:Int64}) AND created_at <= instant
      AND kind = 'ticket' AND outcome != 'void' AND unit IN {units:Array(String)}
      AND (empty({services:Array(String)}) OR ifNull(service, '-') IN {services:Array(String)})
      AND (empty({channels:Array(String)}) OR ifNull(channel, '-') IN {channels:Array(String)})
      AND (empty({counters:Array(String)}) OR ifNull(counter, '-') IN {counters:Array(String)})
) AS ticket
JOIN (
    SELECT day.1 AS unit, day.2 AS starts, day.3 AS place
    FROM (SELECT arrayJoin(arrayZip({units:Array(String)}, {days_start:Array(Int64)}, {places_now:Array(String)})) AS day)
) AS asked USING (unit)
WHERE created >= starts
GROUP BY place, service_key, channel_key, counter_key

-- name: backlog_now
-- Which applications are open at an instant, how old are they, and how many are past their deadline?
SELECT transform(unit, {units:Array(String)}, {places_now:Array(String)}, '') AS place,
       if({by_service:UInt8} = 1, ifNull(toString(service), '-'), '') AS service_key,
       if({by_channel:UInt8} = 1, ifNull(toString(channel), '-'), '') AS channel_key,
       '' AS counter_key,
       toInt64(count()) AS submitted,
       countIf(isNull(ended_at) OR ended_at > fromUnixTimestamp64Milli({as_of:Int64}) AS is_open) AS open,
       sumIf({as_of:Int64} - toUnixTimestamp64Milli(assumeNotNull(created_at)) AS age_ms, is_open) AS age_total_ms,
       quantilesExactInclusiveIf(0.5, 0.9)(age_ms, is_open) AS ages, maxOrNullIf(age_ms, is_open) AS oldest_ms,
       countIf(is_open AND isNotNull(due_at)) AS with_deadline,
       countIf(is_open AND due_at < fromUnixTimestamp64Milli({as_of:Int64})) AS overdue
FROM visits FINAL
WHERE kind = 'application' AND outcome != 'void' AND created_at <= fromUnixTimestamp64Milli({as_of:Int64})
  AND unit IN {units:Array(String)} AND (empty({services:Array(String)}) OR ifNull(service, '-') IN {services:Array(String)})
  AND (empty({channels:Array(String)}) OR ifNull(channel, '-') IN {channels:Array(String)})
GROUP BY place, service_key, channel_key

-- name: complaints_now
-- Which complaints are open at an instant, and how old are they?
SELECT transform(unit, {units:Array(String)}, {places_now:Array(String)}, '') AS place,
       if({by_service:UInt8} = 1, ifNull(toString(service), '-'), '') AS service_key,
       if({by_channel:UInt8} = 1, ifNull(toString(channel), '-'), '') AS channel_key,
       '' AS counter_key,
       toInt64(count()) AS opened,
       countIf(isNull(resolved_at) OR resolved_at > fromUnixTimestamp64Milli({as_of:Int64}) AS is_open) AS open,
       sumIf({as_of:Int64} - toUnixTimestamp64Milli(assumeNotNull(opened_at)) AS age_ms, is_open) AS age_total_ms,
       quantilesExactInclusiveIf(0.5, 0.9)(age_ms, is_open) AS ages, maxOrNullIf(age_ms, is_open) AS oldest_ms,
       countIf(is_open AND age_ms > {late_after:Int64}) AS late
FROM complaints FINAL
WHERE opened_at <= fromUnixTimestamp64Milli({as_of:Int64}) AND unit IN {units:Array(String)}
  AND (empty({services:Array(String)}) OR ifNull(service, '-') IN {services:Array(String)})
  AND (empty({channels:Array(String)}) OR ifNull(channel, '-') IN {channels:Array(String)})
GROUP BY place, service_key, channel_key

-- name: counters_now
-- Which counters are open at an instant? Only counters that spoke on the local day of the instant.
SELECT place, service_key, '' AS channel_key, counter_key,
       toInt64(count()) AS known, toInt64(countIf(state = 'open')) AS open, toInt64(countIf(state = 'paused')) AS paused
FROM (
    SELECT unit, state, toUnixTimestamp64Milli(assumeNotNull(ifNull(opened_at, closed_at))) AS at_ms,
           if({by_service:UInt8} = 1, ifNull(toString(service), '-'), '') AS service_key,
           if({by_counter:UInt8} = 1, toString(counter), '') AS counter_key
    FROM counter_days FINAL
    WHERE isNotNull(ifNull(opened_at, closed_at)) AND unit IN {units:Array(String)}
      AND (empty({services:Array(String)}) OR ifNull(service, '-') IN {services:Array(String)})
      AND (empty({counters:Array(String)}) OR counter IN {counters:Array(String)})
) AS counter_day
JOIN (
    SELECT day.1 AS unit, day.2 AS starts, day.3 AS place
    FROM (SELECT arrayJoin(arrayZip({units:Array(String)}, {days_start:Array(Int64)}, {places_now:Array(String)})) AS day)
) AS asked USING (unit)
WHERE at_ms >= starts AND at_ms <= {as_of:Int64}
GROUP BY place, service_key, counter_key
