-- name: kecamatan_choices
-- Which kecamatan have units? value and label of a choice.
SELECT DISTINCT kecamatan AS value, if(kecamatan_name = '', kecamatan, kecamatan_name) AS label
FROM units FINAL
ORDER BY label, value

-- name: unit_choices
-- Which units are in the chosen kecamatan? value and label of a choice.
SELECT unit AS value, name AS label
FROM units FINAL
WHERE kecamatan IN (${kecamatan:singlequote})
ORDER BY label, value

-- name: service_choices
-- Which services are registered or were asked for in the time range, and the mark of those that say none? value and label of a choice.
SELECT code AS value, multiIf(code = '-', '–', name = '', code, name) AS label
FROM (
    SELECT service AS code FROM services FINAL
    UNION DISTINCT
    SELECT CAST(service AS String) AS code
    FROM windows FINAL
    WHERE size = '1d' AND measure IN ('arrivals', 'promise') AND day >= toDate($__fromTime) - 1 AND day <= toDate($__toTime) + 1
) AS asked
LEFT JOIN (SELECT service AS code, name FROM services FINAL) AS named USING (code)
ORDER BY label, value
