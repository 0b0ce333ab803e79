-- name: windows_of_facts
-- What must every cell of every window hold, by the facts alone? For pages (day, unit) of units of one zone; ``facts`` is the database the facts stand in.
WITH marks AS (
    SELECT unit, ifNull(service, '-') AS service, mark.1 AS measure, mark.2 AS at, 1 AS n, mark.3 AS total, mark.4 AS provenance
    FROM {facts:Identifier}.visits FINAL
    ARRAY JOIN arrayFilter(mark -> isNotNull(mark.2), if(outcome = 'void',
        [('outcome.void', ended_at, toNullable(toInt64(0)), ended_provenance)],
        arrayConcat(
            [('arrivals', created_at, toNullable(toInt64(0)), created_provenance),
             ('called', called_at, toNullable(toInt64(0)), called_provenance),
             ('outcome.' || outcome, ended_at, toNullable(toInt64(0)), ended_provenance)],
            arrayFilter(mark -> isNotNull(mark.3),
                [('wait_to_call', called_at, wait_to_call_ms, greatest(created_provenance, called_provenance)),
                 ('wait_to_start', started_at, wait_to_start_ms, greatest(created_provenance, started_provenance)),
                 ('wait_to_leave', ended_at, wait_to_leave_ms, greatest(created_provenance, ended_provenance)),
                 ('wait_of_promise', if(promise = 'wait_to_call', called_at, started_at),
                     if(promise IN ('wait_to_call', 'wait_to_start') AND promise_ms > 0,
                        greatest(0, intDiv(100 * if(promise = 'wait_to_call', wait_to_call_ms, wait_to_start_ms) - 1, nullIf(promise_ms, 0))),
                        NULL),
                     greatest(created_provenance, if(promise = 'wait_to_call', called_provenance, started_provenance))),
                 ('service_time', ended_at, service_ms, greatest(started_provenance, ended_provenance)),
                 (if(kind = 'ticket', 'visit_time', 'turnaround'), ended_at, turnaround_ms,
                     greatest(created_provenance, ended_provenance)),
                 ('turnaround_working', ended_at, working_ms, greatest(created_provenance, ended_provenance)),
                 ('returned', ended_at, if(isNull(working_ms), NULL, toInt64(returns > 0)), ended_provenance),
                 ('promise', ended_at, CAST(kept AS Nullable(Int64)), greatest(created_provenance, ended_provenance))])
        ))) AS mark
    WHERE unit IN {units:Array(String)}
      AND ({every_page:UInt8} OR (unit, source, subject) IN (
          -- any row of a visit, not only the last: by its key all of its rows are read above
          SELECT unit, source, subject
          FROM {facts:Identifier}.visits
          WHERE NOT {every_page:UInt8} AND unit IN {units:Array(String)} AND arrayExists(
              at -> ifNull(toDate(at) >= toDate(arrayMin(page -> page.1, {pages:Array(Tuple(UInt16, String))})) - 1
                  AND toDate(at) <= toDate(arrayMax(page -> page.1, {pages:Array(Tuple(UInt16, String))})) + 1, 0),
              [created_at, called_at, started_at, ended_at])
      ))

    UNION ALL
    SELECT unit, ifNull(service, '-'), mark.1, mark.2, 1, mark.3, mark.4
    FROM {facts:Identifier}.complaints FINAL
    ARRAY JOIN arrayFilter(mark -> isNotNull(mark.2) AND isNotNull(mark.3),
        [('complaints_opened', opened_at, toNullable(toInt64(0)), opened_provenance),
         ('complaint_resolution', resolved_at, resolution_ms, greatest(opened_provenance, resolved_provenance))]) AS mark
    WHERE unit IN {units:Array(String)}

    UNION ALL
    SELECT unit, ifNull(service, '-'), 'counter_open', opened_at, 1, open_ms, 0
    FROM {facts:Identifier}.counter_days FINAL
    WHERE isNotNull(opened_at) AND spells > 0 AND unit IN {units:Array(String)}

    UNION ALL
    SELECT unit, ifNull(service, '-'), 'rating', at, 1, score_100, provenance
    FROM {facts:Identifier}.ratings FINAL
    WHERE unit IN {units:Array(String)}

    UNION ALL
    SELECT unit, ifNull(service, '-'), mark.1, at, 1, toInt64(mark.2), provenance
    FROM (
        SELECT *, [persyaratan, prosedur, waktu, biaya, produk, kompetensi, perilaku, pengaduan, sarana] AS answers,
               arraySum(answer -> ifNull(answer, 0), answers) AS marks_sum
        FROM {facts:Identifier}.surveys FINAL
        WHERE unit IN {units:Array(String)}
    )
    ARRAY JOIN arrayFilter(mark -> isNotNull(mark.2), arrayConcat(
        [('surveys', toNullable(toInt64(complete)))],
        arrayMap((name, answer) -> ('element.' || name, CAST(answer AS Nullable(Int64))),
            ['persyaratan', 'prosedur', 'waktu', 'biaya', 'produk', 'kompetensi', 'perilaku', 'pengaduan', 'sarana'], answers),
        if(complete = 1,
            [('skm_sum', toNullable(toInt64(marks_sum))), ('skm_square', toNullable(toInt64(marks_sum * marks_sum))),
             ('skm_straight', toNullable(toInt64(arrayUniq(answers) = 1)))],
            []))) AS mark

    UNION ALL
    SELECT unit, ifNull(service, '-'), mark.1, at, 1, mark.2, provenance
    FROM {facts:Identifier}.snapshots FINAL
    ARRAY JOIN arrayFilter(mark -> isNotNull(mark.2),
        [('seen_waiting', CAST(waiting AS Nullable(Int64))),
         ('seen_counters', CAST(open_counters AS Nullable(Int64))),
         ('seen_unattended', CAST(waiting > 0 AND open_counters = 0 AS Nullable(Int64)))]) AS mark
    WHERE unit IN {units:Array(String)}
      AND NOT (mark.1 = 'seen_unattended' AND (isNull(waiting) OR isNull(open_counters)))

    UNION ALL
    SELECT unit, ifNull(service, '-'), mark.1, at, ifNull(mark.2, 0), mark.3, provenance
    FROM {facts:Identifier}.aggregates FINAL
    ARRAY JOIN arrayFilter(mark -> isNotNull(mark.2) AND isNotNull(mark.3),
        [('reported_n.' || measure, toNullable(toInt64(1)), n),
         ('reported_time.' || measure, timed, total_ms),
         ('reported_within.' || measure, judged, within),
         ('reported_share.' || measure, toNullable(toInt64(1)), CAST(round(share * 100) AS Nullable(Int64)))]) AS mark
    WHERE unit IN {units:Array(String)}
),
placed AS (
    SELECT measure, unit, toUnixTimestamp64Milli(assumeNotNull(at)) AS at_ms,
           timezoneOffset(toDateTime(intDiv(at_ms, 1000), {zone:String})) * 1000 AS offset_ms,
           toDate(toDateTime(intDiv(at_ms, 1000), {zone:String}), {zone:String}) AS day,
           arrayJoin([
               ('5m', toString('*'), at_ms - (at_ms + offset_ms) % 300000),
               ('30m', toString(service), at_ms - (at_ms + offset_ms) % 1800000),
               ('1d', toString(service),
                toInt64(toUnixTimestamp(toStartOfDay(toDateTime(intDiv(at_ms, 1000), {zone:String}), {zone:String}))) * 1000)
           ]) AS place,
           n, assumeNotNull(total) AS total, provenance,
           measure IN ('wait_to_call', 'wait_to_start', 'wait_to_leave', 'wait_of_promise', 'service_time', 'visit_time',
                       'turnaround', 'turnaround_working', 'complaint_resolution') AS is_spread,
           if(is_spread, roundDown(total, {edges:Array(Int64)}), 0) AS edge
    FROM marks
),
cells AS (
    SELECT place.1 AS size, measure, day, unit, place.2 AS service, place.3 AS start_ms,
           sum(placed.n) AS cell_n, sum(placed.total) AS cell_total,
           sumIf(placed.n, provenance = 2) AS imputed, sumIf(placed.n, provenance = 1) AS auto_closed,
           sumMapIf([toInt64(edge)], [toInt64(1)], is_spread) AS histogram
    FROM placed
    GROUP BY size, measure, day, unit, service, start_ms
)
SELECT size, measure, toUInt16(day) AS day_number, unit, service, start_ms,
       toInt64(cell_n) AS n, toInt64(cell_total) AS total, toInt64(imputed) AS imputed, toInt64(auto_closed) AS auto_closed,
       histogram.1 AS edges, histogram.2 AS counts
FROM cells
WHERE {every_page:UInt8} OR (toUInt16(day), unit) IN {pages:Array(Tuple(UInt16, String))}

-- name: write_windows_of_facts
-- Write what every cell must hold by the facts alone into a table of windows.
INSERT INTO {target:Identifier} (size, measure, day, unit, service, start, n, total, imputed, auto_closed, edges, counts, version)
SELECT size, measure, toDate(day_number), unit, service, fromUnixTimestamp64Milli(start_ms, 'UTC'), n, total, imputed,
       auto_closed, edges, counts, 1
FROM ({select})
