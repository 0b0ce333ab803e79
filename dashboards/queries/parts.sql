-- name: part_places
-- In which zone does each unit live, and which local day is it there now?
(SELECT unit, CAST(zone AS String) AS zone, formatDateTime($__toTime, '%F', zone) AS today_text, toDate(today_text) AS today FROM units FINAL)

-- name: part_day_begun
-- An instant before which the local day of now began nowhere: 26 hours at most, for the hour of the clock is at most three behind the hours since midnight. It lets the index leave out the days before.
(SELECT min($__toTime - toIntervalHour(toUInt8(formatDateTime($__toTime, '%H', CAST(zone AS String))) + 3)) FROM units FINAL)

-- name: part_tickets_today
-- Which tickets were taken on the unit's local day of now, and what is known of each by now? is_promised: a wait was promised; wait_ms counts on for who still waits, and until they left for who left. The end is compared in a form that no index answers: an index would hide the row that says so, until the ticket's rows are merged.
(
    SELECT unit, service, counter, outcome, service_ms, promise_ms, created_at, started_at,
           isNotNull(called_at) AND called_at <= $__toTime_ms AS is_called,
           isNotNull(started_at) AND started_at <= $__toTime_ms AS is_started,
           ifNull(ended_at <= $__toTime_ms, 0) AS is_ended,
           NOT is_called AND NOT is_started AND NOT is_ended AS is_waiting,
           ifNull(promise, '') IN ('wait_to_call', 'wait_to_start') AND isNotNull(promise_ms) AS is_promised,
           ifNull(multiIf(promise = 'wait_to_call' AND is_called, wait_to_call_ms, is_started, wait_to_start_ms,
                          is_ended, dateDiff('ms', created_at, ended_at),
                          dateDiff('ms', created_at, $__toTime_ms)), 0) AS wait_ms,
           is_waiting AND is_promised AND wait_ms > ifNull(promise_ms, 0) AS is_overdue
    FROM visits FINAL
    JOIN {{part_places}} AS place USING (unit)
    WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
      AND created_at > {{part_day_begun}} AND created_at <= $__toTime_ms
      AND formatDateTime(created_at, '%F', zone) = today_text
)

-- name: part_p90_of_promise
-- The p90 of a group's histogram of waits over their promise, in percent: nearest rank, as in pantau/domain/histogram.py. A bucket holds begun percents: above its edge, up to the next.
if(waits_n = 0, NULL, toNullable(p90_edge + greatest(1, intDiv(p90_edge, 50)) / 2))

-- name: part_waits_of_promise
-- The number of a group's waits over their promise, and the edge of the bucket that holds their p90.
sumIf(n, measure = 'wait_of_promise') AS waits_n,
quantileExactWeightedArrayIf(0.9)(edges, CAST(counts AS Array(UInt64)), measure = 'wait_of_promise') AS p90_edge

-- name: part_counters_today
-- Which counters spoke on the unit's local day of now, in which state are they, how long were they open?
(
    SELECT unit, CAST(counter AS String) AS counter, argMax(state, version) AS told_state,
           sum(open_ms + if(open_since < $__toTime_ms, dateDiff('ms', open_since, $__toTime_ms), 0)) AS opened_ms
    FROM counter_days FINAL
    JOIN {{part_places}} AS place USING (unit)
    WHERE unit IN (${unit:singlequote})
      AND ifNull(opened_at, closed_at) > $__toTime - INTERVAL 1 DAY AND ifNull(opened_at, closed_at) <= $__toTime
      AND formatDateTime(assumeNotNull(ifNull(opened_at, closed_at)), '%F', zone) = today_text
    GROUP BY unit, counter
)

-- name: part_files_said_open
-- The rows of visits, old or new, that say of an application that it is open: the engine finds them by its indexes.
FROM visits
WHERE unit IN (${unit:singlequote}) AND startsWith(subject, 'application:') AND (isNull(ended_at) OR ended_at > $__toTime_ms)

-- name: part_files_open
-- Which applications are open now, and until when are they due? First whatever a row says is open; then what holds of each of these now. None that is open began before the earliest of the first, so older days are left out.
(
    SELECT created_at, ifNull(due_at < $__toTime_ms, 0) AS is_late
    FROM visits FINAL
    PREWHERE startsWith(subject, 'application:') AND (unit, source, subject) IN (
        SELECT unit, source, subject
        {{part_files_said_open}}
    )
    WHERE kind = 'application' AND outcome != 'void' AND created_at <= $__toTime_ms AND ifNull(ended_at > $__toTime_ms, 1)
      AND created_at >= (
          SELECT min(created_at)
          {{part_files_said_open}}
      )
      AND ifNull(service, '-') IN (${service:singlequote})
)

-- name: part_compared
-- Which cells of five minutes lie in the time range or as many weeks before it as weeks says, up to four? Days are bounded for every zone, from twelve hours behind to fourteen ahead.
(
    SELECT measure, n, arrayJoin(arrayFilter(each -> $__timeFilter(start + toIntervalDay(7 * each)), [0, 1, 2, 3, 4])) AS weeks,
           start + toIntervalDay(7 * weeks) AS compared
    FROM windows FINAL
    WHERE size = '5m' AND measure IN ('arrivals', 'outcome.served', 'outcome.issued', 'outcome.approved') AND unit IN (${unit:singlequote})
      AND (day BETWEEN toDate($__fromTime - INTERVAL 12 HOUR) AND toDate($__toTime + INTERVAL 14 HOUR)
           OR day BETWEEN toDate($__fromTime - INTERVAL 12 HOUR) - 7 AND toDate($__toTime + INTERVAL 14 HOUR) - 7
           OR day BETWEEN toDate($__fromTime - INTERVAL 12 HOUR) - 14 AND toDate($__toTime + INTERVAL 14 HOUR) - 14
           OR day BETWEEN toDate($__fromTime - INTERVAL 12 HOUR) - 21 AND toDate($__toTime + INTERVAL 14 HOUR) - 21
           OR day BETWEEN toDate($__fromTime - INTERVAL 12 HOUR) - 28 AND toDate($__toTime + INTERVAL 14 HOUR) - 28)
)

-- name: part_days
-- What do the windows of days hold whose day begins in the time range? What is read first is part of a cell's identity, the same in all its versions.
(
    SELECT unit, service, measure, day, start, n, total, edges, counts
    FROM windows FINAL
    PREWHERE size = '1d' AND unit IN (${unit:singlequote}) AND day >= toDate($__fromTime) - 1 AND day <= toDate($__toTime) + 1
    WHERE $__timeFilter(start)
)

-- name: part_counter_slots
-- For how much of each slot was each counter open, how much of the slot is over, for how long did it serve, for how long did people wait (each of them)? Open runs from the day's first opening to its last closing, at most 12 hours; serving from first start to end.
(
    SELECT opened.unit AS unit, opened.counter AS counter, opened.slot AS slot, open_s, busy_s, waiting_s,
           least(slot * $__interval_s + $__interval_s, toUnixTimestamp($__toTime)) - slot * $__interval_s AS over_s
    FROM (
        SELECT unit, CAST(counter AS String) AS counter, slot,
               max(least(shuts, (slot + 1) * $__interval_s) - greatest(opens, slot * $__interval_s)) AS open_s
        FROM (
            SELECT unit, counter, toUnixTimestamp(assumeNotNull(greatest(opened_at, $__fromTime_ms))) AS opens,
                   toUnixTimestamp(assumeNotNull(least(
                       if(isNotNull(open_since), opened_at + INTERVAL 12 HOUR, ifNull(closed_at, opened_at)), $__toTime_ms))) AS shuts,
                   arrayJoin(range(intDiv(opens, $__interval_s), intDiv(shuts, $__interval_s) + 1)) AS slot
            FROM counter_days FINAL
            WHERE unit IN (${unit:singlequote}) AND opened_at <= $__toTime_ms AND opened_at > $__fromTime_ms - INTERVAL 12 HOUR
        )
        GROUP BY unit, counter, slot
    ) AS opened
    LEFT JOIN (
        SELECT unit, counter_name, slot, sum(least(ends, (slot + 1) * $__interval_s) - greatest(starts, slot * $__interval_s)) AS busy_s
        FROM (
            SELECT unit, CAST(assumeNotNull(counter) AS String) AS counter_name, toUnixTimestamp(assumeNotNull(started_at)) AS starts,
                   toUnixTimestamp(assumeNotNull(least(ifNull(ended_at, $__toTime_ms), $__toTime_ms))) AS ends,
                   arrayJoin(range(intDiv(starts, $__interval_s), intDiv(ends, $__interval_s) + 1)) AS slot
            FROM visits FINAL
            WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void' AND isNotNull(counter)
              AND created_at > $__fromTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms AND started_at <= $__toTime_ms
        )
        GROUP BY unit, counter_name, slot
    ) AS served ON served.unit = opened.unit AND served.counter_name = opened.counter AND served.slot = opened.slot
    LEFT JOIN (
        SELECT unit, slot, sum(least(ends, (slot + 1) * $__interval_s) - greatest(starts, slot * $__interval_s)) AS waiting_s
        FROM (
            SELECT unit, toUnixTimestamp(assumeNotNull(created_at)) AS starts,
                   toUnixTimestamp(assumeNotNull(least(ifNull(called_at, ifNull(started_at, ifNull(ended_at, $__toTime_ms))), $__toTime_ms))) AS ends,
                   arrayJoin(range(intDiv(starts, $__interval_s), intDiv(ends, $__interval_s) + 1)) AS slot
            FROM visits FINAL
            WHERE unit IN (${unit:singlequote}) AND kind = 'ticket' AND outcome != 'void'
              AND created_at > $__fromTime_ms - INTERVAL 1 DAY AND created_at <= $__toTime_ms
        )
        GROUP BY unit, slot
    ) AS waited ON waited.unit = opened.unit AND waited.slot = opened.slot
    WHERE open_s > 0
)

-- name: part_skm_days
-- What do the windows of days say of satisfaction, and of how many were served? The sums of each unit, measure and day.
(
    SELECT unit, measure, day, start, n, total
    FROM {{part_days}} AS cell
    WHERE measure IN ({{part_skm_measures}})
)

-- name: part_skm_measures
-- Which measures do the sums of an index need? Named one by one: the engine skips the windows of all others.
'surveys', 'skm_sum', 'skm_square', 'outcome.served', 'outcome.issued', 'outcome.approved', 'element.persyaratan',
'element.prosedur', 'element.waktu', 'element.biaya', 'element.produk', 'element.kompetensi', 'element.perilaku',
'element.pengaduan', 'element.sarana'

-- name: part_skm_sums
-- The sums that an index follows from, of whatever cells stand in a group: as in pantau/domain/skm.py.
['persyaratan', 'prosedur', 'waktu', 'biaya', 'produk', 'kompetensi', 'perilaku', 'pengaduan', 'sarana'] AS elements,
sumIf(n, measure = 'surveys') AS answer_n,
arrayMap(element -> sumMap(map(measure, n))['element.' || element], elements) AS element_ns,
arrayMap(element -> sumMap(map(measure, total))['element.' || element], elements) AS element_totals,
sumIf(n, measure = 'skm_sum') AS complete,
complete * sumIf(total, measure = 'skm_square') - pow(sumIf(total, measure = 'skm_sum'), 2) AS scatter,
sumIf(n, startsWith(measure, 'outcome.')) AS served_n

-- name: part_ikm
-- The index by PermenPANRB 14/2017 with weight 1/9, rounded to two decimals; NULL where an element has no answer.
if(answer_n = 0 OR has(element_ns, 0), NULL,
   floor(100 * arraySum((total_marks, marks) -> total_marks / marks, element_totals, element_ns) * 25 / 9 + 0.5) / 100)

-- name: part_ikm_half
-- Half of its 95 % interval: Student's t by Cornish and Fisher's expansion (exact for one and two degrees of freedom), with the finite population correction.
if(complete < 2 OR scatter = 0, NULL,
   multiIf(complete = 2, 12.7062, complete = 3, 4.30265,
           1.959964 + 2.372271 / (complete - 1) + 2.822499 / pow(complete - 1, 2)
               + 2.55585 / pow(complete - 1, 3) + 1.589534 / pow(complete - 1, 4))
       * sqrt(scatter / (pow(complete, 2) * (complete - 1)) * if(served_n >= complete, 1 - complete / served_n, 1)) * 25 / 9)

-- name: part_grade
-- The grade of an index that has been rounded to two decimals.
multiIf(isNull(ikm), NULL, ikm >= 88.31, 'A', ikm >= 76.61, 'B', ikm >= 65, 'C', 'D')

-- name: part_interval
-- An interval in whole points, rounded outwards: the same in every language.
if(isNull(ikm) OR isNull(half), NULL, concat(toString(floor(greatest(25., ikm - half))), '–', toString(ceil(least(100., ikm + half)))))

-- name: part_median_wait
-- The median wait until served in minutes, of a group's histograms of ``wait_to_start``: nearest rank, as in pantau/domain/histogram.py.
if(wait_n = 0, NULL, toNullable((edge + (greatest(1, intDiv(edge, 50)) - 1) / 2) / 60000))

-- name: part_waits_summed
-- The number of a group's waits until served, and the edge of the bucket that holds their median.
sumIf(n, measure = 'wait_to_start') AS wait_n,
quantileExactWeightedArrayIf(0.5)(edges, CAST(counts AS Array(UInt64)), measure = 'wait_to_start') AS edge

-- name: part_trained_from
-- From which local day is each unit trained: the day its first completed training ended?
(
    SELECT unit, min(toDate(ifNull(ends, starts))) AS trained_day, toUInt8(1) AS is_listed
    FROM interventions FINAL
    WHERE kind = 'training' AND completed = 1
    GROUP BY unit
)

-- name: part_units_standing
-- How does each unit stand on its local day? state: overdue, below, few, good or none.
(
    WITH
        today AS (
            SELECT unit, count() AS tickets, countIf(is_waiting) AS waiting, maxOrNullIf(wait_ms, is_waiting) AS longest_ms,
                   countIf(is_overdue) AS overdue, countIf(is_promised) AS waits,
                   arraySort(groupArrayIf(wait_ms / ifNull(promise_ms, 1), is_promised))[toUInt32(ceil(0.9 * waits))] AS ratio
            FROM {{part_tickets_today}} AS visit
            GROUP BY unit
        ),
        counted AS (
            SELECT unit, sumIf(n, measure = 'promise' AND is_today) AS judged, sumIf(total, measure = 'promise' AND is_today) AS kept,
                   sumIf(n, measure = 'promise' AND NOT is_today) AS judged_before,
                   sumIf(total, measure = 'promise' AND NOT is_today) AS kept_before,
                   sumIf(n, startsWith(measure, 'outcome.') AND is_today) AS served_people, toUInt8(1) AS is_counted
            FROM (
                SELECT unit, measure, n, total, day = today AS is_today
                FROM windows FINAL
                JOIN {{part_places}} AS place USING (unit)
                WHERE size = '1d' AND measure IN ('promise', 'outcome.served', 'outcome.issued', 'outcome.approved')
                  AND unit IN (${unit:singlequote}) AND day >= toDate($__toTime) - 28 AND day <= toDate($__toTime) + 1
            )
            GROUP BY unit
        ),
        heard AS (
            SELECT unit, max(time) AS last_at
            FROM events
            WHERE unit IN (${unit:singlequote}) AND time > $__toTime - INTERVAL 2 DAY AND time <= $__toTime_ms
            GROUP BY unit
        )
    SELECT unit AS code, name,
           multiIf(overdue > 0, 'overdue', waits >= 30 AND ratio > 1, 'below', judged + waits = 0, 'none', waits < 30, 'few', 'good') AS state,
           if(tickets > 0, toNullable(waiting), NULL) AS waiting_people, longest_ms / 60000 AS longest_min,
           if(waits > 0, toNullable(100 * ratio), NULL) AS of_promise_pct,
           if(judged > 0, toNullable(100 * kept / judged), NULL) AS kept_pct,
           if(judged_before > 0, toNullable(100 * kept_before / judged_before), NULL) AS usual_pct,
           nullIf(judged, 0) AS judged_n, if(is_counted = 1, toNullable(served_people), NULL) AS served,
           if(toUnixTimestamp(last_at) > 0, toNullable(dateDiff('second', last_at, $__toTime) / 60), NULL) AS silent_min
    FROM (SELECT unit, name FROM units FINAL WHERE unit IN (${unit:singlequote})) AS listed
    LEFT JOIN today USING (unit)
    LEFT JOIN counted USING (unit)
    LEFT JOIN heard USING (unit)
)
