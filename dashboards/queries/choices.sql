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

-- name: unit_choices_by_training
-- Which units are in the chosen kecamatan, and trained as chosen? On the unit's local day at the right end of the time range; weeks begin on the day on which it was trained. value and label of a choice.
SELECT unit AS value, name AS label
FROM units FINAL
JOIN {{part_places}} AS place USING (unit)
LEFT JOIN {{part_trained_from}} AS training USING (unit)
WHERE kecamatan IN (${kecamatan:singlequote})
  AND hasAny(['any', if(is_listed = 1 AND trained_day <= today, 'trained', 'untrained'),
              multiIf(is_listed = 0 OR trained_day > today, '', today < trained_day + 56, 'weeks_8',
                      today < trained_day + 182, 'weeks_26', 'weeks_more')], [${trained:singlequote}])
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
