"""Trainings that viewers record on the page of a server's tables: onto the bus, as a gateway would send them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pantau.distributed.address import brokers, secret_key
from pantau.distributed.answering import Read
from pantau.domain.events import Event
from pantau.domain.registry import Registry
from pantau.settings import Settings, revealed
from pantau.web.record_page import Recording
from pantau.web.server import wall_clock

if TYPE_CHECKING:
    from producers.publishing import Publisher


class BusRuntime:
    """Implements :class:`pantau.web.record_page.Runtime`: the registry of the tables, events onto the bus."""

    def __init__(self, read: Read, publisher: "Publisher") -> None:
        self._read = read
        self._publisher = publisher

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return self._read.registry

    def submit(self, events: Sequence[Event]) -> "Future[None]":
        """Hand in events; done when the bus has them. Raises NotNow."""
        return self._publisher.publish(events)


@contextmanager
def recording_on_the_bus(read: Read, settings: Settings) -> Iterator[Recording | None]:
    """Who takes trainings, for as long as the block lasts; None for a page without the bus or without viewers.

    Nobody is believed to sit at the machine of a server. Raises BadSetup for a bus without the installation's secret.
    """
    if settings.bus is None or settings.viewers is None:
        yield None
        return
    from producers.publishing import Publisher  # Kafka's client is loaded only where something is sent

    secret = secret_key(revealed(settings.secret))
    with Publisher(brokers(settings.bus)) as publisher:
        yield Recording(BusRuntime(read, publisher), wall_clock, secret=secret, at_the_machine=False)
