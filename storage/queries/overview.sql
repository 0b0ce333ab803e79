-- name: overview_units
-- How does each unit stand at an instant? days: (unit, its local day, that day's first ms); first_day, last_day and since bound them.
WITH
    asked AS (
        SELECT day.1 AS unit, day.2 AS today, day.3 AS starts
        FROM (SELECT arrayJoin({days:Array(Tuple(String, UInt16, Int64))}) AS day)
    ),
    now AS (
        SELECT unit, countIf(is_waiting) AS waiting, {as_of:Int64} - minOrNullIf(created, is_waiting) AS longest_wait_ms,
               countIf(is_serving) AS in_service, quantileExactInclusiveOrNull(0.5)(ratio) AS promise_ratio, count() AS tickets
        FROM (
            SELECT unit, toUnixTimestamp64Milli(assumeNotNull(created_at)) AS created,
                   fromUnixTimestamp64Milli({as_of:Int64}) AS instant,
                   isNull(called_at) OR called_at > instant AS is_uncalled,
                   isNull(started_at) OR started_at > instant AS is_unstarted,
                   ifNull(ended_at > instant, 1) AS is_unended, -- in a form that no index answers: else only the row before the end is read
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
               sumIf(n, measure = 'called') AS called, maxOrNullIf(day, n > 0) AS last_day
        FROM (
            SELECT unit, CAST(measure AS String) AS measure, toUInt16(windows.day) AS day, n, total
            FROM windows FINAL
            WHERE size = '1d'
              AND (measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved', 'promise', 'surveys', 'skm_sum',
                               'skm_square', 'skm_straight', 'called', 'seen_waiting', 'rating', 'counter_open')
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
          AND unit IN (SELECT unit FROM asked) AND kind != 'ticket.left' -- which closing a day says, not the unit
        GROUP BY unit
    )
SELECT asked.unit AS unit, today AS day,
       if(tickets > 0 OR called > 0, toNullable(toInt64(now.waiting)), NULL) AS waiting, longest_wait_ms,
       toInt64(in_service) AS in_service, promise_ratio,
       if(isNull(last_day), NULL, arrivals) AS arrivals, if(isNull(last_day), NULL, served) AS served, judged, kept, judged_before, kept_before,
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
-- Exact mode would read every visit of these units (a second per ten million). Without it the index by creation hides the
-- newer row of a ticket that a ruling moved to another day, until the engine merges the two.
SETTINGS use_skip_indexes_if_final_exact_mode = 0

-- name: overview_days
-- How many came and were served in each half hour of these days? days: (unit, local day, its first ms); slot 0 is the first half hour.
SELECT unit, toUInt16(windows.day) AS day, intDiv(toUnixTimestamp64Milli(start) - starts, 1800000) AS slot,
       sumIf(n, measure = 'arrivals') AS arrivals,
       sumIf(n, measure IN ('outcome.served', 'outcome.issued', 'outcome.approved')) AS served,
       sumIf(n, measure = 'promise') AS judged, sumIf(total, measure = 'promise') AS kept
FROM windows FINAL
JOIN (
    SELECT day.1 AS unit, toDate(day.2) AS asked_day, day.3 AS starts
    FROM (SELECT arrayJoin({days:Array(Tuple(String, UInt16, Int64))}) AS day)
) AS asked ON asked.unit = windows.unit AND asked_day = windows.day
WHERE size = '30m' AND measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved', 'promise')
  AND windows.day IN (SELECT toDate(asked_date.2) FROM (SELECT arrayJoin({days:Array(Tuple(String, UInt16, Int64))}) AS asked_date))
GROUP BY unit, day, slot
ORDER BY unit, day, slot

-- name: unit_queue
-- Who waits at a unit at an instant, by service? since is the first ms of the unit's local day.
SELECT service, count() AS waiting, {as_of:Int64} - min(toUnixTimestamp64Milli(assumeNotNull(created_at))) AS longest_wait_ms,
       any(promise) AS promise, any(promise_ms) AS promise_ms
FROM visits FINAL
WHERE unit = {unit:String} AND kind = 'ticket' AND outcome != 'void'
  AND created_at >= fromUnixTimestamp64Milli({since:Int64}) AND created_at <= fromUnixTimestamp64Milli({as_of:Int64})
  AND (isNull(called_at) OR called_at > fromUnixTimestamp64Milli({as_of:Int64}))
  AND (isNull(started_at) OR started_at > fromUnixTimestamp64Milli({as_of:Int64}))
  AND ifNull(ended_at > fromUnixTimestamp64Milli({as_of:Int64}), 1) -- in a form that no index answers, as in overview_units
GROUP BY service
ORDER BY longest_wait_ms DESC, service

-- name: unit_counters
-- Which counters did a unit use on the local day that begins at since, until an instant, and what did each do?
WITH
    opened AS (
        SELECT counter, argMax(service, version) AS service, argMax(state, version) AS state,
               toUnixTimestamp64Milli(min(opened_at)) AS opened_ms, toUnixTimestamp64Milli(max(closed_at)) AS closed_ms,
               sum(open_ms + if(open_since < fromUnixTimestamp64Milli({as_of:Int64}),
                                {as_of:Int64} - ifNull(toUnixTimestamp64Milli(open_since), 0), 0)) AS open_ms
        FROM counter_days FINAL
        WHERE unit = {unit:String} AND ifNull(opened_at, closed_at) >= fromUnixTimestamp64Milli({since:Int64})
          AND ifNull(opened_at, closed_at) <= fromUnixTimestamp64Milli({as_of:Int64})
        GROUP BY counter
    ),
    worked AS (
        SELECT assumeNotNull(visits.counter) AS counter, countIf(outcome = 'served') AS served,
               sumIf(service_ms, outcome IN ('served', 'transferred')) AS serving_ms,
               toUnixTimestamp64Milli(maxIf(started_at, isNull(ended_at) OR ended_at > fromUnixTimestamp64Milli({as_of:Int64})))
                   AS serving_since_ms,
               toUnixTimestamp64Milli(max(greatest(ifNull(called_at, created_at), ifNull(ended_at, created_at)))) AS last_ms
        FROM visits FINAL
        WHERE unit = {unit:String} AND kind = 'ticket' AND outcome != 'void' AND isNotNull(visits.counter)
          AND created_at >= fromUnixTimestamp64Milli({since:Int64}) AND created_at <= fromUnixTimestamp64Milli({as_of:Int64})
        GROUP BY counter
    )
SELECT if(opened.counter = '', worked.counter, opened.counter) AS counter, opened.service AS service,
       if(opened.counter = '', NULL, opened.state) AS state, opened_ms, closed_ms,
       if(opened.counter = '', NULL, open_ms) AS open_ms,
       toInt64(served) AS served, toInt64(serving_ms) AS serving_ms, serving_since_ms, last_ms
FROM opened FULL JOIN worked ON opened.counter = worked.counter
ORDER BY counter

-- name: unit_snapshots
-- What did a unit's queues last publish on the local day that begins at since, until an instant?
SELECT source, queue, argMax(service, at) AS service, argMax(waiting, at) AS waiting, argMax(open_counters, at) AS open_counters,
       argMax(now_serving, at) AS now_serving, toUnixTimestamp64Milli(max(snapshots.at)) AS at_ms
FROM snapshots FINAL
WHERE unit = {unit:String} AND at >= fromUnixTimestamp64Milli({since:Int64}) AND at <= fromUnixTimestamp64Milli({as_of:Int64})
GROUP BY source, queue
ORDER BY waiting DESC NULLS LAST, queue

-- name: unit_today
-- How does a day of a unit go? By windows of a size ('5m' or '30m'): people, waits to start as a histogram, the promise.
SELECT * EXCEPT histogram,
       histogram.1[arrayFirstIndex(rank -> rank >= ceil(0.5 * waits - 1e-9), arrayCumSum(histogram.2) AS ranks)] AS p50_edge,
       histogram.1[arrayFirstIndex(rank -> rank >= ceil(0.9 * waits - 1e-9), ranks)] AS p90_edge,
       if(waits > 0, toNullable(p50_edge + (greatest(1, intDiv(p50_edge, 50)) - 1) / 2), NULL) AS wait_p50_ms,
       if(waits > 0, toNullable(p90_edge + (greatest(1, intDiv(p90_edge, 50)) - 1) / 2), NULL) AS wait_p90_ms
FROM (
    SELECT toUnixTimestamp64Milli(windows.start) AS start_ms,
           sumIf(n, measure = 'arrivals') AS arrivals,
           sumIf(n, measure IN ('outcome.served', 'outcome.issued', 'outcome.approved')) AS served,
           sumIf(n, measure IN ('outcome.abandoned', 'outcome.left')) AS left_unserved,
           sumIf(n, measure = 'outcome.no_show') AS no_shows,
           sumIf(n, measure = 'wait_to_start') AS waits, sumIf(total, measure = 'wait_to_start') AS waits_total_ms,
           sumMapIf(edges, counts, measure = 'wait_to_start') AS histogram,
           sumIf(n, measure = 'promise') AS judged, sumIf(total, measure = 'promise') AS kept
    FROM windows FINAL
    WHERE size = {size:String} AND unit = {unit:String} AND windows.day = toDate({day:UInt16})
      AND measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved', 'outcome.abandoned', 'outcome.left',
                      'outcome.no_show', 'wait_to_start', 'promise')
    GROUP BY start_ms
)
ORDER BY start_ms

-- name: unit_same_weekday
-- What is usual on this weekday, by half hour of the day? Least, mean and most of the same weekday of the four weeks before.
WITH
    slots AS (
        SELECT toUInt16(windows.day) AS day, toHour(start, {zone:String}) * 2 + intDiv(toMinute(start, {zone:String}), 30) AS slot,
               sumIf(n, measure = 'arrivals') AS arrivals,
               sumIf(n, measure IN ('outcome.served', 'outcome.issued', 'outcome.approved')) AS served,
               sumIf(n, measure = 'wait_to_start') AS waits, sumIf(total, measure = 'wait_to_start') AS waits_total_ms
        FROM windows FINAL
        WHERE size = '30m' AND unit = {unit:String}
          AND windows.day IN (toDate({day:UInt16} - 7), toDate({day:UInt16} - 14), toDate({day:UInt16} - 21), toDate({day:UInt16} - 28))
          AND measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved', 'wait_to_start')
        GROUP BY day, slot
    ),
    (SELECT uniqExactIf(day, arrivals > 0) FROM slots) AS days_known
SELECT toInt64(slot) AS slot, toInt64(days_known) AS days,
       if(count() < days_known, 0, min(arrivals)) AS arrivals_low, sum(arrivals) / days_known AS arrivals_mean,
       max(arrivals) AS arrivals_high,
       if(count() < days_known, 0, min(served)) AS served_low, sum(served) / days_known AS served_mean, max(served) AS served_high,
       minOrNullIf(waits_total_ms / waits, waits > 0) AS wait_mean_low_ms,
       maxOrNullIf(waits_total_ms / waits, waits > 0) AS wait_mean_high_ms
FROM slots
WHERE days_known > 0
GROUP BY slot
ORDER BY slot

-- name: unit_trend
-- How did a unit do on each local day of a range? Days without data have no row.
SELECT * EXCEPT histogram,
       histogram.1[arrayFirstIndex(rank -> rank >= ceil(0.5 * waits - 1e-9), arrayCumSum(histogram.2) AS ranks)] AS p50_edge,
       histogram.1[arrayFirstIndex(rank -> rank >= ceil(0.9 * waits - 1e-9), ranks)] AS p90_edge,
       if(waits > 0, toNullable(p50_edge + (greatest(1, intDiv(p50_edge, 50)) - 1) / 2), NULL) AS wait_p50_ms,
       if(waits > 0, toNullable(p90_edge + (greatest(1, intDiv(p90_edge, 50)) - 1) / 2), NULL) AS wait_p90_ms
FROM (
    SELECT toUInt16(windows.day) AS day_number,
           sumIf(n, measure = 'arrivals') AS arrivals,
           sumIf(n, measure IN ('outcome.served', 'outcome.issued', 'outcome.approved')) AS served,
           sumIf(n, measure IN ('outcome.abandoned', 'outcome.left')) AS left_unserved,
           sumIf(n, measure = 'outcome.no_show') AS no_shows,
           sumIf(n, measure = 'wait_to_start') AS waits, sumIf(total, measure = 'wait_to_start') AS waits_total_ms,
           sumMapIf(edges, counts, measure = 'wait_to_start') AS histogram,
           sumIf(n, measure = 'service_time') AS services, sumIf(total, measure = 'service_time') AS services_total_ms,
           sumIf(n, measure = 'promise') AS judged, sumIf(total, measure = 'promise') AS kept,
           sumIf(n, measure = 'rating') AS ratings, sumIf(total, measure = 'rating') AS ratings_total,
           sumIf(n, measure = 'skm_sum') AS complete, sumIf(total, measure = 'skm_sum') AS skm_sum,
           sumIf(total, measure = 'skm_square') AS skm_square
    FROM windows FINAL
    WHERE size = '1d' AND unit = {unit:String} AND windows.day >= toDate({first_day:UInt16}) AND windows.day <= toDate({last_day:UInt16})
      AND measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved', 'outcome.abandoned', 'outcome.left',
                      'outcome.no_show', 'wait_to_start', 'service_time', 'promise', 'rating', 'skm_sum', 'skm_square')
    GROUP BY day_number
)
ORDER BY day_number

-- name: unit_elements
-- How did people mark the nine elements in [since, until) and in [before, since)? squares sums the squared marks, for an interval.
SELECT mark.1 AS element,
       countIf(at >= fromUnixTimestamp64Milli({since:Int64})) AS n,
       toInt64(sumIf(score, at >= fromUnixTimestamp64Milli({since:Int64}))) AS total,
       toInt64(sumIf(score * score, at >= fromUnixTimestamp64Milli({since:Int64}))) AS squares,
       countIf(at < fromUnixTimestamp64Milli({since:Int64})) AS n_before,
       toInt64(sumIf(score, at < fromUnixTimestamp64Milli({since:Int64}))) AS total_before,
       toInt64(sumIf(score * score, at < fromUnixTimestamp64Milli({since:Int64}))) AS squares_before
FROM surveys FINAL
ARRAY JOIN [('persyaratan', persyaratan), ('prosedur', prosedur), ('waktu', waktu), ('biaya', biaya), ('produk', produk),
            ('kompetensi', kompetensi), ('perilaku', perilaku), ('pengaduan', pengaduan), ('sarana', sarana)] AS mark
WHERE unit = {unit:String} AND at >= fromUnixTimestamp64Milli({before:Int64}) AND at < fromUnixTimestamp64Milli({until:Int64})
  AND isNotNull(mark.2 AS score)
GROUP BY element
ORDER BY element

-- name: unit_interventions
-- Which trainings and other measures did a unit have?
SELECT subject, kind, title, siasn_type, category, jp, participants, starts, ends, completed
FROM interventions FINAL
WHERE unit = {unit:String}
ORDER BY starts, subject

-- name: source_health
-- What has each source sent, when last, and what was refused of it in the 24 hours before an instant and is refused still?
WITH
    sent AS (
        SELECT source, count() AS events, toUnixTimestamp64Milli(max(events.time)) AS last_event_ms,
               toUnixTimestamp64Milli(max(events.arrival)) AS last_arrival_ms,
               countIf(arrival > fromUnixTimestamp64Milli({as_of:Int64} - 86400000)) AS events_24h
        FROM events
        GROUP BY source
    ),
    refused AS (
        SELECT source, groupArray(CAST(code AS String)) AS codes, groupArray(times) AS times, sum(waiting) AS retryable
        FROM (
            SELECT source, code, toInt64(sum(seen)) AS times, toInt64(countIf(retryable = 1)) AS waiting
            FROM rejected_events FINAL
            WHERE state = 'open' AND last_at > fromUnixTimestamp64Milli({as_of:Int64} - 86400000)
            GROUP BY source, code
            ORDER BY code
        )
        GROUP BY source
    )
SELECT if(sent.source = '', refused.source, toString(sent.source)) AS source, toInt64(events) AS events,
       toInt64(events_24h) AS events_24h, if(events > 0, toNullable(last_event_ms), NULL) AS last_event_ms,
       if(events > 0, toNullable(last_arrival_ms), NULL) AS last_arrival_ms, codes, times, retryable
FROM sent FULL JOIN refused ON sent.source = refused.source
ORDER BY source
