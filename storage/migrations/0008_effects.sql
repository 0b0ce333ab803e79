-- What trainings changed, as last computed: one row a programme and outcome; the newest version wins.
-- A number never stands alone: `naive` (before and after) is `effect` plus `common` (what changed without training too),
-- and all numbers are NULL where there is too little data. Durations: differences in percent, levels in ms.

CREATE TABLE effects (
    kind LowCardinality(String),
    programme String,
    outcome LowCardinality(String),
    title String,
    verdict LowCardinality(String),
    reason LowCardinality(String),
    effect Nullable(Float64),
    low Nullable(Float64),
    high Nullable(Float64),
    naive Nullable(Float64),
    common Nullable(Float64),
    before Nullable(Float64),
    after Nullable(Float64),
    trained Array(String),
    comparison Array(String),
    weeks_before UInt32,
    weeks_after UInt32,
    since Array(Int32),
    actual Array(Float64),
    expected Array(Float64),
    first_day Date,
    last_day Date,
    last_week Date,
    content String CODEC(ZSTD(3)),
    computed_at DateTime64(3, 'UTC'),
    version UInt64,
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (kind, programme, outcome)
SETTINGS {settings};
