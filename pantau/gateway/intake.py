"""One request judged: which of its events are accepted, which are refused and why. Pure; the handlers do the rest."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from pantau.domain.events import Event
from pantau.domain.inspection import malformed
from pantau.domain.registry import ANY, Registry, Source
from pantau.domain.rejections import Language, Rejection, reject
from pantau.domain.validation import Limits, accept, expand
from pantau.domain.wire import RawEvent
from pantau.gateway.problems import Name

_NOT_ALLOWED: Final = frozenset({"source", "not_allowed"})


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """``events`` are what becomes of the accepted ones, also what follows from them; rejections have their place."""

    accepted: int
    events: Sequence[Event]
    rejections: Sequence[tuple[int, Rejection]]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the events of a request are judged by: who sent them, when they came (``now``, ms UTC), and the rules."""

    registry: Registry
    source: Source
    now: int
    secret: bytes
    event_bytes: int
    language: Language


def judge(raws: Iterable[RawEvent], terms: Terms) -> Iterator[tuple[Event, ...] | Rejection]:
    """For every event of a request in turn: itself and what follows from it, or why it is refused."""
    registry, source, now, secret = terms.registry, terms.source, terms.now, terms.secret
    limits = Limits(event_bytes=terms.event_bytes, language=terms.language)
    family = source.name.endswith(ANY)
    for raw in raws:
        sender = _member(raw, source, registry) if family else source
        judged = accept(raw, registry=registry, source=sender, now=now, secret=secret, limits=limits)
        yield judged if isinstance(judged, Rejection) else expand(judged)


class _Said(msgspec.Struct):
    source: str


_said: Final = msgspec.json.Decoder(_Said).decode


def _member(raw: RawEvent, family: Source, registry: Registry) -> Source:
    """The member of a family whose event this is; the family itself where its key does not speak for who is named.

    A source that has a record of its own is no member: it has another key or none.
    """
    try:
        name = _said(raw).source
    except (ValueError, RecursionError):
        return family
    member = msgspec.structs.replace(family, name=name)
    return member if registry.source(name) == member else family


def unreadable(body: bytes, why: str, terms: Terms) -> Rejection:
    """What is kept of a body that could not be taken apart into events, so that somebody can look at it."""
    return reject(
        [malformed(f"{len(body)} byte", why, terms.language)],
        source=terms.source,
        id=None,
        original=body,
        secret=terms.secret,
        now=terms.now,
        event_bytes=terms.event_bytes,
    )


def refusal(rejections: Sequence[tuple[int, Rejection]]) -> Name:
    """Which problem a request has of which no event was accepted: what all its events share, else ``rejected``."""
    codes = {rejection.code for _, rejection in rejections}
    if codes <= _NOT_ALLOWED:
        return "not-allowed"
    if codes == {"oversize"}:
        return "too-large"
    if codes == {"malformed"}:
        return "malformed"
    return "rejected"
