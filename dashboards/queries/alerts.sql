-- name: part_falls
-- Which indicators fell at the chosen units in the last 400 days, until when, as known by now? incident numbers the incidents of a unit: falls that were open together, as in pantau/domain/alerts/incidents.py.
(
    SELECT unit, alert, group_code, indicator, told, fell_at, begun_at, fell_day, ended_at, ended_day, ending, ended,
           sum(is_first) OVER (PARTITION BY unit ORDER BY placed ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS incident
    FROM (
        SELECT *, placed > max(ended) OVER (PARTITION BY unit ORDER BY placed ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_first
        FROM (
            SELECT CAST(unit AS String) AS unit, alert, CAST(service_group AS String) AS group_code, CAST(indicator AS String) AS indicator,
                   argMinIf(figures, at, turn = 'falling') AS told, minIf(at, turn = 'falling') AS fell_at,
                   minIf(since, turn = 'falling') AS begun_at, argMinIf(day, at, turn = 'falling') AS fell_day,
                   minOrNullIf(at, turn IN ('recovered', 'settled', 'withdrawn')) AS ended_at,
                   argMinOrNullIf(day, at, turn IN ('recovered', 'settled', 'withdrawn')) AS ended_day,
                   CAST(argMinIf(turn, at, turn IN ('recovered', 'settled', 'withdrawn')) AS String) AS ending,
                   (ifNull(ended_at, $__toTime_ms + INTERVAL 1 DAY), group_code, indicator, ending) AS ended,
                   (fell_at, group_code, indicator, 'falling') AS placed
            FROM alert_transitions FINAL
            WHERE unit IN (${unit:singlequote}) AND at <= $__toTime_ms AND at > $__toTime_ms - INTERVAL 400 DAY
            GROUP BY unit, alert, service_group, indicator
            HAVING countIf(turn = 'falling') > 0
        )
    )
)

-- name: part_told
-- Every fall with what holds of its whole incident: from when to when it went, when it was first answered, until when was what promised, is it done, and who was told last?
(
    SELECT unit, alert, group_code, indicator, told, fell_at, begun_at, ended_at, ended_day, ending, incident,
           min(fell_at) OVER whole AS opened_at, if(countIf(isNull(ended_at)) OVER whole > 0, NULL, max(ended_at) OVER whole) AS closed_at,
           minOrNullIf(answered_at, is_answered = 1) OVER whole AS first_answer_at, maxOrNull(due_day) OVER whole AS due_on,
           max(is_done) OVER whole AS is_done, argMaxOrNullIf(told_role, told_at, told_role != '') OVER whole AS held_by
    FROM {{part_falls}} AS fall
    LEFT JOIN (
        SELECT alert, min(at) AS answered_at, maxOrNull(due) AS due_day, max(done) AS is_done, toUInt8(1) AS is_answered
        FROM (SELECT alert, at, due, done FROM alert_answers WHERE at <= $__toTime_ms) AS answer
        GROUP BY alert
    ) AS answered USING (alert)
    LEFT JOIN (
        SELECT alert, CAST(argMax(role, due_at) AS String) AS told_role, max(due_at) AS told_at
        FROM (
            SELECT alert, role, due_at
            FROM alert_outbox FINAL
            WHERE due_at <= $__toTime_ms AND alert != '' AND state != 'dropped' AND kind IN ('fall', 'unstable', 'escalated')
        ) AS message
        GROUP BY alert
    ) AS told_to USING (alert)
    WINDOW whole AS (PARTITION BY unit, incident)
)

-- name: part_incidents
-- Which incidents were there? One row each, as part_told says.
(
    SELECT DISTINCT unit, incident, opened_at, closed_at, first_answer_at, due_on, is_done, held_by
    FROM {{part_told}} AS fall
)

-- name: part_alerts
-- Every fall with its state by now and all that is told of it. States as in pantau/domain/alerts/states.py; a fall that ended is told by how it ended.
(
    SELECT fall.unit AS code, if(place.name = '', fall.unit, place.name) AS name, fall.indicator AS indicator, group_code,
           multiIf(isNotNull(ended_at), ending, is_silenced, 'silenced', isNotNull(first_answer_at), 'acknowledged', 'falling') AS alert_state,
           toDate(formatDateTime(begun_at, '%F', place.zone)) AS since_on, ended_day AS ended_on,
           arrayFirst(each -> JSONExtractString(each, 'indicator') = fall.indicator, JSONExtractArrayRaw(told)) AS figure,
           transform(fall.indicator, ['late', 'time', 'satisfaction'], [10000, 60000, 100], 1) AS scale,
           if(empty(figure), NULL, JSONExtractInt(figure, 'before') / scale) AS from_value,
           if(empty(figure), NULL, JSONExtractInt(figure, 'now') / scale) AS to_value,
           held_by, due_on, fell_at, ended_at,
           toDate(formatDateTime($__toTime, '%F', place.zone)) AS today,
           arrayExists(
               silence -> silence.1 IN (fall.unit, '*') AND ifNull(silence.2 = fall.indicator, 1) AND today BETWEEN silence.3 AND silence.4,
               {{part_silences}}
           ) AS is_silenced
    FROM {{part_told}} AS fall
    LEFT JOIN (SELECT unit, name, CAST(zone AS String) AS zone FROM units FINAL) AS place ON place.unit = fall.unit
)

-- name: part_silences
-- Every silence ordered by now: unit or all, indicator or all, first and last local day; one that ended early has an earlier last day.
(
    SELECT groupArray((unit, indicator, first_day, ifNull(least(last_day, lifted_day - 1), last_day)))
    FROM (SELECT unit, indicator, first_day, last_day, at FROM alert_silences FINAL WHERE at <= $__toTime_ms) AS silence
    LEFT JOIN (
        SELECT unit, silenced_at, minOrNull(day) AS lifted_day
        FROM alert_silence_turns
        WHERE turn IN ('silence_lifted', 'silence_recovered') AND at <= $__toTime_ms
        GROUP BY unit, silenced_at
    ) AS ended ON ended.unit = silence.unit AND ended.silenced_at = silence.at
)

-- name: part_alert_spells
-- What were the chosen units in, from when to when? fall (with its first answer), watched, recovered (shown for seven days), no_data.
(
    SELECT unit, indicator, each.1 AS spell, assumeNotNull(each.2) AS starts, each.3 AS ends, first_answer_at
    FROM {{part_told}} AS fall
    ARRAY JOIN arrayFilter(each -> isNotNull(each.2), [
        ('fall', toNullable(fell_at), ifNull(ended_at, $__toTime_ms)),
        ('recovered', if(ending = 'recovered', ended_at, NULL), least(ifNull(ended_at, $__toTime_ms) + INTERVAL 7 DAY, $__toTime_ms))
    ]) AS each
    UNION ALL
    SELECT unit, indicator, 'watched', at, if(following > at, following, $__toTime_ms), NULL
    FROM (
        SELECT CAST(unit AS String) AS unit, CAST(indicator AS String) AS indicator, turn, at,
               leadInFrame(at) OVER (PARTITION BY unit, service_group, indicator ORDER BY at ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS following
        FROM alert_transitions FINAL
        WHERE unit IN (${unit:singlequote}) AND at <= $__toTime_ms AND at > $__toTime_ms - INTERVAL 400 DAY
    )
    WHERE turn = 'watched'
    UNION ALL
    SELECT CAST(unit AS String), '', 'no_data', at, least(ifNull(ended_at, $__toTime_ms), $__toTime_ms), NULL
    FROM data_gaps FINAL
    WHERE unit IN (${unit:singlequote}) AND at <= $__toTime_ms
)

-- name: alerts_now
-- How many alerts are open, how many of them has nobody taken on, and how many units have a baseline to be judged by? Unknown where no unit has.
SELECT if(units_n > 0, toNullable(open_n), NULL) AS open_alerts, if(units_n > 0, toNullable(unanswered_n), NULL) AS unanswered,
       nullIf(units_n, 0) AS watched_units
FROM (
    SELECT countIf(isNull(ended_at)) AS open_n, countIf(isNull(ended_at) AND alert_state = 'falling') AS unanswered_n
    FROM {{part_alerts}} AS alert
) AS fallen, (
    SELECT uniqExact(unit) AS units_n
    FROM alert_weeks
    WHERE unit IN (${unit:singlequote}) AND baseline != '' AND week <= toDate($__toTime) + 1 AND week > toDate($__toTime) - 14
) AS armed

-- name: open_alerts
-- Which alerts are open, since when, from what to what, who was told last, until when is something promised? Those that nobody took on first, then the oldest.
SELECT code, name, indicator, group_code, alert_state, since_on, from_value, to_value, held_by, due_on
FROM {{part_alerts}} AS alert
WHERE isNull(ended_at)
ORDER BY indexOf(['falling', 'acknowledged', 'silenced'], alert_state), fell_at, name, indicator, group_code

-- name: alerts_of_units
-- Which alerts did the unit have in the last 90 days, open ones first?
SELECT indicator, group_code, alert_state, since_on, ended_on, from_value, to_value, held_by, due_on
FROM {{part_alerts}} AS alert
WHERE isNull(ended_at) OR ended_at > $__toTime_ms - INTERVAL 90 DAY
ORDER BY isNull(ended_at) DESC, fell_at DESC, indicator, group_code

-- name: alert_times
-- How long did it take until an incident was answered, in hours of the clock, and until all of it had ended, in days? Medians of those that began in the time range, and how many they are.
SELECT quantileExactInclusiveOrNull(0.5)(dateDiff('second', opened_at, first_answer_at) / 3600) AS answer_hours,
       quantileExactInclusiveOrNull(0.5)(dateDiff('second', opened_at, closed_at) / 86400) AS ended_days,
       nullIf(count(), 0) AS incidents_n
FROM {{part_incidents}} AS incident
WHERE $__timeFilter_ms(opened_at)

-- name: follow_ups
-- Of the incidents that were taken on in the time range, how many are not done, how many of those are past their date, and how many are done?
SELECT if(count() > 0, toNullable(countIf(is_done = 0)), NULL) AS follow_ups_open,
       if(count() > 0, toNullable(countIf(is_done = 0 AND ifNull(due_on < toDate(formatDateTime($__toTime, '%F', zone)), 0))), NULL) AS follow_ups_late,
       if(count() > 0, toNullable(countIf(is_done = 1)), NULL) AS follow_ups_done
FROM {{part_incidents}} AS incident
JOIN {{part_places}} AS place USING (unit)
WHERE isNotNull(first_answer_at) AND $__timeFilter_ms(first_answer_at)

-- name: alert_course
-- In which state was each unit that was not normal all the time? The gravest of a slot: 1 falling, 2 acknowledged, 3 silenced, 4 no data, 5 watched, 6 recovered, 7 normal.
WITH
    spells AS (
        SELECT unit, indicator, spell, first_answer_at,
               toUInt64(intDiv(toUnixTimestamp(greatest(starts, $__fromTime_ms)), $__interval_s)) AS first_slot,
               toUInt64(intDiv(toUnixTimestamp(ends), $__interval_s)) AS last_slot
        FROM {{part_alert_spells}} AS spell
        WHERE ends > $__fromTime_ms
    ),
    slots AS (
        SELECT unit, slot,
               min(multiIf(spell = 'no_data', 4, spell = 'watched', 5, spell = 'recovered', 6,
                           arrayExists(
                               silence -> silence.1 IN (unit, '*') AND ifNull(silence.2 = indicator, 1)
                                   AND toDate(formatDateTime(toDateTime(slot * $__interval_s), '%F', zone)) BETWEEN silence.3 AND silence.4,
                               {{part_silences}}
                           ), 3,
                           ifNull(toUnixTimestamp(first_answer_at) <= slot * $__interval_s, 0), 2, 1)) AS state_code
        FROM (SELECT *, arrayJoin(range(first_slot, last_slot + 1)) AS slot FROM spells) AS spell
        JOIN {{part_places}} AS place USING (unit)
        GROUP BY unit, slot
    )
SELECT toDateTime(slot * $__interval_s, 'UTC') AS time, if(named.name = '', told.unit, named.name) AS name,
       if(code_of[slot] = 0, 7, code_of[slot]) AS alert_course
FROM (
    SELECT unit, CAST((groupArray(slot), groupArray(state_code)), 'Map(UInt64, UInt8)') AS code_of
    FROM slots
    GROUP BY unit
) AS told
LEFT JOIN (SELECT unit, name FROM units FINAL) AS named ON named.unit = told.unit
ARRAY JOIN range(toUInt64(intDiv(toUnixTimestamp($__fromTime) + $__interval_s - 1, $__interval_s)),
                 toUInt64(intDiv(toUnixTimestamp($__toTime), $__interval_s) + 1)) AS slot
ORDER BY time, name

-- name: messages_by_role
-- How many messages of the time range were there for each role, and how did their delivery go? Those that failed first.
SELECT CAST(role AS String) AS told_role, countIf(state IN ('sent', 'delivered', 'read')) AS sent_n,
       countIf(state IN ('delivered', 'read')) AS delivered_n, countIf(state = 'read') AS read_n,
       countIf(state = 'queued') AS queued_n, countIf(state = 'dead') AS failed_n, countIf(attempts > 1) AS repeated_n, countIf(recipient = '') AS nobody_n
FROM alert_outbox FINAL
WHERE $__timeFilter_ms(due_at) AND (unit IN (${unit:singlequote}) OR unit = '')
GROUP BY role
ORDER BY failed_n DESC, queued_n DESC, told_role

-- name: messages_by_unit
-- How many messages about its alerts did each unit cause in the time range, for how many incidents, and how many a week? The noisiest first.
SELECT told.unit AS code, if(place.name = '', told.unit, place.name) AS name, incidents_n, messages_n,
       messages_n * 7 * 86400 / (toUnixTimestamp($__toTime) - toUnixTimestamp($__fromTime)) AS per_week
FROM (
    SELECT CAST(unit AS String) AS unit, uniqExact(key) AS messages_n
    FROM alert_outbox FINAL
    WHERE $__timeFilter_ms(due_at) AND unit IN (${unit:singlequote}) AND alert != '' AND state != 'dropped' AND kind != 'reply'
    GROUP BY unit
) AS told
LEFT JOIN (
    SELECT unit, count() AS incidents_n
    FROM {{part_incidents}} AS incident
    WHERE $__timeFilter_ms(opened_at)
    GROUP BY unit
) AS begun ON begun.unit = told.unit
LEFT JOIN (SELECT unit, name FROM units FINAL) AS place ON place.unit = told.unit
ORDER BY per_week DESC, name

-- name: alert_marks
-- When did an indicator fall, and when did it recover? For marks on charts: ▼ and ●, with the unit.
SELECT time, time AS timeEnd, concat(if(is_fall, '▼ ', '● '), if(place.name = '', told.unit, place.name)) AS title,
       group_code AS text, indicator AS tags
FROM (
    SELECT unit, indicator, group_code, mark.1 AS is_fall, toTimeZone(toDateTime(assumeNotNull(mark.2)), 'UTC') AS time
    FROM {{part_falls}} AS fall
    ARRAY JOIN arrayFilter(each -> isNotNull(each.2), [(1, toNullable(fell_at)), (0, if(ending = 'recovered', ended_at, NULL))]) AS mark
) AS told
LEFT JOIN (SELECT unit, name FROM units FINAL) AS place ON place.unit = told.unit
WHERE $__timeFilter(time)
ORDER BY time, title, tags
