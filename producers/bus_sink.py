"""What a replay, a simulation or a running source hands in, onto the bus; what the bus did not take is sent again."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future

from pantau.bus.undelivered import TooLarge, Undelivered, refusal_of, shortened, sifted
from pantau.domain.errors import BadEvent, BadSetup
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept, expand
from producers.packed import Packed
from producers.publishing import Publisher
from producers.replay import unpacked
from producers.simulator.draft import Draft
from producers.simulator.output import cloud_event

PATIENCE_SECONDS = 600.0
"""How long a bus that takes nothing is tried before whoever hands in is told."""


class BusSink:
    """Implements :class:`producers.replay.Sink` on a publisher; used by one thread.

    Its calls raise NotNow when the bus took nothing for ``patience_seconds``. An event that the bus never takes goes
    there as a refusal; without a ``secret`` to make one, that is raised too.
    """

    def __init__(
        self, publisher: Publisher, *, secret: bytes | None = None, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._publisher = publisher
        self._secret = secret
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
            try:
                self._sent.append(self._publisher.publish(events, wait_seconds=self._patience))
            except BadEvent:
                if self._secret is None:
                    raise
                self._sift(events, (), self._secret)
        if rejections:
            self._sent.append(self._publisher.reject(rejections, wait_seconds=self._patience))

    def _settle(self, sent: "Future[None]") -> None:
        try:
            sent.result()
        except Undelivered as error:
            if error.for_good and self._secret is not None:
                self._sift(error.events, error.rejections, self._secret)
            elif error.for_good or time.monotonic() - self._taken_at > self._patience:
                raise
            else:
                self._publish(error.events, error.rejections)
        else:
            self._taken_at = time.monotonic()

    def _sift(self, events: Sequence[Event], rejections: Sequence[Rejection], secret: bytes) -> None:
        """Hand in what may hold something that the bus never takes, and wait; that goes to the bus as a refusal."""
        refused = [*rejections]
        for event, why in sifted(events, self._give):
            if why is not None:
                refused.append(refusal_of(event, why, secret=secret))
        for rejection, why in sifted(refused, self._refuse):
            if why is not None:
                self._refuse([shortened(rejection)])

    def _give(self, events: Sequence[Event]) -> None:
        try:
            self._insist(lambda: self._publisher.publish(events, wait_seconds=self._patience))
        except BadEvent as error:
            raise TooLarge(str(error)) from error

    def _refuse(self, rejections: Sequence[Rejection]) -> None:
        self._insist(lambda: self._publisher.reject(rejections, wait_seconds=self._patience))

    def _insist(self, send: "Callable[[], Future[None]]") -> None:
        while True:
            try:
                send().result()
            except Undelivered as error:
                if error.for_good is not None:
                    raise error.for_good(str(error)) from error
                if time.monotonic() - self._taken_at > self._patience:
                    raise
            else:
                self._taken_at = time.monotonic()
                return


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
