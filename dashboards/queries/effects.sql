-- name: part_effects
-- What did trainings of the chosen units change, as last computed, with all that must stand beside it? ``naive``, before and after alone, is ``effect`` plus ``common``, what changed without training too.
(
    SELECT kind, programme, title, CAST(outcome AS String) AS outcome, CAST(verdict AS String) AS verdict, effect AS effect_size,
           low AS effect_low, high AS effect_high, naive AS naive_change, common AS common_change, length(comparison) AS compared_n,
           nullIf(CAST(reason AS String), '') AS reason, last_day, JSONExtract(content, 'units_trained', 'Array(String)') AS had_it,
           indexOf(['kompetensi', 'perilaku', 'service_time', 'ikm', 'promise', 'biaya', 'sarana'], outcome) AS place_of_outcome
    FROM effects FINAL
    WHERE hasAny(had_it, [${unit:singlequote}])
)

-- name: effects_of_programmes
-- What did all trainings together and each programme change, by outcome: verdict, effect with its interval, before and after alone, what of that happened anyway, and how many units were compared?
SELECT CAST(kind AS String) AS effect_kind, title, outcome, verdict, effect_size, effect_low, effect_high, naive_change, common_change,
       length(had_it) AS trained_n, compared_n, reason
FROM {{part_effects}} AS told
WHERE kind IN ('all', 'programme')
ORDER BY effect_kind, last_day DESC, title, place_of_outcome

-- name: effects_of_trainings
-- What did each training change at its unit, the latest first? With all that must stand beside an effect.
SELECT last_day AS ended_on, if(place.name = '', told.unit, place.name) AS name, title, outcome, verdict, effect_size, effect_low,
       effect_high, naive_change, common_change, compared_n, reason
FROM (SELECT *, arrayElement(had_it, 1) AS unit FROM {{part_effects}} AS known WHERE kind = 'training') AS told
LEFT JOIN (SELECT unit, name FROM units FINAL) AS place ON place.unit = told.unit
ORDER BY ended_on DESC, name, title, place_of_outcome
LIMIT 350
