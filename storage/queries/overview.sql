-- name: overview_units
-- How does each unit stand at an instant? days: (unit, its local day, that day's first ms); first_day, last_day and since bound them.
WITH
    asked AS (
        SELECT day.1 AS unit, day.2 AS today, day.3 AS starts
        FROM (SELECT arrayJoin({days:Array(Tuple(String, UInt16, Int64))}) AS day)
    ),
    now AS (
        SELECT unit, countIf(is_waiting) AS waiting, {as_of:Int64} - minOrNullIf(created, is_waiting) AS longest_wait_ms,
               countIf(is_serving) AS in_service, quantileExactInclusiveOrNull(0.5)(ratio) AS promise_ratio
        FROM (
            SELECT unit, toUnixTimestamp64Milli(assumeNotNull(created_at)) AS created,
                   fromUnixTimestamp64Milli({as_of:Int64}) AS instant,
                   isNull(called_at) OR called_at > instant AS is_uncalled,
                   isNull(started_at) OR started_at > instant AS is_unstarted,
                   isNull(ended_at) OR ended_at > instant AS is_unended,
                   is_uncalled AND is_unstarted AND is_unended AS is_waiting,
                   NOT is_unstarted AND is_unended AS is_serving,
                   multiIf(promise = 'wait_to_call', wait_to_call_ms, promise = 'wait_to_start', wait_to_start_ms,
                           promise = 'service_time', service_ms, promise = 'visit_time', turnaround_ms,
                           NULL) / promise_ms AS ratio
            FROM visits FINAL
            WHERE created_at >= fromUnixTimestamp64Milli({since:Int64})
              AND created_at <= instant AND kind = 'ticket' AND outcome != 'void' AND unit IN (SELECT unit FROM asked)
        ) AS ticket
        JOIN asked USING (unit)
        WHERE created >= starts
        GROUP BY unit
    ),
    counted AS (
        SELECT unit,
               sumIf(n, measure = 'arrivals' AND day = today) AS arrivals,
               sumIf(n, measure IN ('outcome.served', 'outcome.issued', 'outcome.approved') AND day = today) AS served,
               sumIf(n, measure = 'promise' AND day = today) AS judged,
               sumIf(total, measure = 'promise' AND day = today) AS kept,
               sumIf(n, measure = 'promise' AND day < today AND day >= today - 28) AS judged_before,
               sumIf(total, measure = 'promise' AND day < today AND day >= today - 28) AS kept_before,
               sumIf(n, measure IN ('outcome.served', 'outcome.issued', 'outcome.approved')) AS served_in_period,
               sumIf(n, measure = 'surveys') AS answers,
               sumIf(n, measure = 'skm_sum') AS complete,
               sumIf(total, measure = 'skm_sum') AS skm_sum,
               sumIf(total, measure = 'skm_square') AS skm_square,
               sumIf(total, measure = 'skm_straight') AS skm_straight,
               sumMapIf(map(measure, n), startsWith(measure, 'element.')) AS counts,
               sumMapIf(map(measure, total), startsWith(measure, 'element.')) AS totals,
               maxOrNullIf(day, n > 0) AS last_day
        FROM (
            SELECT unit, CAST(measure AS String) AS measure, toUInt16(windows.day) AS day, n, total
            FROM windows FINAL
            WHERE size = '1d'
              AND (measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved', 'promise', 'surveys', 'skm_sum',
                               'skm_square', 'skm_straight', 'seen_waiting', 'rating', 'counter_open')
                   OR startsWith(measure, 'element.'))
              AND windows.day <= toDate({last_day:UInt16}) AND windows.day > toDate({first_day:UInt16} - 90)
              AND unit IN (SELECT unit FROM asked)
        ) AS cell
        JOIN asked USING (unit)
        WHERE day <= today AND day > today - 90
        GROUP BY unit
    ),
    counters AS (
        SELECT unit, countIf(state = 'open') AS open_counters, countIf(state = 'paused') AS paused_counters,
               count() AS known_counters
        FROM counter_days FINAL
        JOIN asked USING (unit)
        WHERE ifNull(opened_at, closed_at) >= fromUnixTimestamp64Milli(starts)
          AND ifNull(opened_at, closed_at) <= fromUnixTimestamp64Milli({as_of:Int64})
        GROUP BY unit
    ),
    seen AS (
        SELECT unit, sum(queue_waiting) AS waiting, sum(queue_counters) AS open_counters
        FROM (
            SELECT unit, source, queue, argMax(snapshots.waiting, at) AS queue_waiting, argMax(snapshots.open_counters, at) AS queue_counters
            FROM snapshots FINAL
            JOIN asked USING (unit)
            WHERE at >= fromUnixTimestamp64Milli(starts) AND at <= fromUnixTimestamp64Milli({as_of:Int64})
            GROUP BY unit, source, queue
        )
        GROUP BY unit
    ),
    heard AS (
        SELECT unit, toNullable(toUnixTimestamp64Milli(max(time))) AS last_event_ms
        FROM events
        WHERE time >= fromUnixTimestamp64Milli({as_of:Int64} - 172800000) AND time <= fromUnixTimestamp64Milli({as_of:Int64})
          AND unit IN (SELECT unit FROM asked)
        GROUP BY unit
    )
SELECT asked.unit AS unit, today AS day,
       toInt64(now.waiting) AS waiting, longest_wait_ms, toInt64(in_service) AS in_service, promise_ratio,
       arrivals, served, judged, kept, judged_before, kept_before,
       served_in_period, answers, complete, skm_sum, skm_square, skm_straight,
       arrayMap(name -> counts['element.' || name], {elements:Array(String)}) AS element_n,
       arrayMap(name -> totals['element.' || name], {elements:Array(String)}) AS element_total,
       if(known_counters > 0, toNullable(toInt64(counters.open_counters)), NULL) AS open_counters,
       toInt64(paused_counters) AS paused_counters,
       toInt64(seen.waiting) AS seen_waiting, toInt64(seen.open_counters) AS seen_counters,
       heard.last_event_ms AS last_event_ms, last_day
FROM asked
LEFT JOIN now ON now.unit = asked.unit
LEFT JOIN counted ON counted.unit = asked.unit
LEFT JOIN counters ON counters.unit = asked.unit
LEFT JOIN seen ON seen.unit = asked.unit
LEFT JOIN heard ON heard.unit = asked.unit
ORDER BY unit
