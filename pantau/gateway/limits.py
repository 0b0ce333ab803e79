"""How much one sender may send: sizes of a request, and events a second for each key."""

from collections.abc import Callable

import msgspec

from pantau.domain.errors import BadSetup

Clock = Callable[[], int]
"""Now, in milliseconds since 1970-01-01T00:00:00Z."""


class GatewayLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of the gateway. All of them answer 413 or 429; none drops anything silently."""

    request_bytes: int = 2 * 1024 * 1024
    """Bytes of one request's body; a thousand ordinary events take about 300 KB."""

    batch_events: int = 1_000
    """Events in one request. More of them in one go make others wait for the answer, and win no speed."""

    event_bytes: int = 64 * 1024
    """Bytes of one event; what CloudEvents 1.0 asks every receiver to take."""

    events_per_second: int = 10_000
    """Events a second that one key may send on average: a source that runs wild cannot crowd out the others."""

    burst_events: int = 20_000
    """Events that one key may send at once after a pause; at least ``batch_events``."""

    refusal_cost: int = 20
    """As how many events a refused one counts: explaining what is wrong takes that much longer than accepting."""

    durable_wait_seconds: float = 30.0
    """How long a request waits for its events to be durable before it is answered with 503."""

    retry_after_seconds: int = 2
    """What Retry-After says with a 503."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if getattr(self, name) <= 0:
                raise BadSetup(f"batas gateway {name} = {getattr(self, name)} harus lebih dari 0")
        if self.burst_events < self.batch_events:
            raise BadSetup(
                f"burst_events = {self.burst_events} lebih kecil dari batch_events = {self.batch_events}: "
                "kiriman penuh tidak akan pernah lolos; naikkan burst_events"
            )


class Allowance:
    """How many events each source may still send now: a token bucket for each, full at first, below zero in debt.

    Counts in thousandths of an event, so that milliseconds and events a second stay integers. Not thread-safe.
    """

    def __init__(self, limits: GatewayLimits, clock: Clock) -> None:
        self._rate = limits.events_per_second
        self._full = limits.burst_events * 1000
        self._clock = clock
        self._buckets: dict[str, tuple[int, int]] = {}

    def wait(self, source: str, events: int) -> int:
        """Milliseconds until the source may send that many events; 0 when it may now. Takes nothing."""
        missing = events * 1000 - self._level(source, self._clock())
        return max(0, -(-missing // self._rate))

    def take(self, source: str, events: int) -> int:
        """Take that many events off what the source may send, and return 0; or take none, and return the wait in ms."""
        now = self._clock()
        level = self._level(source, now)
        if level < events * 1000:
            return -(-(events * 1000 - level) // self._rate)
        self._buckets[source] = level - events * 1000, now
        return 0

    def charge(self, source: str, events: int) -> None:
        """Take that many events off what the source may send, also below nothing: then it waits the longer."""
        now = self._clock()
        self._buckets[source] = self._level(source, now) - events * 1000, now

    def _level(self, source: str, now: int) -> int:
        level, since = self._buckets.get(source, (self._full, now))
        # a clock that was set back takes nothing away
        return min(self._full, level + max(0, now - since) * self._rate)
