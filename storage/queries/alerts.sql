-- name: alert_half_hours
-- What do the half hours of these units and days hold that alerts are made of, by group of services? Those that start before an instant.
SELECT CAST(unit AS String) AS unit, transform(CAST(service AS String), {services:Array(String)}, {groups:Array(String)}, '-') AS service_group,
       toUInt16(windows.day) AS day_number, toUnixTimestamp64Milli(windows.start) AS start_ms,
       sumIf(n, measure = 'promise') AS judged, sumIf(n - total, measure = 'promise') AS late,
       sumMapIf(edges, counts, measure = 'service_time') AS times,
       sumIf(n, measure = 'skm_sum') AS raters, sumIf(total, measure = 'skm_sum') AS marks,
       sumIf(total, measure = 'skm_square') AS squares
FROM windows FINAL
WHERE size = '30m' AND measure IN ('promise', 'service_time', 'skm_sum', 'skm_square')
  AND windows.day >= toDate({first_day:UInt16}) AND windows.day < toDate({upto_day:UInt16})
  AND windows.unit IN {units:Array(String)} AND start < fromUnixTimestamp64Milli({before_ms:Int64})
GROUP BY unit, service_group, day_number, start_ms
ORDER BY unit, service_group, start_ms

-- name: alert_first_day
-- From which local day on is there anything of these units that alerts are made of?
SELECT toUInt16(min(windows.day)) AS first, count() AS cells
FROM windows
WHERE size = '30m' AND measure IN ('promise', 'service_time', 'skm_sum') AND windows.day >= toDate({first_day:UInt16})
  AND unit IN {units:Array(String)}

-- name: alert_changed_day
-- Which is the earliest of these units' days that was changed after a version of windows, and what is the newest version?
SELECT toUInt16(minIf(windows.day, windows.version > {version:UInt64})) AS changed_day,
       countIf(windows.version > {version:UInt64}) AS changed, max(windows.version) AS newest
FROM windows
WHERE size = '30m' AND measure IN ('promise', 'service_time', 'skm_sum', 'skm_square')
  AND windows.day >= toDate({first_day:UInt16}) AND windows.day < toDate({upto_day:UInt16}) AND unit IN {units:Array(String)}

-- name: alert_weeks
-- With what did the fold of a week begin, for every group of these units?
SELECT CAST(unit AS String) AS unit, CAST(service_group AS String) AS service_group, baseline, tracks, unusual
FROM alert_weeks FINAL
WHERE week = toDate({week:UInt16}) AND alert_weeks.unit IN {units:Array(String)}
ORDER BY unit, service_group

-- name: alert_newest_week
-- Which is the newest week, not after this one, whose fold has begun for these units?
SELECT toUInt16(max(week)) AS newest_week, count() AS streams
FROM alert_weeks
WHERE week <= toDate({week:UInt16}) AND unit IN {units:Array(String)}

-- name: alert_transitions
-- Which transitions of alerts are recorded since an instant, in order?
SELECT CAST(unit AS String) AS unit, CAST(service_group AS String) AS service_group, CAST(indicator AS String) AS indicator,
       alert, CAST(turn AS String) AS turn, toUnixTimestamp64Milli(alert_transitions.at) AS at_ms,
       toUInt16(alert_transitions.day) AS day_number, toUnixTimestamp64Milli(since) AS since_ms, evidence, threshold,
       toUInt16(baseline) AS baseline_day, late, figures, toUnixTimestamp64Milli(found_at) AS found_at_ms
FROM alert_transitions FINAL
WHERE alert_transitions.at >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY at_ms, unit, service_group, indicator, turn

-- name: alert_with_code
-- Which alerts have a code that leaves this rest, of which unit, the latest first?
SELECT alert, CAST(any(unit) AS String) AS unit
FROM alert_transitions
WHERE reinterpretAsUInt64(reverse(unhex(alert))) % {codes:UInt64} = {rest:UInt64}
GROUP BY alert
ORDER BY max(at) DESC, alert

-- name: alert_transitions_of
-- Which transitions of a unit's alerts are recorded, in order?
SELECT CAST(unit AS String) AS unit, CAST(service_group AS String) AS service_group, CAST(indicator AS String) AS indicator,
       alert, CAST(turn AS String) AS turn, toUnixTimestamp64Milli(alert_transitions.at) AS at_ms,
       toUInt16(alert_transitions.day) AS day_number, toUnixTimestamp64Milli(since) AS since_ms, evidence, threshold,
       toUInt16(baseline) AS baseline_day, late, figures, toUnixTimestamp64Milli(found_at) AS found_at_ms
FROM alert_transitions FINAL
WHERE alert_transitions.unit = {unit:String}
ORDER BY at_ms, service_group, indicator, turn

-- name: alert_messages
-- What was written about an alert, and to whom, in order?
SELECT key, recipient, CAST(kind AS String) AS kind, CAST(role AS String) AS role, CAST(unit AS String) AS unit, alert,
       toUnixTimestamp64Milli(due_at) AS due_ms, text, text_en, CAST(state AS String) AS state, attempts,
       toUnixTimestamp64Milli(next_at) AS next_ms, toUnixTimestamp64Milli(leased_until) AS leased_ms, note, version
FROM alert_outbox FINAL
WHERE alert_outbox.alert = {alert:String}
ORDER BY due_ms, key, recipient

-- name: alert_answers_to
-- Who took this alert on?
SELECT alert, toUnixTimestamp64Milli(at) AS at_ms, name, note, due, done
FROM alert_answers FINAL
WHERE alert_answers.alert = {alert:String}
ORDER BY at_ms, name

-- name: alert_answers
-- Who took which alerts on?
SELECT alert, toUnixTimestamp64Milli(at) AS at_ms, name, note, due, done
FROM alert_answers FINAL
ORDER BY alert, at_ms, name

-- name: alert_silences
-- Which units are silenced, from when to when, and why? lifted_day: it ended early, and holds no more from that day on.
SELECT silence.unit AS unit, first_day, last_day, indicator, reason, name, toUnixTimestamp64Milli(silence.at) AS at_ms, lifted_day
FROM (SELECT unit, first_day, last_day, indicator, reason, name, at FROM alert_silences FINAL) AS silence
LEFT JOIN (
    SELECT unit, silenced_at, minOrNull(day) AS lifted_day
    FROM alert_silence_turns
    WHERE turn IN ('silence_lifted', 'silence_recovered')
    GROUP BY unit, silenced_at
) AS ended ON ended.unit = silence.unit AND ended.silenced_at = silence.at
ORDER BY at_ms, unit

-- name: alert_silence_turns
-- Which steps did silences take, in order?
SELECT toUnixTimestamp64Milli(alert_silence_turns.at) AS at_ms, unit, toUnixTimestamp64Milli(silenced_at) AS silenced_ms,
       CAST(turn AS String) AS turn, day, name
FROM alert_silence_turns FINAL
ORDER BY at_ms, unit, silenced_ms, turn

-- name: alert_outbox
-- Which messages are there since an instant, and how far is their delivery?
SELECT key, recipient, CAST(kind AS String) AS kind, CAST(role AS String) AS role, CAST(unit AS String) AS unit, alert,
       toUnixTimestamp64Milli(due_at) AS due_ms, text, text_en, CAST(state AS String) AS state, attempts,
       toUnixTimestamp64Milli(next_at) AS next_ms, toUnixTimestamp64Milli(leased_until) AS leased_ms, note, version
FROM alert_outbox FINAL
WHERE due_at >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY due_ms, key, recipient

-- name: alert_arrivals
-- How many came to each unit in each half hour of these days?
SELECT CAST(unit AS String) AS unit, toUInt16(windows.day) AS day_number, toUnixTimestamp64Milli(windows.start) AS start_ms,
       toInt64(sum(n)) AS arrivals
FROM windows FINAL
WHERE size = '30m' AND measure = 'arrivals'
  AND windows.day >= toDate({first_day:UInt16}) AND windows.day < toDate({upto_day:UInt16})
GROUP BY unit, day_number, start_ms
ORDER BY unit, start_ms

-- name: alert_last_events
-- When did each source last tell of a visit of each unit, in a span of time, by what most of the unit's visits come in (tickets or applications)?
-- per_mille: how many of the unit's arrivals those are. Answers of citizens, trainings, and that a day was closed are no word of a queue.
SELECT CAST(unit AS String) AS unit, CAST(source AS String) AS source,
       toUnixTimestamp64Milli(multiIf(applications > tickets, last_application, tickets > 0, last_ticket, last_of_all)) AS last_ms,
       if(tickets + applications = 0, 1000, intDiv(1000 * greatest(tickets, applications), tickets + applications)) AS per_mille
FROM (
    SELECT unit, source, last_of_all, last_application, last_ticket,
           sum(taken) OVER (PARTITION BY unit) AS tickets, sum(submitted) OVER (PARTITION BY unit) AS applications
    FROM (
        SELECT unit, source, max(time) AS last_of_all, maxIf(time, startsWith(kind, 'application.')) AS last_application,
               maxIf(time, NOT startsWith(kind, 'application.')) AS last_ticket,
               countIf(kind = 'ticket.created') AS taken, countIf(kind = 'application.submitted') AS submitted
        FROM events
        WHERE time >= fromUnixTimestamp64Milli({since:Int64}) AND time <= fromUnixTimestamp64Milli({as_of:Int64})
          AND kind NOT IN ('ticket.left', 'rating.given', 'survey.answered', 'complaint.opened', 'complaint.resolved',
                           'training.recorded', 'measure.recorded')
        GROUP BY unit, source
    )
)
WHERE last_ms > 0
ORDER BY unit, source

-- name: alert_data_gaps
-- From which units did nothing come though visits were expected, since an instant?
SELECT CAST(unit AS String) AS unit, toUnixTimestamp64Milli(since) AS since_ms, toUnixTimestamp64Milli(at) AS at_ms, expected,
       toUnixTimestamp64Milli(ended_at) AS ended_ms
FROM data_gaps FINAL
WHERE data_gaps.at >= fromUnixTimestamp64Milli({from_ms:Int64}) OR isNull(ended_at)
ORDER BY unit, since_ms

-- name: alert_band_notices
-- Which units lost a grade of their IKM since a day?
SELECT CAST(unit AS String) AS unit, toUInt16(band_notices.day) AS day_number, CAST(grade_before AS String) AS grade_before,
       CAST(grade AS String) AS grade, value_before, value, upper, raters
FROM band_notices FINAL
WHERE band_notices.day >= toDate({first_day:UInt16})
ORDER BY unit, day_number

-- name: alert_slices
-- Where do the visits of a unit's services on these days lie, by hour, service, counter and part, and how many of them were late?
SELECT kind, name, toInt64(sum(visits_of)) AS n, toInt64(sum(bad_of)) AS bad
FROM (
    SELECT each.1 AS kind, each.2 AS name, each.3 AS visits_of, each.4 AS bad_of
    FROM (
        SELECT arrayJoin(arrayFilter(slice -> slice.2 != '', [
                   ('hour', toString(toHour(ended_at, {zone:String})), toInt64(isNotNull(kept)), toInt64(ifNull(kept = 0, 0))),
                   ('service', ifNull(toString(service), ''), toInt64(isNotNull(kept)), toInt64(ifNull(kept = 0, 0))),
                   ('counter', ifNull(toString(counter), ''), toInt64(isNotNull(kept)), toInt64(ifNull(kept = 0, 0))),
                   ('part', if(isNull(wait_to_start_ms), '', 'waiting'), toInt64(1), ifNull(wait_to_start_ms, 0)),
                   ('part', if(isNull(service_ms), '', 'serving'), toInt64(1), ifNull(service_ms, 0))
               ])) AS each
        FROM visits FINAL
        WHERE unit = {unit:String} AND outcome != 'void'
          AND ended_at >= fromUnixTimestamp64Milli({since:Int64}) AND ended_at < fromUnixTimestamp64Milli({until:Int64})
          AND (empty({services:Array(String)}) OR service IN {services:Array(String)})
    )
)
GROUP BY kind, name
HAVING n > 0
ORDER BY kind, name

-- name: alert_elements
-- How did people mark the nine elements at a unit on these days? bad is the marks that were lost, of four each.
SELECT replaceOne(CAST(measure AS String), 'element.', '') AS name, toInt64(sum(windows.n)) AS n,
       toInt64(sum(4 * windows.n - windows.total)) AS bad
FROM windows FINAL
WHERE size = '30m' AND startsWith(measure, 'element.') AND unit = {unit:String}
  AND start >= fromUnixTimestamp64Milli({since:Int64}) AND start < fromUnixTimestamp64Milli({until:Int64})
GROUP BY name
ORDER BY name

-- name: alert_trainings
-- Which completed trainings does each unit have, the latest first?
SELECT CAST(unit AS String) AS unit, title, ifNull(ends, starts) AS last_day
FROM interventions FINAL
WHERE completed = 1 AND isNotNull(siasn_type)
ORDER BY unit, last_day DESC, subject

-- name: alert_unannounced
-- Which steps of alerts were recorded since an instant and are not known to be on the bus, in the order of their recording?
SELECT step.1 AS id, step.2 AS turn, step.3 AS unit, step.4 AS service_group, step.5 AS indicator, step.6 AS alert, step.7 AS at_ms,
       step.8 AS recorded_ms, step.9 AS since_ms, step.10 AS evidence, step.11 AS threshold, step.12 AS late, step.13 AS due,
       step.14 AS expected
FROM (
    SELECT (concat(alert, ':', turn, ':', toString(toUnixTimestamp64Milli(at))), CAST(turn AS String), CAST(unit AS String),
            CAST(service_group AS String), CAST(indicator AS String), alert, toUnixTimestamp64Milli(at),
            toUnixTimestamp64Milli(found_at), toUnixTimestamp64Milli(since), evidence, threshold, late,
            CAST(NULL AS Nullable(Date)), toInt64(0)) AS step
    FROM alert_transitions FINAL
    WHERE found_at >= fromUnixTimestamp64Milli({since:Int64})
    UNION ALL
    SELECT (concat(alert_answers.alert, ':', if(done, 'done', 'acknowledged'), ':', toString(toUnixTimestamp64Milli(at))),
            if(done, 'done', 'acknowledged'), of_alert.unit, of_alert.service_group, of_alert.indicator, alert_answers.alert,
            toUnixTimestamp64Milli(at), toUnixTimestamp64Milli(at), of_alert.since_ms, toInt64(0), toInt64(0), toUInt8(0), due,
            toInt64(0)) AS step
    FROM alert_answers FINAL
    INNER JOIN (
        SELECT alert, CAST(any(unit) AS String) AS unit, CAST(any(service_group) AS String) AS service_group,
               CAST(any(indicator) AS String) AS indicator, toUnixTimestamp64Milli(min(since)) AS since_ms
        FROM alert_transitions
        GROUP BY alert
    ) AS of_alert ON of_alert.alert = alert_answers.alert
    WHERE at >= fromUnixTimestamp64Milli({since:Int64})
    UNION ALL
    SELECT arrayJoin(arrayFilter(each -> each.8 >= {since:Int64}, [
               (concat(unit, ':no_data:', toString(toUnixTimestamp64Milli(since))), 'no_data', CAST(unit AS String), '', '', '',
                toUnixTimestamp64Milli(since), toUnixTimestamp64Milli(at), toUnixTimestamp64Milli(since), toInt64(0), toInt64(0),
                toUInt8(0), CAST(NULL AS Nullable(Date)), expected),
               (concat(unit, ':data_again:', toString(toUnixTimestamp64Milli(since))), 'data_again', CAST(unit AS String), '', '', '',
                toUnixTimestamp64Milli(ifNull(ended_at, toDateTime64(0, 3, 'UTC'))),
                if(isNull(ended_at), toInt64(-1), toUnixTimestamp64Milli(ifNull(ended_at, at))), toUnixTimestamp64Milli(since), toInt64(0),
                toInt64(0), toUInt8(0), CAST(NULL AS Nullable(Date)), toInt64(0))
           ])) AS step
    FROM data_gaps FINAL
    UNION ALL
    SELECT (concat(turned.unit, ':', turn, ':', toString(toUnixTimestamp64Milli(silenced_at)), ':', toString(toUnixTimestamp64Milli(turned.at))),
            turn, turned.unit, '', indicator, '', toUnixTimestamp64Milli(turned.at), toUnixTimestamp64Milli(found_at),
            toUnixTimestamp64Milli(silenced_at), toInt64(0), toInt64(0), toUInt8(0), last_day, toInt64(0)) AS step
    FROM (SELECT unit, silenced_at, CAST(turn AS String) AS turn, at, found_at FROM alert_silence_turns FINAL) AS turned
    INNER JOIN (
        SELECT unit, at, ifNull(indicator, '') AS indicator, toNullable(last_day) AS last_day FROM alert_silences FINAL
    ) AS silence ON silence.unit = turned.unit AND silence.at = turned.silenced_at
    WHERE found_at >= fromUnixTimestamp64Milli({since:Int64})
)
WHERE id NOT IN (SELECT id FROM alert_announced)
ORDER BY recorded_ms, at_ms, id
LIMIT {most:UInt32}

-- name: alert_inbox
-- Which replies have not been read, in the order in which they came?
SELECT key, CAST(channel AS String) AS channel, sender, text, toUnixTimestamp64Milli(at) AS at_ms, CAST(outcome AS String) AS outcome,
       version
FROM alert_inbox FINAL
WHERE alert_inbox.outcome = ''
ORDER BY at_ms, key

-- name: alert_receipts
-- What did services tell of messages since an instant that the outbox does not know yet, and which of their ids are the same?
SELECT CAST(channel AS String) AS channel, receipt, CAST(status AS String) AS status, toUnixTimestamp64Milli(at) AS at_ms, why
FROM alert_receipts FINAL
WHERE alert_receipts.applied = 0 AND alert_receipts.at >= fromUnixTimestamp64Milli({since:Int64})
ORDER BY at_ms, channel, receipt, status

-- name: alert_cursor
-- How far was a service read that is asked for replies?
SELECT position
FROM alert_cursors FINAL
WHERE name = {name:String}
