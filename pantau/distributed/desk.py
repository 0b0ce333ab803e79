"""The desk on a ClickHouse server: what the verbs of the command line need when the tables are not in a directory.

Events reach a server's tables through the bus and the workers alone, so this desk takes none and sends those it tries
again onto the bus; what it changes (a registry) the workers notice by themselves.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NoReturn

import msgspec

from pantau.alerting.answers import remember
from pantau.distributed.address import brokers, secret_key
from pantau.domain.alerts.silences import Silence, SilenceTurn
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.effects.assessments import Assessment
from pantau.domain.errors import BadSetup, NotNow
from pantau.domain.registry import Registry
from pantau.domain.registry_changes import changed_units
from pantau.domain.spans import Language
from pantau.embedded.alerting import Alerting
from pantau.embedded.clock_watches import ClockWatches, SourceClock
from pantau.embedded.desk import Load
from storage.address import open_server
from storage.alerts import AlertTables
from storage.effects import rows_to_keep
from storage.engine import Answer
from storage.migrate import require
from storage.queries import sql
from storage.registries import add, newest, units_with_events, write_reference
from storage.rejects import Kept, Rejects, judged_again
from storage.retention import EVERYTHING, removable, remove_events
from storage.store import Store
from storage.verify import Report, verify

ADOPTION_SECONDS = 120.0
"""How long loading a registry waits for the workers to have it in force and the past rebuilt."""


RETRY_SECONDS = 60.0
"""How long a retry waits for the bus to take what it sends."""


class ServerDesk:
    """Implements :class:`pantau.embedded.desk.Desk` on a server's tables."""

    def __init__(
        self, address: str, password: str | None = None, *, bus: str | None = None, secret: str | None = None
    ) -> None:
        self._engine = open_server(address, password)
        require(self._engine)
        self._store = Store(self._engine)
        self._bus, self._secret = bus, secret
        self.alerting = Alerting(
            AlertTables(self._engine),
            lambda: self.registry,
            self.now,
            secret=secret_key(secret) if secret is not None else b"",
        )

    @property
    def registry(self) -> Registry:
        """The registry in force. Raises BadSetup when none is loaded yet."""
        loaded = newest(self._store)
        if loaded is None:
            raise BadSetup("no registry is loaded yet; load one: pantau registry load registry.toml --data STORE")
        return loaded.registry

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a named query."""
        return self._engine.query(sql(name), params)

    def secret(self) -> NoReturn:
        """Nothing is judged here. Raises BadSetup."""
        raise BadSetup("events reach a server's tables through the bus; send them there: --to kafka://host:port")

    def take(self, load: Load) -> "Future[None]":
        """No events are taken here. Raises BadSetup."""
        self.secret()

    def settled(self) -> None:
        """Return when every partition's owner has the newest registry in force, and what it changed is rebuilt.

        Raises NotNow when that takes too long, as it does while no worker runs.
        """
        version = self.registry.version
        deadline = time.monotonic() + ADOPTION_SECONDS
        while behind := [name for name, held in self.query("registries_of_partitions").rows if held != version]:
            if time.monotonic() > deadline:
                raise NotNow(f"{len(behind)} partitions do not have registry {version[:12]} in force; do workers run?")
            time.sleep(0.2)

    def verify(self, on_progress: Callable[[int], None] = lambda n: None) -> Report:
        """Recompute everything from the log and compare; says whether workers wrote meanwhile."""
        before = self._state()
        report = verify(self._store, self.registry, on_progress=on_progress)
        return msgspec.structs.replace(report, moved=self._state() != before)

    def rejects(self) -> list[Kept]:
        """What was refused and not accepted since."""
        return Rejects(self._store).open()

    def retry(self) -> tuple[int, int]:
        """Send what can be retried onto the bus again: (accepted, refused still).

        Raises BadSetup without a bus or a secret, NotNow when the bus does not take it; then nothing is marked.
        """
        from producers.bus_sink import BusSink  # Kafka's client is loaded only where something is sent
        from producers.publishing import Publisher

        addresses, secret = brokers(self._bus), secret_key(self._secret)
        rejects = Rejects(self._store)
        rows = rejects.open(retryable_only=True)
        judged = judged_again(rows, registry=self.registry, secret=secret, now=self.now())
        with Publisher(addresses) as publisher:
            sink = BusSink(publisher, patience_seconds=RETRY_SECONDS)
            sink.put(judged.events, ())
            sink.durable()
        rejects.mark_accepted(judged.accepted)
        return len(judged.accepted), len(rows) - len(judged.accepted)

    def mended(self, digests: Sequence[str]) -> None:
        """Say of refused rows of files that the same rows were taken since, through a mapping that was mended."""
        Rejects(self._store).mark_taken(digests)

    def removable_events(self, arrived_before: int) -> int:
        """How many rows of the log arrived before an instant (ms UTC)."""
        return removable(self._store, before=arrived_before, upto_seq=EVERYTHING)

    def remove_events(self, arrived_before: int) -> int:
        """Remove them; facts and windows stay. How many went.

        The instant must lie further back than Kafka keeps records: a flush that a crash cut short is then long redone.
        """
        return remove_events(self._store, before=arrived_before, upto_seq=EVERYTHING, now=self.now())

    def load_registry(self, registry: Registry) -> list[str]:
        """Make a registry the newest; the units whose past it changes, which the workers rebuild.

        Raises BadSetup, and changes nothing, for a registry without a unit that has events.
        """
        stored = newest(self._store)
        with_events = units_with_events(self._store, registry)
        write_reference(self._store, registry)
        if stored is not None and stored.registry.version == registry.version:
            return []
        add(self._store, registry, epoch=0, now=self.now(), after=stored)
        return changed_units(stored.registry, registry, with_events) if stored else []

    def clocks(self, language: Language = "id") -> list[SourceClock]:
        """Every source's clock, what is wrong with it and what would mend it."""
        return ClockWatches(self._store).clocks(self.registry, language)

    def keep_effects(self, computed: Sequence[Assessment]) -> None:
        """Make these effects of trainings all that is stored."""
        self._store.insert(rows_to_keep(self.query, computed, self.now()))

    def now(self) -> int:
        """This machine's clock, ms UTC."""
        return time.time_ns() // 1_000_000

    def _state(self) -> tuple[Any, ...]:
        """What changes with every flush of a worker."""
        found: tuple[Any, ...] = self.query("newest_state").rows[0]
        return found

    def answer_alert(self, answer: Acknowledgement) -> None:
        """Remember that somebody takes an alert on, or is done with it."""
        remember(AlertTables(self._engine), answer)

    def silence(self, silence: Silence) -> None:
        """Remember a silence."""
        AlertTables(self._engine).silence(silence)

    def lift_silence(self, turn: SilenceTurn) -> None:
        """Remember that somebody ended a silence before its last day."""
        AlertTables(self._engine).keep_silence_turns([turn], found_at=self.now())

    def look_for_alerts(self) -> int:
        """Evaluate what has closed and put into the outbox what is due; how many messages that were."""
        return len(self.alerting.look())

    def close(self) -> None:
        """Close the connections."""
        self._engine.close()
