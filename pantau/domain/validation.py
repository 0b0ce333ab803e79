"""Validation at the edge: an event is accepted, or refused with everything that is wrong with it.

The usual event passes by a decode, a few comparisons and one scan for personal data, about 2 µs; only what fails one
of them is inspected field by field. Accepting is pure: the same bytes, registry, source and now give the same answer.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import force_setattr

from pantau.domain import personal
from pantau.domain.event_rules import RULED, broken_time_rule, contradictions, in_utc, writable
from pantau.domain.events import PREFIX, VOCABULARY, Data, Event, TicketCreated, TicketData, TicketTransferred
from pantau.domain.inspection import (
    Terms,
    inspect_content,
    inspect_envelope,
    inspect_identity,
    inspect_place,
    malformed,
    oversize,
    unknown_kind,
)
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import PSEUDONYMISED, Flaw, Rejection, is_harmless, reject, reject_harmless
from pantau.domain.spans import Language
from pantau.domain.wire import TYPES, RawEvent, content_hash, decode_envelope, encode_data, encode_raw, epoch_ms
from pantau.domain.zones import local_day

OPENS: Final = "/opens"
"""Ends the id of the ticket that a transfer opens in the other unit."""


class Limits(msgspec.Struct, frozen=True):
    """How large an event may be, in bytes of its JSON, and in which language reasons are given."""

    event_bytes: int = 65_536
    language: Language = "id"


LIMITS: Final = Limits()


def accept(
    raw: RawEvent, *, registry: Registry, source: Source, now: int, secret: bytes, limits: Limits = LIMITS
) -> Event | Rejection:
    """The event that a structured CloudEvent says, or why it is refused.

    ``source`` is who sent it, ``now`` is when it arrived (ms UTC), ``secret`` keys pseudonyms and digests. ``time``
    stays the source's own word; it is judged as the registry's clock corrections have it.
    """
    detail = ""
    if len(raw) <= limits.event_bytes:
        try:
            envelope = decode_envelope(raw)
            kind, decode = TYPES[envelope.type]
            data = decode(envelope.data)
        except (ValueError, KeyError, RecursionError) as error:
            detail = str(error)
        else:
            if envelope.source == source.name:
                time = epoch_ms(envelope.time)
                event = _judge(kind, data, envelope.id, time, registry, source, now, secret, limits)
                if event is not None:
                    return event
                terms = Terms(registry, source, now, limits.language)
                refused = _refused_by_rule(kind, data, envelope.id, time, bytes(raw), terms, secret, limits, ours=False)
                if refused is not None:
                    return refused
    return _explain(bytes(raw), detail, Terms(registry, source, now, limits.language), secret, limits)


def accept_data(
    kind: str,
    data: Mapping[str, Any],
    *,
    id: str,
    time: int,
    registry: Registry,
    source: Source,
    now: int,
    secret: bytes,
    limits: Limits = LIMITS,
) -> Event | Rejection:
    """As :func:`accept`, for a producer that holds Python values: no JSON is made unless the event is refused.

    ``time`` is in ms UTC. ``data`` has the fields of the kind's record; dates and times may be ``date``, ``datetime``
    or ISO text.
    """
    detail = ""
    try:
        record = msgspec.convert(data, VOCABULARY[kind])
    except (ValueError, KeyError, OverflowError) as error:
        detail = str(error)
    else:
        if type(id) is str and 0 < len(id) <= 256 and type(time) is int and _YEAR_1 <= time < _YEAR_10000:
            event = _judge(kind, record, id, time, registry, source, now, secret, limits)
            if event is not None:
                return event
            terms = Terms(registry, source, now, limits.language)
            original = encode_raw(source.name, id, kind, time, data)
            refused = _refused_by_rule(kind, record, id, time, original, terms, secret, limits, ours=True)
            if refused is not None:
                return refused
    terms = Terms(registry, source, now, limits.language)
    return _explain_data(kind, data, id, time, detail, terms, secret, limits)


def expand(event: Event) -> tuple[Event, ...]:
    """The event, and what follows from it: a transfer to another unit opens a ticket there.

    The opened ticket keeps source, number, service day, time and arrival; its id is the transfer's with ``/opens``, so
    that a replay gives the same two events.
    """
    data = event.data
    if not isinstance(data, TicketTransferred) or data.to_unit is None or data.to_unit == data.unit:
        return (event,)
    opened = TicketCreated(
        unit=data.to_unit,
        provenance=data.provenance,
        ticket=data.ticket,
        service_day=data.service_day,
        service=data.to_service or data.service,
        channel=data.channel,
        came_from=data.unit,
    )
    kind = "ticket.created"
    return event, Event(
        source=event.source,
        id=event.id + OPENS,
        kind=kind,
        time=event.time,
        arrival=event.arrival,
        data=opened,
        content=content_hash(kind, event.time, encode_data(opened)),
    )


_YEAR_1: Final = -62_135_596_800_000
_YEAR_10000: Final = 253_402_300_800_000


def _judge(
    kind: str,
    data: Data,
    id: str,
    time: int,
    registry: Registry,
    source: Source,
    now: int,
    secret: bytes,
    limits: Limits,
) -> Event | None:
    """The event when every rule is kept, else None. Positional, because every event passes here."""
    unit = data.unit
    try:
        zone = registry.zone(unit)
    except KeyError:
        return None
    if source.units is not None and unit not in source.units:
        return None
    corrected = registry.correct(source.name, time) if registry.corrections else time
    if broken_time_rule(corrected, source, now, zone) is not None or not writable(time):
        return None
    if kind in RULED:
        if contradictions(kind, data, time):
            return None
        to_unit = data.to_unit if type(data) is TicketTransferred else None
        if to_unit is not None and (registry.unit(to_unit) is None or not source.may_speak_for(to_unit)):
            return None
        data = in_utc(data)
    if source.numbers_restart == "daily" and isinstance(data, TicketData) and data.service_day is None:
        # by the source's own word: a later ruling on its clock must not make another ticket of the same event
        force_setattr(data, "service_day", local_day(zone, time))  # the record is ours, and nobody has seen it yet
    try:
        encoded = encode_data(data)
        scanned = id.encode() + encoded
    except UnicodeEncodeError:  # half a surrogate pair, from a file read carelessly
        return None
    if len(encoded) > limits.event_bytes:
        return None
    if personal.suspicious(scanned):
        allowed = _without_personal_data(data, id, source, secret)
        if allowed is None:
            return None
        data, id = allowed
        encoded = encode_data(data)
    return Event(
        source=source.name,
        id=id,
        kind=kind,
        time=time,
        arrival=now,
        data=data,
        content=content_hash(kind, time, encoded),
    )


def _without_personal_data(data: Data, id: str, source: Source, secret: bytes) -> tuple[Data, str] | None:
    """The record and the id with pseudonyms where the source may have them; None where personal data would remain."""
    pseudonyms: dict[str, str] = {}
    for name in data.__struct_fields__:
        value = getattr(data, name)
        if isinstance(value, str) and name not in ("unit", "to_unit") and personal.find(value):
            if source.personal != "pseudonymise" or name not in PSEUDONYMISED:
                return None
            pseudonyms[name] = personal.pseudonym(value, secret)
    if personal.find(id):
        if source.personal != "pseudonymise":
            return None
        id = personal.pseudonym(id, secret)
    return (msgspec.structs.replace(data, **pseudonyms) if pseudonyms else data), id


def _explain(raw: bytes, detail: str, terms: Terms, secret: bytes, limits: Limits) -> Rejection:
    if len(raw) > limits.event_bytes:
        flaws = [oversize(len(raw), limits.event_bytes, terms.language)]
        return _refusal(flaws, None, None, raw, detail, terms, secret, limits)
    flaws, id, time = inspect_envelope(raw, terms)
    return _refusal(flaws, id, time, raw, detail, terms, secret, limits)


def _refused_by_rule(
    kind: str,
    record: Data,
    id: str,
    time: int,
    original: bytes,
    terms: Terms,
    secret: bytes,
    limits: Limits,
    *,
    ours: bool,
) -> Rejection | None:
    """Why a well-formed event breaks a rule of its unit or its time; None where that is not all there is to say.

    The same as :func:`_explain` says, for a tenth of its cost: a file from an office that the registry lacks is refused
    a million times. What is harmless as a whole needs no look at its parts. ``ours``: the original was written here.
    """
    if kind in RULED or len(original) > limits.event_bytes:
        return None  # they can contradict themselves too
    flaws = inspect_place(record.unit, time, terms)
    if not flaws or not is_harmless(original, names_known=ours):
        return None
    return reject_harmless(flaws, terms.source, id, time, original, secret, terms.now)


def _explain_data(
    kind: str,
    data: Mapping[str, Any],
    id: str,
    time: int,
    detail: str,
    terms: Terms,
    secret: bytes,
    limits: Limits,
) -> Rejection:
    flaws = inspect_identity(id, time, terms.language)
    wrong = {each.fault.field for each in flaws}
    known = kind in VOCABULARY
    if not known:
        flaws.append(unknown_kind(PREFIX + kind, terms.language))
    sound_id, sound_time = None if "id" in wrong else id, None if "time" in wrong else time
    flaws += inspect_content(kind if known else None, data, sound_id, sound_time, terms)
    original = encode_raw(terms.source.name, id, kind, time, data)
    if len(original) > limits.event_bytes:
        flaws.append(oversize(len(original), limits.event_bytes, terms.language))
    return _refusal(flaws, sound_id, sound_time, original, detail, terms, secret, limits)


def _refusal(
    flaws: list[Flaw],
    id: str | None,
    time: int | None,
    original: bytes,
    detail: str,
    terms: Terms,
    secret: bytes,
    limits: Limits,
) -> Rejection:
    if not flaws:  # the decoder saw what the parsed object does not show, such as the first of two equal keys
        flaws = [malformed("", detail, terms.language)]
    return reject(
        flaws,
        source=terms.source,
        id=id,
        time=time,
        original=original,
        secret=secret,
        now=terms.now,
        event_bytes=limits.event_bytes,
    )
