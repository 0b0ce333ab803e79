-- What workers on a bus know of their work: who owns a partition, how far it came, and what each flush is about to change.

-- One row a partition and epoch: an owner claims a partition by writing the next epoch; the highest seq of an epoch wins.
-- Every record of the partition before next_offset is in facts and windows.
CREATE TABLE partitions (
    name LowCardinality(String),
    epoch UInt64,
    seq UInt64,
    next_offset UInt64,
    registry String,
    owner String,
    at DateTime64(3, 'UTC')
) ENGINE = {engine:ReplacingMergeTree(seq)}
ORDER BY (name, epoch, owner)
SETTINGS {settings};

-- The windows a flush is about to change, as (local day, unit): durable before its facts are, so that whoever comes
-- after a crash can redo them from the facts.
CREATE TABLE flushes (
    name LowCardinality(String),
    epoch UInt64,
    seq UInt64,
    pages Array(Tuple(UInt16, String)) CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC')
) ENGINE = {engine:MergeTree()}
PARTITION BY toYYYYMM(at)
ORDER BY (name, epoch, seq)
TTL toDateTime(at) + INTERVAL 30 DAY
SETTINGS {settings};
