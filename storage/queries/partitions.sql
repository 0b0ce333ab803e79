-- name: newest_claims
-- Who claimed these partitions last, how far did they come, and judged by which registry?
SELECT name, epoch, seq, next_offset, registry, owner
FROM partitions FINAL
WHERE name IN {names:Array(String)}
ORDER BY name, epoch DESC, seq DESC
LIMIT 1 BY name

-- name: highest_epoch
-- Which epoch was the last of this partition, or of any partition of another division of the bus?
SELECT max(epoch) FROM partitions WHERE name = {name:String} OR NOT startsWith(name, {division:String})

-- name: next_offset_before_division
-- Where is a partition of this topic and number to be read on, by its last owner under any division of the topic?
SELECT next_offset FROM partitions FINAL
WHERE startsWith(name, {topic:String}) AND endsWith(name, {number:String}) AND owner != 'successor'
ORDER BY epoch DESC, seq DESC
LIMIT 1

-- name: owners_of_epoch
-- Who claimed this partition under this epoch?
SELECT DISTINCT owner FROM partitions WHERE name = {name:String} AND epoch = {epoch:UInt64}

-- name: unfinished_pages
-- Which windows were earlier owners of this partition, or owners under another division of the bus, about to change in flushes that they did not finish?
SELECT DISTINCT page.1 AS day_number, page.2 AS unit
FROM (
    SELECT flushes.name AS name, flushes.epoch AS epoch, seq, arrayJoin(pages) AS page
    FROM flushes
    WHERE (name = {name:String} AND epoch < {epoch:UInt64}) OR NOT startsWith(name, {division:String})
) AS begun
LEFT JOIN (SELECT name, epoch, max(seq) AS done FROM partitions GROUP BY name, epoch) AS finished
    ON finished.name = begun.name AND finished.epoch = begun.epoch
WHERE seq > done

-- name: settle_flushes
-- Remember that the flushes of earlier owners of this partition are made whole.
INSERT INTO partitions (name, epoch, seq, next_offset, registry, owner, at)
SELECT name, epoch, max(seq), 0, '', 'successor', now64(3)
FROM flushes WHERE name = {name:String} AND epoch < {epoch:UInt64}
GROUP BY name, epoch

-- name: late_flushes
-- Which flushes of former owners of these partitions came lately, and which windows were they about to change?
SELECT flushes.name AS partition_name, flushes.epoch AS flush_epoch, seq, pages
FROM flushes
INNER JOIN (
    SELECT name, max(epoch) AS newest FROM partitions WHERE name IN {names:Array(String)} GROUP BY name
) AS claims ON claims.name = flushes.name
WHERE flushes.name IN {names:Array(String)} AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
  AND flushes.epoch < claims.newest
ORDER BY partition_name, flush_epoch, seq

-- name: fact_numbers_of_units
-- Which facts do the tables hold of these units, each by its number (pantau.domain.entries.fact_number)?
SELECT xxHash64(concat(fact_table, char(0), unit, char(0), source, char(0), subject)) AS number
FROM (
    SELECT 'aggregates' AS fact_table, unit, source, subject FROM aggregates WHERE unit IN {units:Array(String)}
    UNION ALL
    SELECT 'complaints' AS fact_table, unit, source, subject FROM complaints WHERE unit IN {units:Array(String)}
    UNION ALL
    SELECT 'counter_days' AS fact_table, unit, source, subject FROM counter_days WHERE unit IN {units:Array(String)}
    UNION ALL
    SELECT 'interventions' AS fact_table, unit, source, subject FROM interventions WHERE unit IN {units:Array(String)}
    UNION ALL
    SELECT 'ratings' AS fact_table, unit, source, subject FROM ratings WHERE unit IN {units:Array(String)}
    UNION ALL
    SELECT 'snapshots' AS fact_table, unit, source, subject FROM snapshots WHERE unit IN {units:Array(String)}
    UNION ALL
    SELECT 'surveys' AS fact_table, unit, source, subject FROM surveys WHERE unit IN {units:Array(String)}
    UNION ALL
    SELECT 'visits' AS fact_table, unit, source, subject FROM visits WHERE unit IN {units:Array(String)}
)

-- name: window_pages_of_units
-- On which local days do these units have windows?
SELECT DISTINCT toUInt16(day) AS day_number, unit FROM windows WHERE size = '1d' AND unit IN {units:Array(String)}

-- name: registry_of_version
-- What does this version of the registry say?
SELECT content FROM registries WHERE version = {version:String} ORDER BY loaded_at DESC LIMIT 1

-- name: stored_registry_version
-- Which version of the registry was loaded last?
SELECT version FROM registries ORDER BY loaded_at DESC, epoch DESC LIMIT 1

-- name: registries_of_partitions
-- Under which registry does the owner of each partition work?
SELECT name, argMax(registry, (epoch, seq)) FROM partitions
WHERE owner != 'successor'
GROUP BY name
HAVING startsWith(name, (SELECT argMax(substring(name, 1, length(name) - position(reverse(name), ':') + 1), at) FROM partitions))

-- name: newest_state
-- What changes whenever a worker has finished a flush, and which registry was loaded last? Asked every second.
SELECT (SELECT sum(cityHash64(name, epoch, owner, seq)) FROM partitions FINAL) AS progress_hash,
       (SELECT argMax(version, (loaded_at, epoch)) FROM registries) AS registry

-- name: newest_event
-- When did the newest event happen? 0 when there is none.
SELECT toUnixTimestamp64Milli(max(time)) FROM events

-- name: day_cells
-- What do the windows of these local days hold, by service and measure, as the JSON of pantau.indicators?
SELECT toUInt16(day) AS day_number, unit, concat('[', arrayStringConcat(arraySort(groupArray(concat(
           '{"service":', toJSONString(toString(service)), ',"measure":', toJSONString(toString(measure)),
           ',"n":', toString(n), ',"total":', toString(total),
           if(imputed != 0, concat(',"imputed":', toString(imputed)), ''),
           if(auto_closed != 0, concat(',"auto_closed":', toString(auto_closed)), ''),
           if(notEmpty(edges), concat(',"edges":', toString(edges), ',"counts":', toString(counts)), ''), '}'
       ))), ','), ']') AS cells
FROM windows FINAL
WHERE size = '1d' AND (day, unit) IN (
    SELECT toDate(page.1), page.2 FROM (SELECT arrayJoin(arrayZip({days:Array(UInt16)}, {units:Array(String)})) AS page)
) AND (n != 0 OR total != 0)
GROUP BY day, unit
ORDER BY unit, day
