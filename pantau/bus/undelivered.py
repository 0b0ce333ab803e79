"""What the bus did not take, and what to do with what it will never take: find it, and keep it as a refusal."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import msgspec

from pantau.bus.records import packed
from pantau.domain.errors import NotNow
from pantau.domain.events import Event
from pantau.domain.personal import keyed_digest
from pantau.domain.rejections import KEPT_OF_OVERSIZE, Code, Rejection, flaw
from pantau.domain.spans import Language

T = TypeVar("T")


class ForGood(NotNow):
    """The bus refuses something in what it was given: sent again in the same company it is refused again."""


class TooLarge(ForGood):
    """The bus takes no part of this size; smaller ones it may."""


class Undelivered(NotNow):
    """Some of what was handed in together is not acknowledged; it may be on the bus or not, so send it again.

    ``for_good`` says how, where the bus refuses something in it: then only the rest of it can be sent again.
    """

    def __init__(
        self,
        why: str,
        events: Sequence[Event],
        rejections: Sequence[Rejection],
        *,
        for_good: type[ForGood] | None = None,
    ) -> None:
        self.events = tuple(events)
        self.rejections = tuple(rejections)
        self.for_good = for_good
        super().__init__(f"the bus did not take {len(events) + len(rejections)} of what was sent: {why}")


def sifted(things: Sequence[T], give: Callable[[Sequence[T]], None]) -> Iterator[tuple[T, ForGood | None]]:
    """Give everything in its order; for each thing, why the bus never takes it, None where it has it.

    ``give`` returns when the bus has its part and raises ForGood; what else it raises ends this, with all that was
    told before it given. One bad thing among n costs about 2 log2 n calls.

    Size is a thing's own. Any other refusal is believed once something else was taken, an event for an event: a bus
    that takes none refuses the topic and not what is sent there. Raises NotNow then, with nothing more told.
    """
    untold: list[tuple[T, ForGood | None]] = []
    doubted: dict[type, ForGood] = {}
    taken: set[type] = set()
    for thing, why in _halved(things, give):
        untold.append((thing, why))
        if why is None:
            taken.add(type(thing))
        elif not isinstance(why, TooLarge):
            doubted.setdefault(type(thing), why)
        if Event in taken or (taken and Event not in doubted) or not doubted:
            for each, reason in untold:
                # the bus may have been mended since
                again = each is not thing and reason is not None and not isinstance(reason, TooLarge)
                yield each, _once_more(each, give) if again else reason
            untold.clear()
            doubted.clear()
    for why in doubted.values():
        raise NotNow(f"the bus takes nothing, compare: pantau topics check ({why})") from why


def _halved(things: Sequence[T], give: Callable[[Sequence[T]], None]) -> Iterator[tuple[T, ForGood | None]]:
    if not things:
        return
    try:
        give(things)
    except ForGood as error:
        if len(things) == 1:
            yield things[0], error
            return
        middle = len(things) // 2
        yield from _halved(things[:middle], give)
        yield from _halved(things[middle:], give)
    else:
        for thing in things:
            yield thing, None


def _once_more(thing: T, give: Callable[[Sequence[T]], None]) -> ForGood | None:
    try:
        give([thing])
    except ForGood as error:
        return error
    return None


def refusal_of(event: Event, why: ForGood, *, secret: bytes, language: Language = "id") -> Rejection:
    """An accepted event that the bus takes in no record, as a refusal: whole, so that it can be tried again.

    It came when the event did, because a retry judges it as of then.
    """
    (original,) = packed([event])
    size = f"{len(original)} byte"
    code: Code = "oversize" if isinstance(why, TooLarge) else "bus"
    text = "bus_oversize" if code == "oversize" else "bus"
    return Rejection(
        source=event.source,
        id=event.id,
        time=event.time,
        code=code,
        reasons=(flaw(code, "(event)", size, language, text=text, detail=str(why)).fault,),
        original=original,
        digest=keyed_digest(original, secret),
        retryable=True,
        arrival=event.arrival,
    )


def shortened(rejection: Rejection) -> Rejection:
    """A refusal that is too large itself: with the beginning of the original, which cannot be tried again."""
    return msgspec.structs.replace(rejection, original=rejection.original[:KEPT_OF_OVERSIZE], retryable=False)
