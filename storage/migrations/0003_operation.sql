-- What the process knows of its own work: how far it came, what it refused, which registries and corrections held.

CREATE TABLE progress (
    name LowCardinality(String),
    epoch UInt64,
    seq UInt64,
    at DateTime64(3, 'UTC')
) ENGINE = {engine:ReplacingMergeTree(at)}
ORDER BY (name, epoch, seq)
SETTINGS {settings};

CREATE TABLE rejected_events (
    digest String,
    source LowCardinality(String),
    id String,
    code LowCardinality(String),
    reasons String CODEC(ZSTD(3)),
    original String CODEC(ZSTD(3)),
    retryable UInt8,
    seen UInt64,
    first_at DateTime64(3, 'UTC'),
    last_at DateTime64(3, 'UTC'),
    state LowCardinality(String),
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY (source, digest)
SETTINGS {settings};

CREATE TABLE registries (
    version String,
    loaded_at DateTime64(3, 'UTC'),
    epoch UInt64,
    content String CODEC(ZSTD(3))
) ENGINE = {engine:ReplacingMergeTree(loaded_at)}
ORDER BY (epoch, version)
SETTINGS {settings};

CREATE TABLE units (
    unit String,
    name String,
    kecamatan LowCardinality(String),
    kecamatan_name LowCardinality(String),
    kabupaten LowCardinality(String),
    kabupaten_name LowCardinality(String),
    zone LowCardinality(String),
    version UInt64,
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY unit
SETTINGS {settings};

CREATE TABLE services (
    service String,
    name String,
    service_group LowCardinality(String),
    kind LowCardinality(String),
    version UInt64,
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY service
SETTINGS {settings};

-- One row a source: what arrived, what was wrong with its clock.
CREATE TABLE source_health (
    source String,
    summary String CODEC(ZSTD(3)),
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY source
SETTINGS {settings};
