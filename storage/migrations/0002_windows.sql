-- Windows as absolute states: one row a cell (a window and a measure), the highest version wins.
-- `start` is outside the primary key so that a range of days still prunes granules.

CREATE TABLE windows (
    size LowCardinality(String),
    measure LowCardinality(String),
    day Date CODEC(ZSTD(1)),
    unit LowCardinality(String),
    service LowCardinality(String),
    start DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    n Int64 CODEC(ZSTD(1)),
    total Int64 CODEC(ZSTD(1)),
    imputed Int64 CODEC(ZSTD(1)),
    auto_closed Int64 CODEC(ZSTD(1)),
    edges Array(Int64) CODEC(ZSTD(1)),
    counts Array(Int64) CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1))
) ENGINE = {engine:ReplacingMergeTree(version)}
PARTITION BY toYear(day)
PRIMARY KEY (size, measure, day, unit)
ORDER BY (size, measure, day, unit, service, start)
SETTINGS {settings};

-- Cells a flush takes something out of: durable before the facts are, so that recovery can redo them.
CREATE TABLE moved_cells (
    version UInt64,
    size LowCardinality(String),
    measure LowCardinality(String),
    day Date,
    unit LowCardinality(String),
    service LowCardinality(String),
    start DateTime64(3, 'UTC')
) ENGINE = {engine:MergeTree()}
ORDER BY (version, size, measure, day, unit, service, start)
SETTINGS {settings};
