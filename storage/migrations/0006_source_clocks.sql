-- What workers on a bus counted of each source's clock: one row a source and partition, for no worker sees a whole source.

CREATE TABLE source_clocks (
    source String,
    part LowCardinality(String),
    summary String CODEC(ZSTD(3)),
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY (source, part)
SETTINGS {settings};
