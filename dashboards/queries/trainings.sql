-- name: part_trained_days
-- The windows of the days on which some of the chosen units were trained and others not yet, each with whether its unit was. On other days there is nothing to stand beside: what a unit was before its training must not stand beside what it is.
(
    SELECT unit, measure, day, start, n, total, edges, counts, is_listed = 1 AND day >= trained_day AS is_trained
    FROM {{part_days}} AS cell
    LEFT JOIN {{part_trained_from}} AS training USING (unit)
    WHERE day >= (SELECT min(trained_day) FROM {{part_trained_from}} AS listed WHERE unit IN (${unit:singlequote}))
      AND (day < (SELECT max(trained_day) FROM {{part_trained_from}} AS listed WHERE unit IN (${unit:singlequote}))
           OR (SELECT count() FROM units FINAL WHERE unit IN (${unit:singlequote}))
              > (SELECT count() FROM {{part_trained_from}} AS listed WHERE unit IN (${unit:singlequote})))
)

-- name: units_trained
-- How many of the chosen units have a completed training by now?
SELECT if(units_n > 0, toNullable(trained), NULL) AS trained_units, nullIf(units_n, 0) AS of_units
FROM (
    SELECT count() AS units_n, countIf(is_listed = 1 AND trained_day <= toDate($__toTime)) AS trained
    FROM (SELECT unit FROM units FINAL WHERE unit IN (${unit:singlequote})) AS listed
    LEFT JOIN {{part_trained_from}} AS training USING (unit)
)

-- name: training_hours
-- How many trainings were completed in the time range, of how many hours (JP) together?
SELECT if(known > 0, toNullable(done), NULL) AS trainings_n, if(known > 0, toNullable(hours), NULL) AS jp
FROM (
    SELECT count() AS known, uniqExactIf((source, starts, title), is_now) AS done, sumIf(ifNull(jp, 0), is_now) AS hours
    FROM (
        SELECT source, starts, title, jp,
               completed = 1 AND toDate(ifNull(ends, starts)) >= toDate($__fromTime) AND toDate(ifNull(ends, starts)) <= toDate($__toTime) AS is_now
        FROM interventions FINAL
        WHERE kind = 'training' AND unit IN (${unit:singlequote})
    )
)

-- name: promise_trained_and_not
-- Which share kept the promise in the time range, at units that were trained on that day and at those that were not yet?
SELECT if(sumIf(n, is_trained) > 0, toNullable(100 * sumIf(total, is_trained) / sumIf(n, is_trained)), NULL) AS trained_pct,
       if(sumIf(n, NOT is_trained) > 0, toNullable(100 * sumIf(total, NOT is_trained) / sumIf(n, NOT is_trained)), NULL) AS untrained_pct
FROM {{part_trained_days}} AS cell
WHERE measure = 'promise'

-- name: ikm_trained_and_not
-- What is the satisfaction index of the time range, at units that were trained on that day and at those that were not yet?
SELECT maxOrNullIf(ikm, is_trained) AS trained_ikm, maxOrNullIf(ikm, NOT is_trained) AS untrained_ikm
FROM (
    SELECT is_trained, {{part_skm_sums}},
           {{part_ikm}} AS ikm
    FROM (
        SELECT is_trained, measure, sum(n) AS n, sum(total) AS total
        FROM {{part_trained_days}} AS day_cell
        WHERE measure IN ({{part_skm_measures}})
        GROUP BY is_trained, measure
    ) AS cell
    GROUP BY is_trained
)

-- name: promise_by_training
-- How did the share that kept the promise go, week by week, at trained units and at those not yet trained?
SELECT toTimeZone(toDateTime(min(start)), 'UTC') AS time,
       if(sumIf(n, is_trained) > 0, toNullable(100 * sumIf(total, is_trained) / sumIf(n, is_trained)), NULL) AS trained_pct,
       if(sumIf(n, NOT is_trained) > 0, toNullable(100 * sumIf(total, NOT is_trained) / sumIf(n, NOT is_trained)), NULL) AS untrained_pct
FROM {{part_trained_days}} AS cell
WHERE measure = 'promise' AND n > 0
GROUP BY toMonday(day)
ORDER BY time

-- name: wait_by_training
-- How did the median wait go, week by week, at trained units and at those not yet trained? In minutes.
SELECT min(week_start) AS time, maxOrNullIf(wait_min, is_trained) AS trained_min, maxOrNullIf(wait_min, NOT is_trained) AS untrained_min
FROM (
    SELECT toMonday(day) AS week, toTimeZone(toDateTime(min(start)), 'UTC') AS week_start, is_trained, {{part_waits_summed}},
           {{part_median_wait}} AS wait_min
    FROM {{part_trained_days}} AS cell
    WHERE measure = 'wait_to_start' AND n > 0
    GROUP BY week, is_trained
)
GROUP BY week
ORDER BY time

-- name: trainings_compared
-- What was the promise kept before and after each training, at its unit and in the same days at units of the same kabupaten not yet trained? A difference in time alone is no effect.
SELECT starts_on, name, title, siasn, jp AS jp_each, participants_n,
       100 * sumIf(cell_total, is_here AND is_before) / nullIf(sumIf(cell_n, is_here AND is_before), 0) AS here_before_pct,
       100 * sumIf(cell_total, is_here AND is_after) / nullIf(sumIf(cell_n, is_here AND is_after), 0) AS here_after_pct,
       100 * sumIf(cell_total, NOT is_here AND is_before) / nullIf(sumIf(cell_n, NOT is_here AND is_before), 0) AS others_before_pct,
       100 * sumIf(cell_total, NOT is_here AND is_after) / nullIf(sumIf(cell_n, NOT is_here AND is_after), 0) AS others_after_pct
FROM (
    SELECT course.unit AS unit, course.starts_on AS starts_on, course.title AS title, siasn, jp, participants_n, course.name AS name,
           cell.n AS cell_n, cell.total AS cell_total, cell.unit = course.unit AS is_here,
           cell.day < course.starts_on AS is_before, cell.day > course.ends_on AS is_after
    FROM (
        SELECT interventions.unit AS unit, toDate(starts) AS starts_on, toDate(ifNull(ends, starts)) AS ends_on, title,
               toString(siasn_type) AS siasn, jp, participants AS participants_n, place.name AS name, place.kabupaten AS kabupaten
        FROM interventions FINAL
        JOIN (SELECT unit, name, kabupaten FROM units FINAL) AS place USING (unit)
        WHERE kind = 'training' AND completed = 1 AND unit IN (${unit:singlequote}) AND toDate(starts) <= toDate($__toTime)
    ) AS course
    LEFT JOIN (
        SELECT unit, kabupaten, day, n, total, is_listed = 1 AND day >= trained_day AS is_trained
        FROM (
            SELECT unit, day, n, total
            FROM windows FINAL
            WHERE size = '1d' AND measure = 'promise'
              AND day >= toDate($__fromTime) - 1 AND day <= toDate($__toTime) + 1 AND $__timeFilter(start)
        ) AS judged
        JOIN (SELECT unit, kabupaten FROM units FINAL) AS place USING (unit)
        LEFT JOIN {{part_trained_from}} AS training USING (unit)
    ) AS cell ON cell.kabupaten = course.kabupaten
    WHERE cell.unit = course.unit OR NOT is_trained
)
GROUP BY starts_on, unit, name, title, siasn, jp, participants_n
ORDER BY starts_on DESC, name

-- name: intervention_marks
-- Which trainings and other measures fall into the time range? For marks on charts: from the first local midnight to the last.
SELECT toDateTime(toDate(starts), 'UTC') - toIntervalSecond(offset_s) AS time,
       toDateTime(toDate(ifNull(ends, starts)) + 1, 'UTC') - toIntervalSecond(offset_s) AS timeEnd,
       title, place.name AS text, kind AS tags
FROM interventions FINAL
JOIN (
    SELECT unit, name, formatDateTime($__toTime, '%z', CAST(zone AS String)) AS told,
           (toInt32(substring(told, 2, 2)) * 3600 + toInt32(substring(told, 4, 2)) * 60) * if(substring(told, 1, 1) = '-', -1, 1) AS offset_s
    FROM units FINAL
) AS place USING (unit)
WHERE unit IN (${unit:singlequote}) AND completed = 1 AND $__timeFilter(time)
ORDER BY time, title
