-- What the bus was told of alerts, and what people answer by their messengers.

-- Ids of the events of alerts that the bus has taken: what is not here is sent, again under the same id.
CREATE TABLE alert_announced (
    id String,
    at DateTime64(3, 'UTC')
) ENGINE = {engine:ReplacingMergeTree()}
ORDER BY id
SETTINGS {settings};

-- Replies as they came; the highest version is what became of one, `outcome` is empty until it was read.
-- `key` is a digest of the provider's message id. `sender` is a keyed digest of an address, it never is one.
CREATE TABLE alert_inbox (
    key String,
    channel LowCardinality(String),
    sender String,
    text String CODEC(ZSTD(3)),
    at DateTime64(3, 'UTC'),
    outcome LowCardinality(String),
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY key
SETTINGS {settings};

-- How far a service that is asked for replies was read.
CREATE TABLE alert_cursors (
    name String,
    position Int64,
    version UInt64
) ENGINE = {engine:ReplacingMergeTree(version)}
ORDER BY name
SETTINGS {settings};
