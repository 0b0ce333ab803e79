-- Events as accepted, and the facts folded from them.
-- One row an event and content; the same event sent again merges into the row it has (smallest arrival, newest seq).
-- Only immutable identity stands in a replacing key; a fact's row is written whole, the highest version wins.

CREATE TABLE events (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    id String CODEC(ZSTD(1)),
    content UInt64 CODEC(NONE),
    kind SimpleAggregateFunction(any, LowCardinality(String)),
    time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    arrival SimpleAggregateFunction(min, DateTime64(3, 'UTC')) CODEC(Delta(8), ZSTD(1)),
    seq SimpleAggregateFunction(max, UInt64) CODEC(Delta(8), ZSTD(1)),
    data SimpleAggregateFunction(any, String) CODEC(ZSTD(1))
) ENGINE = {engine:AggregatingMergeTree()}
PARTITION BY toYYYYMM(time)
ORDER BY (unit, source, subject, id, content)
SETTINGS {settings};

CREATE TABLE visits (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    service LowCardinality(Nullable(String)),
    channel LowCardinality(Nullable(String)),
    counter LowCardinality(Nullable(String)),
    officer LowCardinality(Nullable(String)),
    created_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    called_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    started_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    ended_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    created_provenance UInt8,
    called_provenance UInt8,
    started_provenance UInt8,
    ended_provenance UInt8,
    outcome LowCardinality(String),
    came_from LowCardinality(Nullable(String)),
    went_to LowCardinality(Nullable(String)),
    calls UInt32,
    spells UInt32,
    returns UInt32,
    wait_to_call_ms Nullable(Int64) CODEC(ZSTD(1)),
    wait_to_start_ms Nullable(Int64) CODEC(ZSTD(1)),
    wait_to_leave_ms Nullable(Int64) CODEC(ZSTD(1)),
    service_ms Nullable(Int64) CODEC(ZSTD(1)),
    turnaround_ms Nullable(Int64) CODEC(ZSTD(1)),
    working_ms Nullable(Int64) CODEC(ZSTD(1)),
    promise LowCardinality(Nullable(String)),
    promise_ms Nullable(Int64) CODEC(ZSTD(1)),
    due_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD(1)),
    kept Nullable(UInt8),
    history String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    deleted UInt8 DEFAULT 0,
    INDEX by_created created_at TYPE minmax GRANULARITY 1,
    INDEX by_ended ended_at TYPE minmax GRANULARITY 1
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS index_granularity = 1024, {settings};

CREATE TABLE complaints (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    service LowCardinality(Nullable(String)),
    channel LowCardinality(Nullable(String)),
    opened_at Nullable(DateTime64(3, 'UTC')),
    resolved_at Nullable(DateTime64(3, 'UTC')),
    opened_provenance UInt8,
    resolved_provenance UInt8,
    resolution_ms Nullable(Int64),
    history String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS {settings};

CREATE TABLE counter_days (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    counter LowCardinality(String),
    service LowCardinality(Nullable(String)),
    opened_at Nullable(DateTime64(3, 'UTC')),
    closed_at Nullable(DateTime64(3, 'UTC')),
    open_since Nullable(DateTime64(3, 'UTC')),
    open_ms Int64,
    spells UInt32,
    state LowCardinality(String),
    officer LowCardinality(Nullable(String)),
    history String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS {settings};

CREATE TABLE ratings (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    provenance UInt8,
    service LowCardinality(Nullable(String)),
    counter LowCardinality(Nullable(String)),
    channel LowCardinality(Nullable(String)),
    ticket Nullable(String),
    score UInt8,
    scale UInt8,
    score_100 UInt16,
    history String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS {settings};

CREATE TABLE surveys (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    provenance UInt8,
    service LowCardinality(Nullable(String)),
    channel LowCardinality(Nullable(String)),
    ticket Nullable(String),
    persyaratan Nullable(UInt8),
    prosedur Nullable(UInt8),
    waktu Nullable(UInt8),
    biaya Nullable(UInt8),
    produk Nullable(UInt8),
    kompetensi Nullable(UInt8),
    perilaku Nullable(UInt8),
    pengaduan Nullable(UInt8),
    sarana Nullable(UInt8),
    complete UInt8,
    straight UInt8,
    age_group LowCardinality(Nullable(String)),
    sex LowCardinality(Nullable(String)),
    education LowCardinality(Nullable(String)),
    occupation LowCardinality(Nullable(String)),
    history String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS {settings};

CREATE TABLE snapshots (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    provenance UInt8,
    queue LowCardinality(String),
    service LowCardinality(Nullable(String)),
    waiting Nullable(UInt32),
    open_counters Nullable(UInt32),
    now_serving Nullable(String),
    history String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    deleted UInt8 DEFAULT 0,
    INDEX by_time at TYPE minmax GRANULARITY 1
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS {settings};

CREATE TABLE aggregates (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    ends_at DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
    provenance UInt8,
    measure LowCardinality(String),
    service LowCardinality(Nullable(String)),
    channel LowCardinality(Nullable(String)),
    n Nullable(Int64),
    timed Nullable(Int64),
    total_ms Nullable(Int64),
    max_ms Nullable(Int64),
    judged Nullable(Int64),
    within Nullable(Int64),
    limit_ms Nullable(Int64),
    share Nullable(Float64),
    open_counters Nullable(Int64),
    bucket_upto_ms Array(Int64),
    bucket_n Array(Int64),
    history String CODEC(ZSTD(1)),
    version UInt64 CODEC(Delta(8), ZSTD(1)),
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS {settings};

CREATE TABLE interventions (
    unit LowCardinality(String),
    source LowCardinality(String),
    subject String,
    kind LowCardinality(String),
    at DateTime64(3, 'UTC'),
    title String,
    siasn_type Nullable(UInt8),
    category LowCardinality(Nullable(String)),
    jp Nullable(UInt32),
    participants Nullable(UInt32),
    starts String,
    ends Nullable(String),
    completed UInt8,
    history String CODEC(ZSTD(1)),
    version UInt64,
    deleted UInt8 DEFAULT 0
) ENGINE = {engine:ReplacingMergeTree(version, deleted)}
ORDER BY (unit, source, subject)
SETTINGS {settings};
