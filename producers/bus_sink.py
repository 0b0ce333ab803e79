"""What a replay, a simulation or a running source hands in, onto the bus; what the bus did not take is sent again."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future

from pantau.domain.errors import BadSetup
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept, expand
from producers.packed import Packed
from producers.parcels import Undelivered
from producers.publishing import Publisher
from producers.replay import unpacked
from producers.simulator.draft import Draft
from producers.simulator.output import cloud_event

PATIENCE_SECONDS = 600.0
"""How long a bus that takes nothing is tried before whoever hands in is told."""


class BusSink:
    """Implements :class:`producers.replay.Sink` on a publisher; used by one thread.

    Its calls raise NotNow when the bus took nothing for ``patience_seconds``.
    """

    def __init__(self, publisher: Publisher, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._publisher = publisher
        self._patience = patience_seconds
        self._sent: deque[Future[None]] = deque()
        self._taken_at = time.monotonic()

    def send(self, events: Sequence[Packed], rejections: Sequence[Rejection]) -> None:
        """Hand in; waits while too many wait for the bus."""
        self.put(unpacked(events), rejections)

    def put(self, events: Sequence[Event], rejections: Sequence[Rejection]) -> None:
        """The same for events that were never packed."""
        while self._sent and self._sent[0].done():
            self._settle(self._sent.popleft())
        self._publish(events, rejections)

    def durable(self) -> None:
        """Return when the bus has everything that was handed in."""
        while self._sent:
            self._settle(self._sent.popleft())

    def _publish(self, events: Sequence[Event], rejections: Sequence[Rejection]) -> None:
        if events:
            self._sent.append(self._publisher.publish(events, wait_seconds=self._patience))
        if rejections:
            self._sent.append(self._publisher.reject(rejections, wait_seconds=self._patience))

    def _settle(self, sent: "Future[None]") -> None:
        try:
            sent.result()
        except Undelivered as error:
            if time.monotonic() - self._taken_at > self._patience:
                raise
            self._publish(error.events, error.rejections)
        else:
            self._taken_at = time.monotonic()


def judged(
    drafts: Iterable[Draft], *, registry: Registry, secret: bytes, now: int
) -> tuple[list[Event], list[Rejection]]:
    """What becomes of a simulator's drafts. Raises BadSetup for a source that the registry does not have."""
    events: list[Event] = []
    rejections: list[Rejection] = []
    for draft in drafts:
        source = registry.source(draft.source)
        if source is None:
            raise BadSetup(f"the registry has no source {draft.source!r}; add a [[source]] with this name")
        verdict = accept(cloud_event(draft), registry=registry, source=source, now=now, secret=secret)
        if isinstance(verdict, Rejection):
            rejections.append(verdict)
        else:
            events += expand(verdict)
    return events, rejections
