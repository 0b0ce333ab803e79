-- name: window_cells
-- What do the windows of a slice hold, by measure and group? Size '1d' for days and ranges, '30m' and '5m' for finer times.
SELECT CAST(measure AS String) AS measure, place, service_key, '' AS channel_key, '' AS counter_key, trained_key, time_key,
       sum(cell_n) AS n, sum(cell_total) AS total, sum(cell_imputed) AS imputed, sum(cell_auto_closed) AS auto_closed,
       tupleElement(sumMap(edges, counts), 1) AS bucket_edges, tupleElement(sumMap(edges, counts), 2) AS bucket_counts,
       []::Array(Float64) AS exact, toInt64(0) AS within
FROM (
    SELECT measure, windows.n AS cell_n, windows.total AS cell_total, windows.imputed AS cell_imputed,
           windows.auto_closed AS cell_auto_closed, windows.edges AS edges, windows.counts AS counts,
           toUInt16(windows.day) AS day_number, toUnixTimestamp64Milli(windows.start) AS at_ms,
           if({one_offset:UInt8} = 1, {offset:Int64},
              {zone_offsets:Array(Array(Int64))}[transform(unit, {units:Array(String)}, {zone_of:Array(UInt8)}, 1) AS zone]
                  [arrayLastIndex(change -> change <= at_ms, {zone_changes:Array(Array(Int64))}[zone])]) AS offset_ms,
           transform(unit, {units:Array(String)}, {places:Array(String)}, '') AS place,
           if({by_service:UInt8} = 1, toString(service), '') AS service_key,
           transform(unit, {units:Array(String)}, {trained_from:Array(UInt16)}, toUInt16(65535)) AS trained_day,
           day_number >= trained_day AS is_trained,
           if({by_trained:UInt8} = 1, toInt8(is_trained), toInt8(-1)) AS trained_key,
           multiIf({time:String} = 'day', toInt64(day_number),
                   {time:String} = 'week', toInt64(day_number - (day_number + 3) % 7),
                   {time:String} = 'month', toInt64(toUInt16(toStartOfMonth(windows.day))),
                   {time:String} = 'hour', intDiv((at_ms + offset_ms) % 86400000, 3600000),
                   {time:String} IN ('30m', '5m'), at_ms,
                   {time:String} = 'since_training', if(trained_day = 65535, 1000000, toInt64(floor((toInt64(day_number) - toInt64(trained_day)) / 7))),
                   {time:String} = 'phase', multiIf(day_number < {phase_starts:UInt16}, 0, day_number <= {phase_ends:UInt16}, 1, 2),
                   0) AS time_key
    FROM windows FINAL
    WHERE size = {size:String} AND measure IN {measures:Array(String)}
      AND windows.day >= toDate({first_day:UInt16}) AND windows.day <= toDate({last_day:UInt16})
      AND unit IN {units:Array(String)} AND (empty({services:Array(String)}) OR service IN {services:Array(String)})
      AND ({untrained:UInt8} = 0 OR NOT is_trained)
)
GROUP BY measure, place, service_key, trained_key, time_key

-- name: visit_cells
-- What do the visits of a slice add up to, by measure and group, exactly? judged.*: waits of the served, -1 for those who left.
WITH
    -- numbers for names, and one row for whatever the outcome is: a third of the time over ten million visits
    ['arrivals', 'called', 'wait_to_call', 'wait_to_start', 'wait_to_leave', 'queue_time', 'service_time', 'visit_time',
     'turnaround', 'turnaround_working', 'returned', 'promise', 'judged.wait_to_call', 'judged.wait_to_start',
     'outcome.served', 'outcome.issued', 'outcome.approved', 'outcome.rejected', 'outcome.withdrawn', 'outcome.transferred',
     'outcome.no_show', 'outcome.abandoned', 'outcome.left', 'outcome.void'] AS known,
    sumMapIf([toInt64(roundDown(value, {edges:Array(Int64)}))], [toInt64(1)], is_duration) AS buckets
SELECT known[code] AS measure, place, service_key, channel_key, counter_key, trained_key, time_key,
       toInt64(count()) AS n, toInt64(sum(value)) AS total,
       toInt64(countIf(provenance = 2)) AS imputed, toInt64(countIf(provenance = 1)) AS auto_closed,
       tupleElement(buckets, 1) AS bucket_edges, tupleElement(buckets, 2) AS bucket_counts,
       quantilesExactInclusiveIf(0.5, 0.9, 0.95)(value, {exact:UInt8} = 1 AND is_duration AND is_counted) AS exact,
       toInt64(countIf(value <= {within:Int64} AND value >= 0 AND is_counted)) AS within
FROM (
    SELECT toUnixTimestamp64Milli(assumeNotNull(at)) AS at_ms, assumeNotNull(value_or_null) AS value,
           code BETWEEN 3 AND 6 AS is_wait, code BETWEEN 3 AND 10 AS is_duration, code IN (13, 14) AS is_judged,
           NOT (is_wait OR is_judged) OR value != 0 OR {zero_waits:UInt8} = 1 AS is_counted,
           transform(outcome,
                     ['served', 'issued', 'approved', 'rejected', 'withdrawn', 'transferred', 'no_show', 'abandoned', 'left', 'void'],
                     [15, 16, 17, 18, 19, 20, 21, 22, 23, 24], 0) AS outcome_code,
           outcome_code BETWEEN 15 AND 17 AS is_served, outcome_code IN (22, 23) AS is_leaver,
           if(asked_code = 15, outcome_code, asked_code) AS code,
           multiIf(code = 0, NULL, outcome_code = 24 AND code != 24, NULL,
                   code = 1, created_at, code IN (2, 3), called_at, code = 4, started_at, code = 6, ifNull(called_at, ended_at), ended_at) AS at,
           CAST(multiIf(code <= 2 OR code >= 15, 0,
                   code = 3, wait_to_call_ms, code = 4, wait_to_start_ms, code = 5, wait_to_leave_ms,
                   code = 6, ifNull(wait_to_call_ms, wait_to_leave_ms), code = 7, service_ms,
                   code = 8, if(kind = 'ticket', turnaround_ms, NULL), code = 9, if(kind = 'ticket', NULL, turnaround_ms),
                   code = 10, working_ms, code = 11, if(isNull(working_ms), NULL, returns > 0),
                   code = 12, multiIf(NOT is_leaver OR {leavers:String} = 'standard', kept,
                                      {leavers:String} = 'counted' AND promise IN ('wait_to_call', 'wait_to_start'), 0, NULL),
                   is_served, if(code = 13, wait_to_call_ms, wait_to_start_ms),
                   isNull(wait_to_leave_ms) OR {leavers:String} = 'not_counted', NULL,
                   wait_to_leave_ms = 0 AND {zero_waits:UInt8} = 0, NULL, -1) AS Nullable(Int64)) AS value_or_null,
           multiIf(code = 1, created_provenance, code = 2, called_provenance, code = 3, greatest(created_provenance, called_provenance),
                   code = 4, greatest(created_provenance, started_provenance),
                   code = 6, greatest(created_provenance, if(isNull(called_at), ended_provenance, called_provenance)),
                   code = 7, greatest(started_provenance, ended_provenance), code IN (5, 8, 9, 10, 12),
                   greatest(created_provenance, ended_provenance), ended_provenance) AS provenance,
           if({one_offset:UInt8} = 1, {offset:Int64},
              {zone_offsets:Array(Array(Int64))}[transform(unit, {units:Array(String)}, {zone_of:Array(UInt8)}, 1) AS zone]
                  [arrayLastIndex(change -> change <= at_ms, {zone_changes:Array(Array(Int64))}[zone])]) AS offset_ms,
           intDiv(at_ms + offset_ms, 86400000) AS day_number,
           transform(unit, {units:Array(String)}, {places:Array(String)}, '') AS place,
           if({by_service:UInt8} = 1, ifNull(toString(service), '-'), '') AS service_key,
           if({by_channel:UInt8} = 1, ifNull(toString(channel), '-'), '') AS channel_key,
           if({by_counter:UInt8} = 1, ifNull(toString(counter), '-'), '') AS counter_key,
           transform(unit, {units:Array(String)}, {trained_from:Array(UInt16)}, toUInt16(65535)) AS trained_day,
           day_number >= trained_day AS is_trained,
           if({by_trained:UInt8} = 1, toInt8(is_trained), toInt8(-1)) AS trained_key,
           multiIf({time:String} = 'day', toInt64(day_number),
                   {time:String} = 'week', toInt64(day_number - (day_number + 3) % 7),
                   {time:String} = 'month', toInt64(toUInt16(toStartOfMonth(toDate(day_number)))),
                   {time:String} = 'hour', intDiv((at_ms + offset_ms) % 86400000, 3600000),
                   {time:String} = '30m', at_ms - (at_ms + offset_ms) % 1800000,
                   {time:String} = '5m', at_ms - (at_ms + offset_ms) % 300000,
                   {time:String} = 'since_training', if(trained_day = 65535, 1000000, toInt64(floor((toInt64(day_number) - toInt64(trained_day)) / 7))),
                   {time:String} = 'phase', multiIf(day_number < {phase_starts:UInt16}, 0, day_number <= {phase_ends:UInt16}, 1, 2),
                   0) AS time_key
    FROM visits FINAL
    ARRAY JOIN arrayDistinct(arrayMap(measure -> least(indexOf(known, measure), 15), {measures:Array(String)})) AS asked_code
    WHERE unit IN {units:Array(String)} AND (empty({services:Array(String)}) OR ifNull(service, '-') IN {services:Array(String)})
      AND (empty({channels:Array(String)}) OR ifNull(channel, '-') IN {channels:Array(String)})
      AND (empty({counters:Array(String)}) OR ifNull(counter, '-') IN {counters:Array(String)})
      AND (isNull(created_at) OR created_at < fromUnixTimestamp64Milli({until:Int64}))
      AND (isNull(ended_at) OR ended_at >= fromUnixTimestamp64Milli({since:Int64}))
      AND isNotNull(at) AND isNotNull(value_or_null) AND (code < 15 OR has({measures:Array(String)}, known[code]))
      AND day_number >= {first_day:UInt16} AND day_number <= {last_day:UInt16}
      AND ({untrained:UInt8} = 0 OR NOT is_trained) AND (is_counted OR NOT is_judged)
)
GROUP BY code, place, service_key, channel_key, counter_key, trained_key, time_key

-- name: answer_cells
-- What do the ratings, answers, complaints and reported totals of a slice add up to, where channel or counter matter?
WITH sumMapIf([toInt64(roundDown(value, {edges:Array(Int64)}))], [toInt64(1)], measure = 'complaint_resolution') AS buckets
SELECT measure, place, service_key, channel_key, counter_key, trained_key, time_key,
       toInt64(sum(mark_n)) AS n, toInt64(sum(value)) AS total,
       toInt64(sumIf(mark_n, provenance = 2)) AS imputed, toInt64(sumIf(mark_n, provenance = 1)) AS auto_closed,
       tupleElement(buckets, 1) AS bucket_edges, tupleElement(buckets, 2) AS bucket_counts,
       quantilesExactInclusiveIf(0.5, 0.9, 0.95)(value, {exact:UInt8} = 1 AND measure = 'complaint_resolution') AS exact,
       toInt64(countIf(value <= {within:Int64} AND measure = 'complaint_resolution')) AS within
FROM (
    SELECT mark.1 AS measure, mark.3 AS mark_n, assumeNotNull(mark.4) AS value, mark.5 AS provenance,
           toUnixTimestamp64Milli(assumeNotNull(mark.2)) AS at_ms,
           if({one_offset:UInt8} = 1, {offset:Int64},
              {zone_offsets:Array(Array(Int64))}[transform(unit, {units:Array(String)}, {zone_of:Array(UInt8)}, 1) AS zone]
                  [arrayLastIndex(change -> change <= at_ms, {zone_changes:Array(Array(Int64))}[zone])]) AS offset_ms,
           intDiv(at_ms + offset_ms, 86400000) AS day_number,
           transform(unit, {units:Array(String)}, {places:Array(String)}, '') AS place,
           if({by_service:UInt8} = 1, service, '') AS service_key,
           if({by_channel:UInt8} = 1, channel, '') AS channel_key,
           if({by_counter:UInt8} = 1, counter, '') AS counter_key,
           transform(unit, {units:Array(String)}, {trained_from:Array(UInt16)}, toUInt16(65535)) AS trained_day,
           day_number >= trained_day AS is_trained,
           if({by_trained:UInt8} = 1, toInt8(is_trained), toInt8(-1)) AS trained_key,
           multiIf({time:String} = 'day', toInt64(day_number),
                   {time:String} = 'week', toInt64(day_number - (day_number + 3) % 7),
                   {time:String} = 'month', toInt64(toUInt16(toStartOfMonth(toDate(day_number)))),
                   {time:String} = 'hour', intDiv((at_ms + offset_ms) % 86400000, 3600000),
                   {time:String} = '30m', at_ms - (at_ms + offset_ms) % 1800000,
                   {time:String} = '5m', at_ms - (at_ms + offset_ms) % 300000,
                   {time:String} = 'since_training', if(trained_day = 65535, 1000000, toInt64(floor((toInt64(day_number) - toInt64(trained_day)) / 7))),
                   {time:String} = 'phase', multiIf(day_number < {phase_starts:UInt16}, 0, day_number <= {phase_ends:UInt16}, 1, 2),
                   0) AS time_key
    FROM (
        SELECT unit, ifNull(toString(service), '-') AS service, ifNull(toString(channel), '-') AS channel,
               ifNull(toString(counter), '-') AS counter,
               [('rating', toNullable(at), toInt64(1), toNullable(toInt64(score_100)), provenance)] AS marks
        FROM ratings FINAL
        UNION ALL
        SELECT unit, ifNull(toString(service), '-'), ifNull(toString(channel), '-'), '-',
               arrayConcat(
                   [('surveys', toNullable(at), toInt64(1), toNullable(toInt64(complete)), provenance)],
                   arrayMap((name, answer) -> ('element.' || name, toNullable(at), toInt64(1), CAST(answer AS Nullable(Int64)), provenance),
                       ['persyaratan', 'prosedur', 'waktu', 'biaya', 'produk', 'kompetensi', 'perilaku', 'pengaduan', 'sarana'],
                       [persyaratan, prosedur, waktu, biaya, produk, kompetensi, perilaku, pengaduan, sarana] AS answers),
                   if(complete = 1,
                      [('skm_sum', toNullable(at), toInt64(1),
                        toNullable(toInt64(arraySum(answer -> ifNull(answer, 0), answers) AS marks_sum)), provenance),
                       ('skm_square', toNullable(at), toInt64(1), toNullable(toInt64(marks_sum * marks_sum)), provenance),
                       ('skm_straight', toNullable(at), toInt64(1), toNullable(toInt64(straight)), provenance)], []))
        FROM surveys FINAL
        UNION ALL
        SELECT unit, ifNull(toString(service), '-'), ifNull(toString(channel), '-'), '-',
               [('complaints_opened', opened_at, toInt64(1), toNullable(toInt64(0)), opened_provenance),
                ('complaint_resolution', resolved_at, toInt64(1), resolution_ms, greatest(opened_provenance, resolved_provenance))]
        FROM complaints FINAL
        UNION ALL
        SELECT unit, ifNull(toString(service), '-'), ifNull(toString(channel), '-'), '-',
               arrayMap(mark -> (mark.1 || measure, toNullable(at), ifNull(mark.2, 0), if(isNull(mark.2), NULL, mark.3), provenance),
                        [('reported_n.', toNullable(toInt64(1)), n), ('reported_time.', timed, total_ms),
                         ('reported_within.', judged, within),
                         ('reported_share.', toNullable(toInt64(1)), CAST(round(share * 100) AS Nullable(Int64)))])
        FROM aggregates FINAL
    )
    ARRAY JOIN arrayFilter(mark -> isNotNull(mark.2) AND isNotNull(mark.4) AND has({measures:Array(String)}, mark.1), marks) AS mark
    WHERE unit IN {units:Array(String)} AND (empty({services:Array(String)}) OR service IN {services:Array(String)})
      AND (empty({channels:Array(String)}) OR channel IN {channels:Array(String)})
      AND (empty({counters:Array(String)}) OR counter IN {counters:Array(String)})
      AND day_number >= {first_day:UInt16} AND day_number <= {last_day:UInt16}
      AND ({untrained:UInt8} = 0 OR NOT is_trained)
)
GROUP BY measure, place, service_key, channel_key, counter_key, trained_key, time_key

-- name: snapshot_peaks
-- How long were the queues that were seen in snapshots: 95th percentile (interpolated) and most, by group?
SELECT place, service_key, trained_key, time_key, toInt64(count()) AS n,
       quantileExactInclusive(0.95)(people) AS p95, toInt64(max(people)) AS most
FROM (
    SELECT assumeNotNull(waiting) AS people, toUnixTimestamp64Milli(at) AS at_ms,
           if({one_offset:UInt8} = 1, {offset:Int64},
              {zone_offsets:Array(Array(Int64))}[transform(unit, {units:Array(String)}, {zone_of:Array(UInt8)}, 1) AS zone]
                  [arrayLastIndex(change -> change <= at_ms, {zone_changes:Array(Array(Int64))}[zone])]) AS offset_ms,
           intDiv(at_ms + offset_ms, 86400000) AS day_number,
           transform(unit, {units:Array(String)}, {places:Array(String)}, '') AS place,
           if({by_service:UInt8} = 1, ifNull(toString(service), '-'), '') AS service_key,
           transform(unit, {units:Array(String)}, {trained_from:Array(UInt16)}, toUInt16(65535)) AS trained_day,
           day_number >= trained_day AS is_trained,
           if({by_trained:UInt8} = 1, toInt8(is_trained), toInt8(-1)) AS trained_key,
           multiIf({time:String} = 'day', toInt64(day_number),
                   {time:String} = 'week', toInt64(day_number - (day_number + 3) % 7),
                   {time:String} = 'month', toInt64(toUInt16(toStartOfMonth(toDate(day_number)))),
                   {time:String} = 'hour', intDiv((at_ms + offset_ms) % 86400000, 3600000),
                   {time:String} = '30m', at_ms - (at_ms + offset_ms) % 1800000,
                   {time:String} = '5m', at_ms - (at_ms + offset_ms) % 300000,
                   {time:String} = 'since_training', if(trained_day = 65535, 1000000, toInt64(floor((toInt64(day_number) - toInt64(trained_day)) / 7))),
                   {time:String} = 'phase', multiIf(day_number < {phase_starts:UInt16}, 0, day_number <= {phase_ends:UInt16}, 1, 2),
                   0) AS time_key
    FROM snapshots FINAL
    WHERE isNotNull(waiting) AND unit IN {units:Array(String)}
      AND (empty({services:Array(String)}) OR ifNull(service, '-') IN {services:Array(String)})
      AND at >= fromUnixTimestamp64Milli({since:Int64}) AND at < fromUnixTimestamp64Milli({until:Int64})
      AND day_number >= {first_day:UInt16} AND day_number <= {last_day:UInt16}
      AND ({untrained:UInt8} = 0 OR NOT is_trained)
)
GROUP BY place, service_key, trained_key, time_key

-- name: counter_time
-- How long were counters open, by group? A counter that is still open counts until as_of.
SELECT place, service_key, counter_key, trained_key, time_key,
       toInt64(sum(open_ms + ifNull(greatest(0, {as_of:Int64} - since_ms), 0))) AS open_ms, toInt64(count()) AS n
FROM (
    SELECT open_ms, toUnixTimestamp64Milli(open_since) AS since_ms, toUnixTimestamp64Milli(assumeNotNull(opened_at)) AS at_ms,
           if({one_offset:UInt8} = 1, {offset:Int64},
              {zone_offsets:Array(Array(Int64))}[transform(unit, {units:Array(String)}, {zone_of:Array(UInt8)}, 1) AS zone]
                  [arrayLastIndex(change -> change <= at_ms, {zone_changes:Array(Array(Int64))}[zone])]) AS offset_ms,
           intDiv(at_ms + offset_ms, 86400000) AS day_number,
           transform(unit, {units:Array(String)}, {places:Array(String)}, '') AS place,
           if({by_service:UInt8} = 1, ifNull(toString(service), '-'), '') AS service_key,
           if({by_counter:UInt8} = 1, toString(counter), '') AS counter_key,
           transform(unit, {units:Array(String)}, {trained_from:Array(UInt16)}, toUInt16(65535)) AS trained_day,
           day_number >= trained_day AS is_trained,
           if({by_trained:UInt8} = 1, toInt8(is_trained), toInt8(-1)) AS trained_key,
           multiIf({time:String} = 'day', toInt64(day_number),
                   {time:String} = 'week', toInt64(day_number - (day_number + 3) % 7),
                   {time:String} = 'month', toInt64(toUInt16(toStartOfMonth(toDate(day_number)))),
                   {time:String} = 'since_training', if(trained_day = 65535, 1000000, toInt64(floor((toInt64(day_number) - toInt64(trained_day)) / 7))),
                   {time:String} = 'phase', multiIf(day_number < {phase_starts:UInt16}, 0, day_number <= {phase_ends:UInt16}, 1, 2),
                   0) AS time_key
    FROM counter_days FINAL
    WHERE isNotNull(opened_at) AND opened_at <= fromUnixTimestamp64Milli({as_of:Int64}) AND unit IN {units:Array(String)}
      AND (empty({services:Array(String)}) OR ifNull(service, '-') IN {services:Array(String)})
      AND (empty({counters:Array(String)}) OR counter IN {counters:Array(String)})
      AND day_number >= {first_day:UInt16} AND day_number <= {last_day:UInt16}
      AND ({untrained:UInt8} = 0 OR NOT is_trained)
)
GROUP BY place, service_key, counter_key, trained_key, time_key

-- name: data_days
-- From which to which local day do these units have data?
SELECT toUInt16(min(day)) AS first_day, toUInt16(max(day)) AS last_day, count() AS cells
FROM windows FINAL
WHERE size = '1d' AND n > 0 AND unit IN {units:Array(String)}

-- name: reported_measures
-- Which totals do sources report by themselves?
SELECT DISTINCT substring(CAST(measure AS String), position(measure, '.') + 1) AS name
FROM windows
WHERE size = '1d' AND startsWith(measure, 'reported_') AND unit IN {units:Array(String)}
ORDER BY name

-- name: interventions_of
-- Which trainings and other measures have these units had, and by which local day were they completed?
SELECT unit, source, subject, kind, title, siasn_type, category, jp, participants, starts, ends, completed
FROM interventions FINAL
WHERE unit IN {units:Array(String)}
ORDER BY starts, source, subject, unit
