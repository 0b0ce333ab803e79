-- What became of silences, and what services told of messages they had taken over.

-- One row a step of a silence, which is named by its unit and when it was ordered: silenced, then how it ended.
-- `day` is the local day from which on the step holds; `name` is who lifted it.
CREATE TABLE alert_silence_turns (
    unit String,
    silenced_at DateTime64(3, 'UTC'),
    turn LowCardinality(String),
    at DateTime64(3, 'UTC'),
    day Date,
    name String,
    found_at DateTime64(3, 'UTC')
) ENGINE = {engine:ReplacingMergeTree()}
ORDER BY (unit, silenced_at, turn)
SETTINGS {settings};

-- What a service told of a message after it had taken it over: sent, delivered, read or failed; or, as `alias`, that
-- `receipt` and `why` are the same message. `receipt` is a digest of the service's id, which may hold a telephone's
-- number. `applied` says that the outbox knows of it.
CREATE TABLE alert_receipts (
    channel LowCardinality(String),
    receipt String,
    status LowCardinality(String),
    at DateTime64(3, 'UTC'),
    why String,
    applied UInt8
) ENGINE = {engine:ReplacingMergeTree(applied)}
ORDER BY (channel, receipt, status)
SETTINGS {settings};
