-- name: columns
-- Which columns of which types has every table of this database?
SELECT table, name, type FROM system.columns WHERE database = currentDatabase()

-- name: stored_facts
-- What is the stored history of these facts?
SELECT unit, source, subject, history
FROM {table:Identifier} FINAL
WHERE (unit, source, subject) IN {keys:Array(Tuple(String, String, String))}

-- name: stored_cells
-- What is the stored state of these cells?
SELECT size, measure, toUInt16(day) AS day_number, unit, service, toUnixTimestamp64Milli(start) AS start_ms,
       n, total, imputed, auto_closed, edges, counts
FROM windows FINAL
WHERE (size, measure, day, unit, service, start) IN (
    SELECT key.1, key.2, toDate(key.3), key.4, key.5, fromUnixTimestamp64Milli(key.6, 'UTC')
    FROM (SELECT arrayJoin({keys:Array(Tuple(String, String, UInt16, String, String, Int64))}) AS key)
)

-- name: progress
-- How far do the facts and windows follow the log?
SELECT max(epoch) AS newest_epoch, max(seq) AS newest_seq FROM progress WHERE name = 'pipeline'

-- name: forget_progress
-- Remove progress that a newer one makes needless.
ALTER TABLE progress DELETE WHERE (epoch, seq) < ({epoch:UInt64}, {seq:UInt64})

-- name: last_seq
-- What is the highest number in the log?
SELECT max(seq) FROM events

-- name: events_after
-- Which events came after this number?
SELECT source, id, kind, toUnixTimestamp64Milli(time) AS time_ms, toUnixTimestamp64Milli(arrival) AS arrival_ms,
       content, data, seq
FROM events
WHERE seq > {seq:UInt64}
ORDER BY seq

-- name: fact_numbers
-- Which facts do the tables hold, each by its number (pantau.domain.entries.fact_number)?
SELECT xxHash64(concat(fact_table, char(0), unit, char(0), source, char(0), subject)) AS number
FROM (
    SELECT 'aggregates' AS fact_table, unit, source, subject FROM aggregates
    UNION ALL
    SELECT 'complaints' AS fact_table, unit, source, subject FROM complaints
    UNION ALL
    SELECT 'counter_days' AS fact_table, unit, source, subject FROM counter_days
    UNION ALL
    SELECT 'interventions' AS fact_table, unit, source, subject FROM interventions
    UNION ALL
    SELECT 'ratings' AS fact_table, unit, source, subject FROM ratings
    UNION ALL
    SELECT 'snapshots' AS fact_table, unit, source, subject FROM snapshots
    UNION ALL
    SELECT 'surveys' AS fact_table, unit, source, subject FROM surveys
    UNION ALL
    SELECT 'visits' AS fact_table, unit, source, subject FROM visits
)

-- name: window_pages
-- Of which units and local days are there windows?
SELECT DISTINCT toUInt16(day) AS day_number, unit FROM windows WHERE size = '1d'

-- name: moved_pages
-- From which windows may facts have been taken out since this version, whose flush was not committed?
SELECT DISTINCT toUInt16(day) AS day_number, unit FROM moved_cells WHERE version > {version:UInt64}

-- name: cells_of_pages
-- What do the windows hold for these days and units?
SELECT size, measure, toUInt16(day) AS day_number, unit, service, toUnixTimestamp64Milli(start) AS start_ms,
       n, total, imputed, auto_closed, edges, counts
FROM windows FINAL
WHERE (day, unit) IN (
    SELECT toDate(page.1), page.2 FROM (SELECT arrayJoin({pages:Array(Tuple(UInt16, String))}) AS page)
)

-- name: log_in_order
-- What does the log hold, every fact's events together, of the facts whose events are all kept?
SELECT unit, source, subject, id, content, kind, toUnixTimestamp64Milli(time) AS time_ms, data
FROM events
WHERE ({every_unit:UInt8} OR unit IN {units:Array(String)})
  AND (unit, source, subject) NOT IN (SELECT unit, source, subject FROM trimmed_facts)
ORDER BY unit, source, subject

-- name: log_of_facts
-- What does the log hold of these facts?
SELECT unit, source, subject, id, content, kind, toUnixTimestamp64Milli(time) AS time_ms, data
FROM events
WHERE (unit, source, subject) IN {keys:Array(Tuple(String, String, String))}
ORDER BY unit, source, subject

-- name: trimmed_after
-- Which facts, after this one, lost raw events?
SELECT DISTINCT unit, source, subject
FROM trimmed_facts
WHERE (unit, source, subject) > ({unit:String}, {source:String}, {subject:String})
  AND ({every_unit:UInt8} OR unit IN {units:Array(String)})
ORDER BY unit, source, subject
LIMIT {at_most:UInt32}

-- name: removable_events
-- How many rows of the log hold processed events that arrived before this instant?
SELECT count() FROM events WHERE arrival < fromUnixTimestamp64Milli({before:Int64}, 'UTC') AND seq <= {upto:UInt64}

-- name: remember_trimmed
-- Remember the facts that are about to lose raw events.
INSERT INTO trimmed_facts
SELECT DISTINCT unit, source, subject FROM events
WHERE arrival < fromUnixTimestamp64Milli({before:Int64}, 'UTC') AND seq <= {upto:UInt64}

-- name: remember_retention
-- Remember that raw events before this instant were removed.
INSERT INTO retentions
SELECT fromUnixTimestamp64Milli({before:Int64}, 'UTC'), fromUnixTimestamp64Milli({now:Int64}, 'UTC'), {events:UInt64}

-- name: remove_events
-- Remove processed events that arrived before this instant.
ALTER TABLE events
DELETE WHERE arrival < fromUnixTimestamp64Milli({before:Int64}, 'UTC') AND seq <= {upto:UInt64}
SETTINGS mutations_sync = 2

-- name: raw_since
-- From which arrival on are all raw events kept?
SELECT toUnixTimestamp64Milli(max(cutoff)) FROM retentions HAVING count() > 0

-- name: open_rejects
-- What was refused and has not been accepted since?
SELECT digest, source, id, code, reasons, original, retryable, seen, toUnixTimestamp64Milli(first_at) AS first_ms,
       toUnixTimestamp64Milli(last_at) AS last_ms, state, version
FROM rejected_events FINAL
WHERE state = 'open' AND (NOT {retryable_only:UInt8} OR retryable)
ORDER BY last_at DESC, source, digest

-- name: rejects_by_digest
-- Which of these were refused before, how often and when?
SELECT digest, seen, toUnixTimestamp64Milli(first_at) AS first_ms, toUnixTimestamp64Milli(last_at) AS last_ms, version
FROM rejected_events FINAL
WHERE digest IN {digests:Array(String)}

-- name: stored_registry
-- Which registry was loaded last?
SELECT version, epoch, content, toUnixTimestamp64Milli(loaded_at) AS loaded_ms FROM registries FINAL ORDER BY loaded_at DESC, epoch DESC LIMIT 1

-- name: ids_said_of_several_things
-- Which ids does a source use for events about different things, and of how many? Each is kept, for none is a repetition.
SELECT source, id, uniqExact(unit, subject) AS things, arrayMap(one -> one.1 || '/' || one.2, arraySort(groupUniqArray(3)((unit, subject)))) AS some
FROM events
WHERE (source, id) IN (
    SELECT source, id FROM events
    GROUP BY source, id
    HAVING min(sipHash64(unit, subject)) != max(sipHash64(unit, subject))
    ORDER BY source, id
    LIMIT {at_most:UInt32}
)
GROUP BY source, id
ORDER BY source, id
SETTINGS max_bytes_before_external_group_by = 1000000000

-- name: units_with_events
-- Of which units, and through which sources, does the log hold events?
SELECT DISTINCT unit, source FROM events
UNION DISTINCT
SELECT DISTINCT unit, source FROM trimmed_facts

-- name: waiting_tickets
-- Which tickets created in a span of time have neither been served nor ended, in which unit?
-- Of sources that told of no service in that span only those that were not called: they do not tell what became of others.
SELECT unit, source, subject, toUnixTimestamp64Milli(assumeNotNull(created_at)) AS created_ms
FROM visits FINAL
WHERE kind = 'ticket' AND outcome = 'open' AND isNull(started_at)
  AND created_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
  AND created_at < fromUnixTimestamp64Milli({before_ms:Int64}, 'UTC')
  AND (isNull(called_at) OR (unit, source) IN (
      SELECT unit, source
      FROM visits FINAL
      WHERE kind = 'ticket' AND (isNotNull(started_at) OR outcome = 'served')
        AND created_at >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
        AND created_at < fromUnixTimestamp64Milli({before_ms:Int64}, 'UTC')
  ))

-- name: count_events
-- How many different events does the log hold?
SELECT uniqExact(source, id) FROM events

-- name: count_visits
-- How many visits are there, and how many of them were served?
SELECT count(), countIf(outcome IN ('served', 'issued', 'approved')) FROM visits FINAL

-- name: source_summaries
-- What was counted of each source's clock, by this process or by the worker of each partition?
SELECT source, '' AS part, summary, version AS counted_at FROM source_health FINAL
UNION ALL
SELECT source, part, summary, version AS counted_at FROM source_clocks FINAL
ORDER BY source, counted_at DESC

-- name: source_summaries_of_part
-- What did the worker of a partition count of each source's clock, or of some sources'?
SELECT source, summary FROM source_clocks FINAL
WHERE part = {part:String} AND (empty({sources:Array(String)}) OR source IN {sources:Array(String)})

-- name: windows_digest
-- What do all windows hold, as one line that any difference changes?
SELECT count(), sum(n), sum(total), sum(arraySum(counts)),
       groupBitXor(cityHash64(size, measure, day, unit, service, start, n, total, imputed, auto_closed, edges, counts))
FROM windows FINAL
WHERE n != 0 OR total != 0
