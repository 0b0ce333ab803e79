"""What waits for the bus and holds something that it never takes: what the bus takes of it, the rest as refusals."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from functools import partial
from itertools import groupby
from typing import Final

import structlog

from pantau.bus.undelivered import ForGood, TooLarge, Undelivered, refusal_of, shortened, sifted
from pantau.domain.errors import BadEvent, NotNow
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection

log = structlog.get_logger(__name__)

INSIST_SECONDS: Final = 10.0
"""How long one part is tried: after every refusal the client of the bus begins anew, and takes nothing meanwhile."""

LOOK_SECONDS: Final = 0.1

Thing = Event | Rejection


class Sieve:
    """Passes on in order; used by one thread.

    An event that the bus never takes goes there as a refusal. Where it does not take that either, ``set_aside`` keeps
    it whole, with the reason, and the bus is given its beginning.
    """

    def __init__(
        self,
        *,
        events: Callable[[Sequence[Event]], "Future[None]"],
        refusals: Callable[[Sequence[Rejection]], "Future[None]"],
        set_aside: Callable[[Rejection, str], None],
        stopping: Callable[[], bool],
        secret: bytes,
    ) -> None:
        self._events = events
        self._refusals = refusals
        self._set_aside = set_aside
        self._stopping = stopping
        self._secret = secret

    def pass_on(self, things: Sequence[Thing]) -> Iterator[ForGood | None]:
        """For each thing, once the bus has it: None, or why it has it only as a refusal.

        Raises NotNow where the bus does not answer or takes nothing, OSError where something cannot be set aside.
        """
        for thing, why in sifted(things, self._give):
            if why is not None:
                self._keep(thing, why)
            yield why

    def _keep(self, thing: Thing, why: ForGood) -> None:
        if isinstance(thing, Event):
            log.warning("the bus never takes an event", source=thing.source, id=thing.id, why=str(why))
            refusal = refusal_of(thing, why, secret=self._secret)
            try:
                self._give([refusal])
            except ForGood as error:
                thing, why = refusal, error
            else:
                return
        self._set_aside(thing, str(why))
        try:
            self._give([shortened(thing)])
        except ForGood as error:  # the file has it
            log.warning("the bus never takes a refusal", source=thing.source, id=thing.id, why=str(error))

    def _give(self, things: Sequence[Thing]) -> None:
        """Return when the bus has all. Raises ForGood, and NotNow when it does not answer."""
        for _, alike in groupby(things, type):
            self._insist(partial(self._send, [*alike]))

    def _send(self, alike: Sequence[Thing]) -> "Future[None]":
        events = [each for each in alike if isinstance(each, Event)]
        return (
            self._events(events) if events else self._refusals([each for each in alike if isinstance(each, Rejection)])
        )

    def _insist(self, send: "Callable[[], Future[None]]") -> None:
        until = time.monotonic() + INSIST_SECONDS
        while True:
            try:
                self._settled(send())
            except BadEvent as error:
                raise TooLarge(str(error)) from error
            except NotNow as error:
                if isinstance(error, Undelivered) and error.for_good is not None:
                    raise error.for_good(str(error)) from error
                if self._stopping() or time.monotonic() > until:
                    raise
                time.sleep(LOOK_SECONDS)
            else:
                return

    def _settled(self, sent: "Future[None]") -> None:
        while wait([sent], LOOK_SECONDS).not_done:
            if self._stopping():
                raise NotNow("the gateway stops")
        sent.result()
