-- name: people_over_promise
-- How many people wait for longer than promised, at how many units, and by how many minutes is the longest over?
SELECT if(count() > 0, toNullable(countIf(is_overdue)), NULL) AS overdue_people,
       if(count() > 0, toNullable(uniqExactIf(unit, is_overdue)), NULL) AS units_overdue,
       maxOrNullIf((wait_ms - ifNull(promise_ms, 0)) / 60000, is_overdue) AS over_by_min
FROM {{part_tickets_today}} AS visit

-- name: overdue_by_unit
-- Where do people wait for longer than promised, by unit and service, the longest first? And since when beyond it, in minutes.
SELECT overdue.unit AS code, if(place.name = '', overdue.unit, place.name) AS name, multiIf(service_code = '-', '–', named.name = '', service_code, named.name) AS service_name,
       overdue_people, longest_min, over_by_min
FROM (
    SELECT unit, CAST(ifNull(service, '-') AS String) AS service_code, count() AS overdue_people, max(wait_ms) / 60000 AS longest_min,
           max(wait_ms - ifNull(promise_ms, 0)) / 60000 AS over_by_min
    FROM {{part_tickets_today}} AS visit
    WHERE is_overdue
    GROUP BY unit, service_code
) AS overdue
LEFT JOIN (SELECT unit, name FROM units FINAL) AS place ON place.unit = overdue.unit
LEFT JOIN (SELECT service, name FROM services FINAL) AS named ON named.service = service_code
ORDER BY over_by_min DESC, name

-- name: oldest_complaints
-- Which complaints have been open for longest, and are they beyond five days?
SELECT complaint.unit AS code, if(place.name = '', complaint.unit, place.name) AS name, multiIf(service_code = '-', '–', named.name = '', service_code, named.name) AS service_name,
       age_days, if(age_days > 5, 'late', 'in_time') AS complaint_state
FROM (
    SELECT unit, CAST(ifNull(service, '-') AS String) AS service_code, dateDiff('second', assumeNotNull(opened_at), $__toTime_ms) / 86400 AS age_days
    FROM complaints FINAL
    WHERE unit IN (${unit:singlequote}) AND opened_at <= $__toTime_ms AND (isNull(resolved_at) OR resolved_at > $__toTime_ms)
) AS complaint
LEFT JOIN (SELECT unit, name FROM units FINAL) AS place ON place.unit = complaint.unit
LEFT JOIN (SELECT service, name FROM services FINAL) AS named ON named.service = service_code
ORDER BY age_days DESC, name
LIMIT 30
