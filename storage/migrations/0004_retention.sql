-- Raw events are kept for a time only. What was folded from removed ones stays, and `verify` says what it cannot recheck.

-- Facts that lost raw events: written before the events are removed, so that no crash can hide one.
CREATE TABLE trimmed_facts (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1))
) ENGINE = {engine:ReplacingMergeTree()}
ORDER BY (unit, source, subject)
SETTINGS {settings};

-- Every removal: events that arrived before the cutoff are gone.
CREATE TABLE retentions (
    cutoff DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC'),
    events UInt64
) ENGINE = {engine:MergeTree()}
ORDER BY at
SETTINGS {settings};
