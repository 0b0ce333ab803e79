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
-- Which services are there? value and label of a choice.
SELECT service AS value, name AS label
FROM services FINAL
ORDER BY label, value
