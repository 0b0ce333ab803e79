-- name: events_of_sources
-- How many different events did each source send, and how many of its ids are said of several things? What closing a day says of its tickets it did not send.
SELECT source, toInt64(count()) AS events, toInt64(countIf(several)) AS ids_of_several_things
FROM (
    SELECT source, id, min(sipHash64(unit, subject)) != max(sipHash64(unit, subject)) AS several
    FROM events
    WHERE NOT (kind = 'ticket.left' AND startsWith(id, 'closing/'))
    GROUP BY source, id
)
GROUP BY source
ORDER BY source
SETTINGS max_bytes_before_external_group_by = 1000000000

-- name: rejects_waiting
-- What of each source is refused and not accepted since: how many different things, how many of them a retry may take?
SELECT source, toInt64(count()) AS things, toInt64(countIf(retryable = 1)) AS retryable
FROM rejected_events FINAL
WHERE state = 'open'
GROUP BY source
ORDER BY source

-- name: rejects_by_reasons
-- What is refused and not accepted since, counted by source and by everything that was wrong?
SELECT source, code, reasons, toInt64(count()) AS things
FROM rejected_events FINAL
WHERE state = 'open'
GROUP BY source, code, reasons
ORDER BY things DESC, source, code, reasons

-- name: refused_rows
-- Which rows of a file ("file:row", by how that begins) could not be mapped and were not taken since?
SELECT id, digest
FROM rejected_events FINAL
WHERE state = 'open' AND code = 'malformed' AND startsWith(id, {file:String})
ORDER BY id, digest
LIMIT 100000

-- name: newest_rejects
-- What was refused last and has not been accepted since?
SELECT digest, source, id, code, reasons, original, retryable, seen, toUnixTimestamp64Milli(first_at) AS first_ms,
       toUnixTimestamp64Milli(last_at) AS last_ms, state, version
FROM rejected_events FINAL
WHERE state = 'open'
ORDER BY last_at DESC, source, digest
LIMIT {at_most:UInt32}
