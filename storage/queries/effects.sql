-- name: effect_weeks
-- What do the windows of these units add up to, by measure and week (numbered from 29 December 1969)?
SELECT CAST(unit AS String) AS unit, CAST(measure AS String) AS measure, toInt64(intDiv(toUInt16(day) + 3, 7)) AS week,
       sum(windows.n) AS n, sum(windows.total) AS total,
       tupleElement(sumMap(windows.edges, windows.counts), 1) AS bucket_edges,
       tupleElement(sumMap(windows.edges, windows.counts), 2) AS bucket_counts
FROM windows FINAL
WHERE size = '1d' AND windows.measure IN {measures:Array(String)} AND windows.unit IN {units:Array(String)}
  AND day >= toDate({first_day:UInt16}) AND day <= toDate({last_day:UInt16})
GROUP BY unit, measure, week
HAVING n > 0

-- name: stored_effects
-- What was last said of every programme, and when was it computed?
SELECT CAST(kind AS String) AS kind, programme, CAST(outcome AS String) AS outcome, content,
       toUnixTimestamp64Milli(computed_at) AS computed_ms, version
FROM effects FINAL
ORDER BY kind, programme, outcome

-- name: effects_computed
-- When were effects last computed? 0 if never.
SELECT toUnixTimestamp64Milli(max(computed_at)) AS computed_ms, count() AS effects
FROM effects

-- name: effects_shown
-- What did each training change, with all that must stand beside the number?
SELECT CAST(kind AS String) AS kind, programme, title, CAST(outcome AS String) AS outcome, CAST(verdict AS String) AS verdict,
       CAST(reason AS String) AS reason, effect, low, high, naive, common, before, after, length(trained) AS units_trained,
       length(comparison) AS units_compared, weeks_before, weeks_after, last_day, last_week
FROM effects FINAL
WHERE has({kinds:Array(String)}, kind) AND (empty({outcomes:Array(String)}) OR has({outcomes:Array(String)}, outcome))
ORDER BY kind, last_day DESC, programme, outcome

-- name: effect_weeks_shown
-- Trained units by weeks since the training: as they were, and as they would have been without it.
SELECT since, actual, expected
FROM effects FINAL
ARRAY JOIN since, actual, expected
WHERE kind = {kind:String} AND programme = {programme:String} AND outcome = {outcome:String}
ORDER BY since
