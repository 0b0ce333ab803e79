"""Presses of counter buttons and smiley terminals, from an MQTT broker that keeps them until they are durable here.

The session is persistent and every message is acknowledged (QoS 1) only once it is durable, so the broker sends again
whatever was in flight when this process, the broker or the line between them died. A press carries no id, so an id is
made when it first arrives and written to a ledger before it is handed in; sent again, it is known by the broker's
packet identifier and its content and gets the same id. This uses paho-mqtt itself, because aiomqtt (2.5) neither lets a
message be acknowledged by hand nor tells whether the broker has sent it before.
"""

import hashlib
import secrets
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import msgspec
import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion

from pantau.domain.errors import BadSetup
from producers.feeding import Feed, Named, refused_for
from producers.mapping.drafts import Row
from producers.mapping.readers import flatten
from producers.replay import Summary

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 500
LOOK_SECONDS = 0.5
KEEP_ALIVE_SECONDS = 30
LONGEST_WAIT_SECONDS = 60
LEDGER_MESSAGES = 1_000
TELL_SECONDS = 60.0


class Address(msgspec.Struct, frozen=True):
    """Where a broker is: ``mqtt://user@10.1.2.3:1883``; ``mqtts`` talks TLS."""

    host: str
    port: int
    user: str | None
    tls: bool


def address_of(text: str) -> Address:
    """A broker's address. Raises BadSetup for what is none, and for a password in it."""
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.password is not None:
        raise BadSetup(
            "--broker holds a password, which every user of this machine could read; take it out and put it into "
            "PANTAU_MQTT_PASSWORD or a file named by PANTAU_MQTT_PASSWORD_FILE"
        )
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname or port == -1:
        raise BadSetup("--broker is not an address such as mqtt://10.1.2.3:1883 or mqtts://user@broker:8883")
    tls = parts.scheme == "mqtts"
    return Address(parts.hostname, port or (8883 if tls else 1883), parts.username, tls)


class Entry(msgspec.Struct, array_like=True):
    """A message that got its id: the broker's packet identifier, a hash of topic and payload, when it came (ms UTC)."""

    packet: int
    content: str
    came: int
    acknowledged: bool = False


class Ledger(msgspec.Struct):
    """What must outlive the process: by which name the broker keeps our session, and the messages handed in last."""

    client: str
    entries: list[Entry]

    def came(self, message: "Message") -> int | None:
        """When a message came first, if it came before.

        What we acknowledged can come again only marked as sent again; what we did not, the broker still holds under the
        same packet identifier, marked or not (one that was killed may have forgotten that it had sent it).
        """
        for entry in reversed(self.entries):
            if entry.packet == message.packet:
                known = entry.content == message.content and (message.again or not entry.acknowledged)
                return entry.came if known else None
        return None

    def add(self, messages: Sequence["Message"]) -> None:
        """Remember messages by the ids they got."""
        self.entries += [Entry(each.packet, each.content, each.came) for each in messages]
        del self.entries[:-LEDGER_MESSAGES]

    def acknowledge_all(self) -> None:
        """Nothing of before is held by the broker as not acknowledged."""
        for entry in self.entries:
            entry.acknowledged = True


def read_ledger(path: Path) -> Ledger:
    """The ledger of an earlier start, or a new one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ledger)
    except (FileNotFoundError, msgspec.DecodeError):
        return Ledger(f"pantau-{secrets.token_hex(8)}", [])


class Message:
    """A message as it came. ``connection`` counts connections: only on its own can it be acknowledged."""

    def __init__(self, message: paho.MQTTMessage, connection: int) -> None:
        self.topic = message.topic
        self.payload = message.payload
        self.packet = message.mid
        self.certain = message.qos > 0
        self.again = message.dup
        self.retained = message.retain
        self.connection = connection
        self.content = hashlib.blake2b(self.topic.encode() + b"\0" + self.payload, digest_size=12).hexdigest()
        self.came = 0

    def rows(self) -> Iterator[Named]:
        """The rows of this message: one, or one for each object where the payload is a list of objects.

        Columns that begin with ``#`` are ours: ``#topic``, its parts ``#topic.1`` and so on, ``#payload`` as text,
        ``#received`` in UTC and ``#id``, which is the same when the message is sent again. The others are the fields of
        a JSON payload.
        """
        text = self.payload.decode(errors="backslashreplace").strip()
        received = datetime.fromtimestamp(self.came / 1000, UTC).isoformat(timespec="milliseconds")[:23] + "Z"
        name = f"{received}/{self.content[:12].translate(_LETTERS)}"
        ours = {"#topic": self.topic, "#payload": text, "#received": received}
        ours |= {f"#topic.{n}": part for n, part in enumerate(self.topic.split("/"), 1)}
        try:
            found = msgspec.json.decode(self.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found = None
        objects = found if isinstance(found, list) and all(isinstance(each, dict) for each in found) else [found]
        for n, each in enumerate(objects or [None]):
            row: Row = {}
            if isinstance(each, dict):
                flatten(each, "", row)
            id = name if n == 0 else f"{name}.{n}"
            yield id, {**row, **ours, "#id": id}


_LETTERS = str.maketrans("0123456789abcdef", "ghjkmnpqrsabcdef")
"""Hexadecimal digits as letters, so that no id looks like a telephone number."""


class Listener:
    """A subscription that never misses a press; see the module. A :class:`producers.rounds.Source`.

    ``ledger`` None is for looking only: nothing is kept at the broker, nothing acknowledged.
    """

    def __init__(
        self,
        address: Address,
        topics: Sequence[str],
        *,
        password: str | None,
        ca: Path | None = None,
        ledger: Path | None,
    ) -> None:
        self.summary = Summary()
        self.repeated = 0
        self.retained = 0
        self.away_because: str | None = None
        """Why the last attempt to reach the broker failed."""
        self._topics = topics
        self._path = ledger
        self._ledger = read_ledger(ledger) if ledger else Ledger(f"pantau-look-{secrets.token_hex(4)}", [])
        self._queue: SimpleQueue[Message] = SimpleQueue()
        self._batch: list[Message] = []
        self._connection = 0
        self._failure: BadSetup | None = None
        self._last_came = max((entry.came for entry in self._ledger.entries), default=0)
        self._uncertain: set[str] = set()
        self._told, self._told_at = (0, 0, 0), time.monotonic()
        self._client = self._made(address, password, ca)

    def __enter__(self) -> "Listener":
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def round(self, feed: Feed, stop: threading.Event) -> None:
        """Hand in what has come and acknowledge it; waits half a second for something to come."""
        if self._failure is not None:
            raise self._failure
        if not self._batch:
            self._collect()
        if self._batch:
            feed.take([row for message in self._batch for row in message.rows()], self.summary)
            feed.durable()
            self._acknowledge()
        self._tell()

    def _collect(self) -> None:
        """The next messages, each with the time of its first arrival, and the ledger written."""
        try:
            self._batch.append(self._queue.get(timeout=LOOK_SECONDS))
            while len(self._batch) < BATCH_MESSAGES:
                self._batch.append(self._queue.get_nowait())
        except Empty:
            pass
        fresh = []
        for message in self._batch:
            came = self._ledger.came(message) if message.certain else None
            if came is None:
                self._last_came = came = max(time.time_ns() // 1_000_000, self._last_came + 1)
                fresh.append(message)
            else:
                self.repeated += 1
            message.came = came
        if fresh:
            self._ledger.add([message for message in fresh if message.certain])
            self._write()

    def _acknowledge(self) -> None:
        """Tell the broker that the batch is durable, in the order in which it came."""
        done = {message.packet for message in self._batch if message.certain}
        for message in self._batch:
            if message.certain and message.connection == self._connection and self._path is not None:
                self._client.ack(message.packet, 1)
        for entry in self._ledger.entries:
            if entry.packet in done:
                entry.acknowledged = True
        self._batch = []
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            aside = self._path.with_suffix(".new")
            aside.write_bytes(msgspec.json.encode(self._ledger))
            aside.replace(self._path)

    def _made(self, address: Address, password: str | None, ca: Path | None) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._ledger.client,
            clean_session=self._path is None,
            protocol=paho.MQTTv311,
            manual_ack=self._path is not None,
        )
        if address.user is not None:
            client.username_pw_set(address.user, password)
        if address.tls:
            try:
                client.tls_set(ca_certs=str(ca) if ca else None)
            except OSError as error:
                raise BadSetup(f"--ca {ca}: cannot be read as certificates: {error}") from error
        elif ca is not None:
            raise BadSetup("--ca is for a broker that talks TLS: mqtts://…")
        client.reconnect_delay_set(1, LONGEST_WAIT_SECONDS)
        client.on_connect = self._connected
        client.on_connect_fail = self._away
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._came
        client.connect_async(address.host, address.port, KEEP_ALIVE_SECONDS)
        return client

    # paho calls what follows from its own thread

    def _connected(self, client: paho.Client, data: Any, flags: paho.ConnectFlags, reason: Any, more: Any) -> None:
        if reason.is_failure:
            if reason.getName() in ("Not authorized", "Bad user name or password", "Client identifier not valid"):
                self._failure = BadSetup(f"the broker refuses: {reason}; see PANTAU_MQTT_PASSWORD")
            log.warning("broker_refuses", reason=str(reason))
            return
        self._connection += 1
        if not flags.session_present:
            self._ledger.acknowledge_all()
        log.info("connected", topics=self._topics, went_on=flags.session_present)
        client.subscribe([(topic, 1) for topic in self._topics])

    def _away(self, client: paho.Client, data: Any) -> None:
        self.away_because = str(sys.exc_info()[1])
        log.warning("broker_away", because=self.away_because)

    def _disconnected(self, client: paho.Client, data: Any, flags: Any, reason: Any, more: Any) -> None:
        if reason.is_failure:
            log.warning("disconnected", because=str(reason))

    def _subscribed(self, client: paho.Client, data: Any, packet: int, reasons: Sequence[Any], more: Any) -> None:
        if refused := [topic for topic, reason in zip(self._topics, reasons, strict=False) if reason.is_failure]:
            self._failure = BadSetup(f"the broker does not let this user read {', '.join(refused)}")

    def _came(self, client: paho.Client, data: Any, message: paho.MQTTMessage) -> None:
        found = Message(message, self._connection)
        if found.retained:  # the last press of some day, told to whoever subscribes: no news
            self.retained += 1
            if found.certain and self._path is not None:
                client.ack(found.packet, 1)
            return
        if not found.certain and found.topic not in self._uncertain and len(self._uncertain) < 1_000:
            self._uncertain.add(found.topic)
            log.warning("sent_without_guarantee", topic=found.topic, todo="let the terminal publish with QoS 1")
        self._queue.put(found)

    def _tell(self) -> None:
        done = self.summary.rows, self.summary.events, self.summary.rejected
        now = time.monotonic()
        if done == self._told or now - self._told_at < TELL_SECONDS:
            return
        rows, events, rejected = (new - old for new, old in zip(done, self._told, strict=True))
        log.info(
            "listened",
            messages=rows,
            events=events,
            rejected=rejected,
            sent_again=self.repeated,
            retained=self.retained,
            **({"refused_for": refused_for(self.summary)} if rejected else {}),
        )
        self._told, self._told_at = done, now
