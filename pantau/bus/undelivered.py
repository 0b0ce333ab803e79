"""What the bus did not take, and what to do with what it will never take: find it, and keep it as a refusal."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from pantau.bus.records import packed
from pantau.domain.errors import NotNow
from pantau.domain.events import Event
from pantau.domain.personal import keyed_digest
from pantau.domain.rejections import KEPT_OF_OVERSIZE, Rejection, flaw
from pantau.domain.spans import Language

T = TypeVar("T")


class Undelivered(NotNow):
    """Some of what was handed in together is not acknowledged; it may be on the bus or not, so send it again.

    ``for_good`` says that the bus found something in it too large: sent again in the same company it is refused again.
    """

    def __init__(
        self, why: str, events: Sequence[Event], rejections: Sequence[Rejection], *, for_good: bool = False
    ) -> None:
        self.events = tuple(events)
        self.rejections = tuple(rejections)
        self.for_good = for_good
        super().__init__(f"the bus did not take {len(events) + len(rejections)} of what was sent: {why}")


class TooLarge(NotNow):
    """The bus takes no part of this size; smaller ones it may."""


def sifted(things: Sequence[T], give: Callable[[Sequence[T]], None]) -> Iterator[tuple[T, TooLarge | None]]:
    """Give everything in its order, in halves where the whole is too large; for each thing, why it is refused alone.

    ``give`` returns when the bus has its part and raises TooLarge; what else it raises ends this, with all that was
    told before it given. One bad thing among n costs about 2 log2 n calls.
    """
    if not things:
        return
    try:
        give(things)
    except TooLarge as error:
        if len(things) == 1:
            yield things[0], error
            return
        middle = len(things) // 2
        yield from sifted(things[:middle], give)
        yield from sifted(things[middle:], give)
    else:
        for thing in things:
            yield thing, None


def refusal_of(event: Event, why: object, *, secret: bytes, language: Language = "id") -> Rejection:
    """An accepted event that the bus takes in no record, as a refusal: whole, so that it can be tried again.

    It came when the event did, because a retry judges it as of then.
    """
    (original,) = packed([event])
    size = f"{len(original)} byte"
    return Rejection(
        source=event.source,
        id=event.id,
        time=event.time,
        code="oversize",
        reasons=(flaw("oversize", "(event)", size, language, text="bus_oversize", detail=str(why)).fault,),
        original=original,
        digest=keyed_digest(original, secret),
        retryable=True,
        arrival=event.arrival,
    )


def shortened(rejection: Rejection) -> Rejection:
    """A refusal that is too large itself: with the beginning of the original, which cannot be tried again."""
    return msgspec.structs.replace(rejection, original=rejection.original[:KEPT_OF_OVERSIZE], retryable=False)
