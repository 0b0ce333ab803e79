-- name: ikm_90_days
-- What is the satisfaction index of the 90 local days up to now, its 95 % interval, and of how many answers?
SELECT ikm, {{part_interval}} AS interval, nullIf(answer_n, 0) AS answers
FROM (
    SELECT {{part_skm_sums}},
           {{part_ikm}} AS ikm,
           {{part_ikm_half}} AS half
    FROM (
        SELECT measure, sum(n) AS n, sum(total) AS total
        FROM windows FINAL
        JOIN {{part_places}} AS place USING (unit)
        WHERE size = '1d' AND unit IN (${unit:singlequote})
          AND measure IN ({{part_skm_measures}})
          AND day > toDate($__toTime) - 92 AND day <= toDate($__toTime) + 1 AND day > today - 90 AND day <= today
        GROUP BY measure
    ) AS cell
)

-- name: ikm_of_range
-- What is the satisfaction index of the time range, its grade, its 95 % interval, and of how many answers?
SELECT ikm, {{part_grade}} AS grade, {{part_interval}} AS interval, nullIf(answer_n, 0) AS answers
FROM (
    SELECT {{part_skm_sums}},
           {{part_ikm}} AS ikm,
           {{part_ikm_half}} AS half
    FROM (SELECT measure, sum(n) AS n, sum(total) AS total FROM {{part_skm_days}} AS day_cell GROUP BY measure) AS cell
)

-- name: response_of_range
-- How many answered per person served, in percent, and how many were served?
SELECT if(answered > 0 AND served_people > 0, toNullable(100 * answered / served_people), NULL) AS response_pct,
       nullIf(served_people, 0) AS served_people_n
FROM (
    SELECT sumIf(n, measure = 'surveys') AS answered, sumIf(n, startsWith(measure, 'outcome.')) AS served_people
    FROM {{part_skm_days}} AS cell
)

-- name: complaints_now
-- How many complaints are open now, and how many of them for more than five days?
SELECT if(known > 0, toNullable(opened), NULL) AS open_complaints, if(known > 0, toNullable(late), NULL) AS late_complaints
FROM (
    SELECT count() AS known, countIf(is_open) AS opened, countIf(is_open AND opened_at < $__toTime_ms - INTERVAL 5 DAY) AS late
    FROM (
        SELECT opened_at, isNull(resolved_at) OR resolved_at > $__toTime_ms AS is_open
        FROM complaints FINAL
        WHERE unit IN (${unit:singlequote}) AND opened_at <= $__toTime_ms
    )
)

-- name: rating_of_range
-- What do people press at the counter: mean mark of 1 to 5, and of how many?
SELECT if(presses > 0, toNullable(hundredths / presses / 100), NULL) AS rating, nullIf(presses, 0) AS presses_n
FROM (
    SELECT sum(n) AS presses, sum(total) AS hundredths
    FROM {{part_days}} AS cell
    WHERE measure = 'rating'
)

-- name: elements_of_range
-- How did people mark each of the nine elements, with a 95 % interval, and in a range of the same length before?
SELECT element, mark, greatest(1., mark - half) AS mark_low, least(4., mark + half) AS mark_high, answers_n, mark_before
FROM (
    SELECT score.1 AS element, avgIf(marked, is_now) AS mark, countIf(is_now) AS answers_n,
           if(answers_n > 1, toNullable(1.96 * sqrt(varSampIf(marked, is_now) / answers_n)), NULL) AS half,
           avgOrNullIf(marked, NOT is_now) AS mark_before
    FROM (
        SELECT score, assumeNotNull(score.2) AS marked, at >= $__fromTime_ms AS is_now
        FROM surveys FINAL
        ARRAY JOIN [('U1', persyaratan), ('U2', prosedur), ('U3', waktu), ('U4', biaya), ('U5', produk), ('U6', kompetensi),
                    ('U7', perilaku), ('U8', pengaduan), ('U9', sarana)] AS score
        WHERE unit IN (${unit:singlequote}) AND at <= $__toTime_ms AND isNotNull(score.2)
          AND at >= $__fromTime_ms - toIntervalSecond(dateDiff('second', $__fromTime, $__toTime))
    )
    GROUP BY element
    HAVING answers_n > 0
)
ORDER BY mark, element

-- name: ikm_by_week
-- How did the index go, week by week, with its 95 % interval?
SELECT time, greatest(25., ikm - half) AS low, least(100., ikm + half) AS high, ikm
FROM (
    SELECT toTimeZone(toDateTime(min(first_start)), 'UTC') AS time, {{part_skm_sums}},
           {{part_ikm}} AS ikm,
           {{part_ikm_half}} AS half
    FROM (
        SELECT toMonday(day) AS week, measure, min(start) AS first_start, sum(n) AS n, sum(total) AS total
        FROM {{part_skm_days}} AS day_cell
        GROUP BY week, measure
    ) AS cell
    GROUP BY week
    HAVING isNotNull(ikm)
)
ORDER BY time

-- name: units_by_ikm
-- How satisfied are people with each unit, lowest first: index, grade, interval, answers, and the answers it needs by Krejcie and Morgan?
SELECT code, if(name = '', code, name) AS name, ikm, {{part_grade}} AS grade, {{part_interval}} AS interval,
       answer_n AS answers, if(served_n > 0, toNullable(needed), NULL) AS needed_n, lowest
FROM (
    SELECT unit AS code, {{part_skm_sums}},
           {{part_ikm}} AS ikm,
           {{part_ikm_half}} AS half,
           least(toFloat64(served_n), floor(0.96025 * served_n / (0.0025 * (served_n - 1) + 0.96025) + 0.5)) AS needed,
           if(isNull(ikm), NULL, toNullable(concat('U', toString(arraySort((place, mark) -> mark, range(1, 10),
               arrayMap((total_marks, marks) -> total_marks / marks, element_totals, element_ns))[1])))) AS lowest
    FROM (SELECT unit, measure, sum(n) AS n, sum(total) AS total FROM {{part_skm_days}} AS day_cell GROUP BY unit, measure) AS cell
    GROUP BY unit
    HAVING answer_n > 0
) AS rated
LEFT JOIN (SELECT unit AS code, name FROM units FINAL) AS named USING (code)
ORDER BY ikm NULLS LAST, name

-- name: complaints_by_unit
-- Which units have open complaints, how old is the oldest, how many are open for more than five days, how fast were others settled?
SELECT unit AS code, if(name = '', unit, name) AS name, opened AS open_complaints, late AS late_complaints, oldest_days, settled_n, settled_days
FROM (
    SELECT unit, countIf(is_open) AS opened, countIf(is_open AND opened_at < $__toTime_ms - INTERVAL 5 DAY) AS late,
           maxOrNullIf(dateDiff('second', assumeNotNull(opened_at), $__toTime_ms) / 86400, is_open) AS oldest_days,
           countIf(NOT is_open AND resolved_at >= $__fromTime_ms) AS settled_n,
           quantileExactInclusiveOrNullIf(0.5)(resolution_ms / 86400000, NOT is_open AND resolved_at >= $__fromTime_ms) AS settled_days
    FROM (
        SELECT unit, opened_at, resolved_at, resolution_ms, isNull(resolved_at) OR resolved_at > $__toTime_ms AS is_open
        FROM complaints FINAL
        WHERE unit IN (${unit:singlequote}) AND opened_at <= $__toTime_ms
    )
    GROUP BY unit
    HAVING opened + settled_n > 0
) AS complaint
LEFT JOIN (SELECT unit, name FROM units FINAL) AS named USING (unit)
ORDER BY late_complaints DESC, oldest_days DESC NULLS LAST, name
