-- Falling indicators: what each week's fold began with, what was found, what people answered, what is to be sent.
-- The history of alerts only grows: nothing here is changed but a week's fold, an end, and the state of a delivery.

-- One row a week and stream: the frozen baseline, and where the sums of evidence stood when the week began.
CREATE TABLE alert_weeks (
    unit LowCardinality(String),
    service_group LowCardinality(String),
    week Date,
    baseline String CODEC(ZSTD(3)),
    tracks String CODEC(ZSTD(3)),
    unusual Array(UInt16) CODEC(ZSTD(1)),
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY (unit, service_group, week)
SETTINGS {settings};

-- One row a transition. `found_at` is when it was found; `late` says that data that came late changed the past.
-- `figures` are the numbers it was told with, as they were then.
CREATE TABLE alert_transitions (
    unit LowCardinality(String),
    service_group LowCardinality(String),
    indicator LowCardinality(String),
    alert String,
    turn LowCardinality(String),
    at DateTime64(3, 'UTC'),
    day Date,
    since DateTime64(3, 'UTC'),
    evidence Int64,
    threshold Int64,
    baseline Date,
    late UInt8,
    figures String CODEC(ZSTD(3)),
    found_at DateTime64(3, 'UTC')
) ENGINE = {engine:ReplacingMergeTree()}
ORDER BY (unit, alert, turn, at)
SETTINGS {settings};

CREATE TABLE alert_answers (
    alert String,
    at DateTime64(3, 'UTC'),
    name String,
    note String,
    due Nullable(Date),
    done UInt8
) ENGINE = {engine:ReplacingMergeTree()}
ORDER BY (alert, at, name)
SETTINGS {settings};

CREATE TABLE alert_silences (
    unit String,
    first_day Date,
    last_day Date,
    indicator Nullable(String),
    reason String,
    name String,
    at DateTime64(3, 'UTC')
) ENGINE = {engine:ReplacingMergeTree()}
ORDER BY (unit, at)
SETTINGS {settings};

-- Units from which nothing came though visits were expected.
CREATE TABLE data_gaps (
    unit LowCardinality(String),
    since DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC'),
    expected Int64,
    ended_at Nullable(DateTime64(3, 'UTC')),
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY (unit, since)
SETTINGS {settings};

-- The IKM of a unit lost its grade; values are hundredths.
CREATE TABLE band_notices (
    unit LowCardinality(String),
    day Date,
    grade_before LowCardinality(String),
    grade LowCardinality(String),
    value_before Int64,
    value Int64,
    upper Int64,
    raters Int64
) ENGINE = {engine:ReplacingMergeTree()}
ORDER BY (unit, day)
SETTINGS {settings};

-- Messages to be sent, each to a recipient once; the highest version is the state of its delivery.
-- `recipient` names an address, it never is one.
CREATE TABLE alert_outbox (
    key String,
    recipient String,
    kind LowCardinality(String),
    role LowCardinality(String),
    unit LowCardinality(String),
    alert String,
    due_at DateTime64(3, 'UTC'),
    text String CODEC(ZSTD(3)),
    text_en String CODEC(ZSTD(3)),
    state LowCardinality(String),
    attempts UInt32,
    next_at DateTime64(3, 'UTC'),
    leased_until DateTime64(3, 'UTC'),
    note String,
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY (key, recipient)
SETTINGS {settings};
