"""What the relay stands between: the bus, and the spool in which things wait for it."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from pantau.bus.spooled import Spooled
from pantau.domain.events import Event
from pantau.domain.rejections import Rejection


class Bus(Protocol):
    """Where accepted events and refusals go. Neither call blocks; both raise NotNow while the bus takes no more."""

    def publish(self, events: Sequence[Event]) -> "Future[None]":
        """Send events; done when the bus has all of them."""
        ...

    def reject(self, rejections: Sequence[Rejection]) -> "Future[None]":
        """Send refusals; done when the bus has all of them."""
        ...


class Spool(Protocol):
    """Where things wait for the bus, in order and on disk: see ``producers.spool.Spool``."""

    limit_bytes: int

    @property
    def size_bytes(self) -> int: ...  # noqa: D102
    @property
    def n_entries(self) -> int: ...  # noqa: D102
    @property
    def n_events(self) -> int: ...  # noqa: D102
    @property
    def n_damaged(self) -> int: ...  # noqa: D102
    @property
    def empty(self) -> bool: ...  # noqa: D102
    def append(self, kind: int, value: bytes, *, n: int, at: int) -> "Future[None]": ...  # noqa: D102
    @property
    def room_bytes(self) -> int: ...  # noqa: D102
    def set_aside(self, entries: Sequence[Spooled], *, why: str) -> None: ...  # noqa: D102
    def settled(self, timeout_seconds: float) -> bool: ...  # noqa: D102
    def first(self, size: int) -> Sequence[Any]: ...  # noqa: D102
    def take_out(self, taken: Sequence[Any]) -> None: ...  # noqa: D102
    def oldest_at(self) -> int | None: ...  # noqa: D102
