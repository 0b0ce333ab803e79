"""The desk: what every verb of the command line needs from the product, wherever it runs.

If a process owns the data directory the desk asks it over loopback; if none does, the desk opens the directory itself.
The user does not have to know which.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import msgspec

from pantau.alerting.answers import remember
from pantau.domain.alerts.silences import Silence, SilenceTurn
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.effects.assessments import Assessment
from pantau.domain.errors import BadSetup, NotNow, PantauError
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.domain.spans import Language
from pantau.embedded.clock_watches import SourceClock
from pantau.embedded.running import Running, running_process
from producers.packed import Packed
from storage.alert_reading import Receipt, Reply
from storage.alerts import AlertTables
from storage.effects import rows_to_keep
from storage.engine import Answer
from storage.rejects import Kept
from storage.verify import Report


class Load(msgspec.Struct, frozen=True):
    """What a producer judged and hands in: accepted events, and refusals with their reasons."""

    events: list[Packed]
    rejections: list[Rejection]


_TUPLE = "()"


def wrapped(value: Any) -> Any:
    """A query's parameters for the wire, where a tuple would arrive as a list: it travels under a name of its own."""
    match value:
        case dict():
            return {name: wrapped(each) for name, each in value.items()}
        case tuple():
            return {_TUPLE: [wrapped(each) for each in value]}
        case list():
            return [wrapped(each) for each in value]
    return value


def unwrapped(value: Any) -> Any:
    """What :func:`wrapped` was given."""
    match value:
        case {"()": parts} if len(value) == 1:
            return tuple(unwrapped(each) for each in parts)
        case dict():
            return {name: unwrapped(each) for name, each in value.items()}
        case list():
            return [unwrapped(each) for each in value]
    return value


class Desk(Protocol):
    """The product's verbs."""

    @property
    def registry(self) -> Registry: ...  # noqa: D102

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer: ...  # noqa: D102
    def secret(self) -> bytes: ...  # noqa: D102
    def take(self, load: Load) -> Future[None]: ...  # noqa: D102
    def settled(self) -> None: ...  # noqa: D102
    def verify(self, on_progress: Callable[[int], None] = ...) -> Report: ...  # noqa: D102
    def rejects(self) -> list[Kept]: ...  # noqa: D102
    def retry(self) -> tuple[int, int]: ...  # noqa: D102
    def mended(self, digests: Sequence[str]) -> None: ...  # noqa: D102
    def removable_events(self, arrived_before: int) -> int: ...  # noqa: D102
    def remove_events(self, arrived_before: int) -> int: ...  # noqa: D102
    def load_registry(self, registry: Registry) -> list[str]: ...  # noqa: D102
    def clocks(self, language: Language = ...) -> list[SourceClock]: ...  # noqa: D102
    def keep_effects(self, computed: Sequence[Assessment]) -> None: ...  # noqa: D102
    def now(self) -> int: ...  # noqa: D102
    def answer_alert(self, answer: Acknowledgement) -> None: ...  # noqa: D102
    def silence(self, silence: Silence) -> None: ...  # noqa: D102
    def lift_silence(self, turn: SilenceTurn) -> None: ...  # noqa: D102
    def look_for_alerts(self) -> int: ...  # noqa: D102


class LocalDesk:
    """The desk inside the process that owns the directory."""

    def __init__(self, runtime: Any, data_dir: Path) -> None:
        from pantau.embedded.alerting import Alerting
        from pantau.embedded.intake import Intake
        from pantau.secret_file import secret_of

        self.runtime = runtime
        self.intake = Intake(runtime, secret_of(data_dir))
        self.alerting = Alerting(
            AlertTables(runtime.engine), lambda: self.registry, runtime.clock, secret=self.secret()
        )

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        found: Registry = self.runtime.registry
        return found

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a named query."""
        answer: Answer = self.runtime.query(name, params)
        return answer

    def secret(self) -> bytes:
        """The key of this installation's pseudonyms and digests."""
        return self.intake.secret

    def take(self, load: Load) -> "Future[None]":
        """Hand in judged events, waiting while too many wait; the future is done when they are durable."""
        if load.rejections:
            self.runtime.reject(load.rejections).result()
        events = [packed.event() for packed in load.events]
        while True:
            try:
                durable: Future[None] = self.runtime.submit(events)
            except NotNow:
                if self.runtime.failed:
                    raise
                time.sleep(0.02)
            else:
                return durable

    def settled(self) -> None:
        """Return when everything handed in is in facts and windows."""
        self.runtime.settled()

    def verify(self, on_progress: Callable[[int], None] = lambda n: None) -> Report:
        """Recompute everything from the log and compare."""
        report: Report = self.runtime.verify(on_progress)
        return report

    def rejects(self) -> list[Kept]:
        """What was refused and not accepted since."""
        found: list[Kept] = self.runtime.between_flushes(self.runtime.rejects().open)
        return found

    def retry(self) -> tuple[int, int]:
        """Try what can be retried again: (accepted, refused still)."""
        rows = [row for row in self.rejects() if row.retryable]
        result = self.intake.retry(rows)
        return result.accepted, result.refused

    def mended(self, digests: Sequence[str]) -> None:
        """Say of refused rows of files that the same rows were taken since, through a mapping that was mended."""
        runtime, some = self.runtime, [*digests]
        runtime.between_flushes(lambda: runtime.rejects().mark_taken(some))

    def removable_events(self, arrived_before: int) -> int:
        """How many rows of the log arrived before an instant (ms UTC) and are in facts and windows."""
        n: int = self.runtime.removable_raw_events(arrived_before=arrived_before)
        return n

    def remove_events(self, arrived_before: int) -> int:
        """Remove them; facts and windows stay. How many went."""
        n: int = self.runtime.remove_raw_events(arrived_before=arrived_before)
        return n

    def load_registry(self, registry: Registry) -> list[str]:
        """Put a registry in force; the units whose past it changed."""
        changed: list[str] = self.runtime.load_registry(registry)
        return changed

    def clocks(self, language: Language = "id") -> list[SourceClock]:
        """Every source's clock, what is wrong with it and what would mend it."""
        found: list[SourceClock] = self.runtime.clocks(language)
        return found

    def keep_effects(self, computed: Sequence[Assessment]) -> None:
        """Make these effects of trainings all that is stored."""
        self.runtime.write(rows_to_keep(self.query, computed, self.now()))

    def now(self) -> int:
        """The process's clock, ms UTC."""
        now: int = self.runtime.clock()
        return now

    def answer_alert(self, answer: Acknowledgement) -> None:
        """Remember that somebody takes an alert on, or is done with it; a number of a person in the note is masked."""
        remember(AlertTables(self.runtime.engine), answer)

    def receive(self, replies: Sequence[Reply]) -> None:
        """Keep replies that a service brought."""
        AlertTables(self.runtime.engine).receive(replies)

    def keep_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Keep what a service told of messages; whoever delivers brings it into the outbox."""
        AlertTables(self.runtime.engine).keep_receipts(receipts)

    def silence(self, silence: Silence) -> None:
        """Remember a silence."""
        AlertTables(self.runtime.engine).silence(silence)

    def lift_silence(self, turn: SilenceTurn) -> None:
        """Remember that somebody ended a silence before its last day."""
        AlertTables(self.runtime.engine).keep_silence_turns([turn], found_at=self.now())

    def look_for_alerts(self) -> int:
        """Evaluate what has closed and put into the outbox what is due; how many messages that were."""
        return len(self.alerting.look())


class RemoteDesk:
    """The desk through the process that owns the directory. Raises NotNow when it does not answer."""

    def __init__(self, running: Running) -> None:
        import httpx

        self._http = httpx.Client(
            base_url=running.url, headers={"authorization": f"Bearer {running.token}"}, timeout=httpx.Timeout(600)
        )

    def _ask(self, path: str, body: Any, answer: Any) -> Any:
        import httpx

        try:
            response = self._http.post(f"/internal/{path}", content=msgspec.msgpack.encode(body))
        except httpx.HTTPError as error:
            raise NotNow(f"the running process does not answer: {error}") from error
        if response.status_code != 200:
            kind = {400: BadSetup, 503: NotNow}.get(response.status_code, PantauError)
            raise kind(response.text)
        return msgspec.msgpack.decode(response.content, type=answer)

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return Registry.from_rows(self._ask("registry", None, list[dict[str, Any]]))

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a named query."""
        answer = self._ask("query", [name, wrapped(dict(params or {}))], Answer)
        days = [index for index, (_, kind) in enumerate(answer.columns) if kind in ("Date", "Nullable(Date)")]
        rows = [tuple(row) for row in answer.rows]
        if days:
            rows = [
                tuple(
                    date.fromisoformat(value) if index in days and value is not None else value
                    for index, value in enumerate(row)
                )
                for row in rows
            ]
        return Answer(answer.columns, rows)

    def secret(self) -> bytes:
        """The key of this installation's pseudonyms and digests."""
        key: bytes = self._ask("secret", None, bytes)
        return key

    def take(self, load: Load) -> "Future[None]":
        """Hand in judged events; they are durable when this returns."""
        self._ask("take", load, None)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def settled(self) -> None:
        """Return when everything handed in is in facts and windows."""
        self._ask("settled", None, None)

    def verify(self, on_progress: Callable[[int], None] = lambda n: None) -> Report:
        """Recompute everything from the log and compare."""
        report: Report = self._ask("verify", None, Report)
        return report

    def rejects(self) -> list[Kept]:
        """What was refused and not accepted since."""
        rows: list[Kept] = self._ask("rejects", None, list[Kept])
        return rows

    def retry(self) -> tuple[int, int]:
        """Try what can be retried again: (accepted, refused still)."""
        result: tuple[int, int] = self._ask("retry", None, tuple[int, int])
        return result

    def mended(self, digests: Sequence[str]) -> None:
        """Say of refused rows of files that the same rows were taken since, through a mapping that was mended."""
        self._ask("mended", [*digests], None)

    def removable_events(self, arrived_before: int) -> int:
        """How many rows of the log arrived before an instant (ms UTC) and are in facts and windows."""
        n: int = self._ask("removable_events", arrived_before, int)
        return n

    def remove_events(self, arrived_before: int) -> int:
        """Remove them; facts and windows stay. How many went."""
        n: int = self._ask("remove_events", arrived_before, int)
        return n

    def load_registry(self, registry: Registry) -> list[str]:
        """Put a registry in force; the units whose past it changed."""
        changed: list[str] = self._ask("load_registry", registry.to_rows(), list[str])
        return changed

    def clocks(self, language: Language = "id") -> list[SourceClock]:
        """Every source's clock, what is wrong with it and what would mend it."""
        found: list[SourceClock] = self._ask("clocks", language, list[SourceClock])
        return found

    def keep_effects(self, computed: Sequence[Assessment]) -> None:
        """Make these effects of trainings all that is stored."""
        self._ask("keep_effects", [*computed], None)

    def now(self) -> int:
        """The process's clock, ms UTC."""
        now: int = self._ask("now", None, int)
        return now

    def answer_alert(self, answer: Acknowledgement) -> None:
        """Remember that somebody takes an alert on, or is done with it."""
        self._ask("answer_alert", answer, None)

    def silence(self, silence: Silence) -> None:
        """Remember a silence."""
        self._ask("silence", silence, None)

    def lift_silence(self, turn: SilenceTurn) -> None:
        """Remember that somebody ended a silence before its last day."""
        self._ask("lift_silence", turn, None)

    def look_for_alerts(self) -> int:
        """Evaluate what has closed and put into the outbox what is due; how many messages that were."""
        n: int = self._ask("look_for_alerts", None, int)
        return n


@contextlib.contextmanager
def open_desk(data_dir: Path, *, registry: Registry | None = None) -> Iterator[Desk]:
    """A desk on a data directory: the running process's, or our own for as long as the block lasts.

    A registry given is put in force. Raises BadSetup when the directory has no registry and none is given.
    """
    running = running_process(data_dir)
    if running is not None:
        remote = RemoteDesk(running)
        remote.now()
        if registry is not None:
            remote.load_registry(registry)
        yield remote
        return
    from pantau.embedded.runtime import Runtime

    runtime = Runtime.open(data_dir, registry=registry, clock=lambda: time.time_ns() // 1_000_000)
    try:
        yield LocalDesk(runtime, data_dir)
    finally:
        runtime.close()
