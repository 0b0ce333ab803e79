"""Drafts from mappings and simulators become accepted events or kept rejections."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from itertools import repeat
from typing import Any, Protocol

import msgspec

from pantau.domain.errors import BadSetup
from pantau.domain.events import Data, Event
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept_data, expand
from pantau.embedded.runtime import Runtime
from storage.rejects import Kept, judged_again


class Draft(Protocol):
    """What a producer says happened: see ``producers.mapping.drafts.Draft`` and ``producers.simulator.draft.Draft``."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def time(self) -> int: ...  # noqa: D102
    @property
    def data(self) -> dict[str, object] | Data: ...  # noqa: D102


class Taken(msgspec.Struct, frozen=True):
    """What became of some drafts."""

    accepted: int
    rejected: tuple[Rejection, ...]


class Retried(msgspec.Struct, frozen=True):
    """What became of the rejects that were tried again: how many are accepted, how many are refused still."""

    accepted: int
    refused: int


def source_of(registry: Registry, name: str) -> Source:
    """The source as the registry has it. Raises BadSetup for one it does not have."""
    source = registry.source(name)
    if source is None:
        raise BadSetup(f"the registry has no source {name!r}; add a [[source]] with this name to registry.toml")
    return source


class Intake:
    """Judges drafts by the registry in force and hands them to the runtime."""

    def __init__(self, runtime: Runtime, secret: bytes) -> None:
        self._runtime = runtime
        self.secret = secret

    def judge(
        self, drafts: Iterable[Draft], arrivals: Iterable[int] | None = None
    ) -> tuple[list[Event], list[Rejection]]:
        """Accepted events (with what follows from them) and rejections, in order.

        They arrive now, or each at its instant (ms UTC) of ``arrivals``: of a history that is only simulated.
        """
        registry = self._runtime.registry
        instants = repeat(self._runtime.clock()) if arrivals is None else arrivals
        events: list[Event] = []
        rejections: list[Rejection] = []
        sources: dict[str, Source] = {}
        for draft, now in zip(drafts, instants, strict=False):
            source = sources.get(draft.source)
            if source is None:
                source = sources[draft.source] = source_of(registry, draft.source)
            data = draft.data if isinstance(draft.data, dict) else msgspec.to_builtins(draft.data)
            judged = accept_data(
                draft.kind,
                data,
                id=draft.id,
                time=draft.time,
                registry=registry,
                source=source,
                now=now,
                secret=self.secret,
            )
            if isinstance(judged, Rejection):
                rejections.append(judged)
            elif judged.kind == "ticket.transferred":
                events.extend(expand(judged))
            else:
                events.append(judged)
        return events, rejections

    def take(self, drafts: Iterable[Draft], arrivals: Iterable[int] | None = None) -> tuple[Taken, "Future[None]"]:
        """Judge and hand in; the future is done when the accepted ones are durable. Rejections are durable already."""
        events, rejections = self.judge(drafts, arrivals)
        kept: Future[Any] | None = self._runtime.reject(rejections) if rejections else None
        durable = self._runtime.submit(events)
        if kept is not None:
            kept.result()
        return Taken(len(events), tuple(rejections)), durable

    def retry(self, rows: Sequence[Kept]) -> Retried:
        """Try refused events again as they were sent; those accepted now are events like any other."""
        runtime = self._runtime
        judged = judged_again(rows, registry=runtime.registry, secret=self.secret, now=runtime.clock())
        runtime.submit(judged.events).result()
        runtime.between_flushes(lambda: runtime.rejects().mark_accepted(judged.accepted))
        return Retried(len(judged.accepted), len(rows) - len(judged.accepted))
