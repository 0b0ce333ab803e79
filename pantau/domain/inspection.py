"""Everything that is wrong with an event, at once and in words. Slow on purpose: entered only when something is wrong.

``validation`` decides whether an event is accepted; this module explains why one was not.
"""

import difflib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, Final, TypeVar, get_args

import msgspec

from pantau.domain import personal
from pantau.domain.event_rules import broken_time_rule, contradictions, writable
from pantau.domain.events import PREFIX, VOCABULARY, AwareDatetime, CloudEvent, TicketTransferred
from pantau.domain.expectations import expected
from pantau.domain.registry import Registry, Source
from pantau.domain.rejections import PSEUDONYMISED, Flaw, flaw
from pantau.domain.spans import Language, spell_out
from pantau.domain.wire import TYPES, epoch_ms, instant
from pantau.domain.zones import local_day

Record = type[msgspec.Struct]
T = TypeVar("T", bound=msgspec.Struct)
_ENVELOPE: Final = {field.name: field.type for field in msgspec.structs.fields(CloudEvent)}
WHOLE: Final[dict[Language, str]] = {"id": "(isi)", "en": "(body)"}
"""The field of a fault that is about the event as a whole."""

OR_PSEUDONYMISE: Final[dict[Language, str]] = {
    "id": ', atau tetapkan personal = "pseudonymise" bagi sumber ini',
    "en": ', or set personal = "pseudonymise" for this source',
}
"""What else can be done about personal data in a field that may hold a pseudonym."""

_SNIPPET: Final = 200
_MOST_UNITS: Final = 200  # beyond it the nearest code is not looked for: it would cost more than the event


class Terms(msgspec.Struct, frozen=True):
    """What an event is judged against: ``now`` in ms UTC, and the language of the reasons."""

    registry: Registry
    source: Source
    now: int
    language: Language


def inspect_envelope(raw: bytes, terms: Terms) -> tuple[list[Flaw], str | None, int | None]:
    """Every flaw of a structured CloudEvent, and its id and its time (ms) where they can be read."""
    try:
        envelope = msgspec.json.decode(raw)
    except (ValueError, RecursionError) as error:
        return [malformed(raw[:_SNIPPET].decode("utf-8", "replace"), str(error), terms.language)], None, None
    if not isinstance(envelope, dict):
        return [flaw("malformed", WHOLE[terms.language], envelope, terms.language, text="not_object")], None, None
    flaws = list(_struct_flaws(envelope, CloudEvent, "", "CloudEvents", terms.language))
    sound = {name for name in _ENVELOPE if name in envelope} - {flaw.fault.field for flaw in flaws}
    if "source" in sound and envelope["source"] != terms.source.name:
        flaws.append(flaw("source", "source", envelope["source"], terms.language, source=terms.source.name))
    kind = None
    if "type" in sound:
        kind = TYPES[envelope["type"]][0] if envelope["type"] in TYPES else None
        if kind is None:
            flaws.append(unknown_kind(envelope["type"], terms.language))
    time = epoch_ms(msgspec.convert(envelope["time"], AwareDatetime)) if "time" in sound else None
    id = envelope["id"] if "id" in sound else None
    flaws += inspect_content(kind, envelope["data"] if "data" in sound else None, id, time, terms)
    return flaws, id, time


def inspect_content(
    kind: str | None, data: Mapping[str, Any] | None, id: str | None, time: int | None, terms: Terms
) -> list[Flaw]:
    """Every flaw of what an event says; what is None was found wrong before and is not judged again."""
    flaws: list[Flaw] = []
    language = terms.language
    if data is not None and kind is not None:
        record = _record(data, VOCABULARY[kind])
        if record is None:
            flaws += _struct_flaws(data, VOCABULARY[kind], "data.", kind, language)
        elif time is not None:
            for field, value, text, other in contradictions(kind, record, time):
                flaws.append(flaw("contradiction", f"data.{field}", value, language, text=text, other=other))
            if isinstance(record, TicketTransferred) and record.to_unit not in (None, record.unit):
                flaws += _unit_flaws("data.to_unit", record.to_unit, terms)
    flaws += inspect_place(data.get("unit") if data is not None else None, time, terms)
    if id is not None:
        if not _is_unicode(id):
            flaws.append(flaw("type", "id", ascii(id), language, expected=expected(str, language)))
        flaws += _personal_flaws("id", id, terms, may_be_pseudonym=True)
    texts = [*_texts(data or {}, "data.")]
    # a line break joins no digits: where all of it is harmless, each text is
    if _is_harmless("\n".join([value for _, value in texts])):
        return flaws
    for name, value in texts:
        if not _is_unicode(value):
            flaws.append(flaw("type", name, ascii(value), language, expected=expected(str, language)))
        if name not in ("data.unit", "data.to_unit"):
            flaws += _personal_flaws(name, value, terms, may_be_pseudonym=name.removeprefix("data.") in PSEUDONYMISED)
    return flaws


def inspect_place(unit: object, time: int | None, terms: Terms) -> list[Flaw]:
    """What is wrong with where and when an event was."""
    flaws = _unit_flaws("data.unit", unit, terms) if isinstance(unit, str) and unit else []
    return flaws if time is None else flaws + _time_flaws(time, unit, terms)


def _record(data: Mapping[str, Any], kind: type[T]) -> T | None:
    """The record that the data are, or None where something is wrong with them."""
    try:
        return msgspec.convert(data, kind)
    except (ValueError, OverflowError):
        return None


def _is_harmless(text: str) -> bool:
    """Whether a quick look finds neither personal data nor anything that has no UTF-8 form."""
    return text.isascii() and not personal.suspicious(text.encode())


def inspect_identity(id: object, time: object, language: Language) -> list[Flaw]:
    """What is wrong with an id and a time (ms) that did not come in an envelope."""
    flaws = list(_field_flaws(id, _ENVELOPE["id"], "id", language))
    try:
        if isinstance(time, bool) or not isinstance(time, int):
            raise OverflowError
        instant(time)
    except OverflowError:
        flaws.append(flaw("type", "time", time, language, expected=expected(AwareDatetime, language)))
    return flaws


def unknown_kind(type: str, language: Language) -> Flaw:
    """A kind outside the vocabulary, with the nearest one in it."""
    nearest = _nearest(type.removeprefix(PREFIX), tuple(VOCABULARY), 0.3)
    return flaw("unknown_kind", "type", type, language, nearest=PREFIX + nearest if nearest else f"{PREFIX}…")


def malformed(value: object, detail: str, language: Language) -> Flaw:
    """What was sent cannot be read as one JSON object; ``detail`` is the reader's own word."""
    return flaw("malformed", WHOLE[language], value, language, detail=detail)


def oversize(size: int, limit: int, language: Language) -> Flaw:
    """An event larger than the limit, in bytes."""
    return flaw("oversize", WHOLE[language], f"{size} byte", language, limit=limit)


def _struct_flaws(
    given: Mapping[str, Any], record: Record, prefix: str, kind: str, language: Language
) -> Iterator[Flaw]:
    """Missing, wrong and unknown fields of one record."""
    fields = _fields(record)
    strict = record.__struct_config__.forbid_unknown_fields
    known = {name: value for name, value in given.items() if name in fields} if strict else given
    # a field too many is the usual fault of a mapping; then nothing need be said of the others
    sound = len(known) < len(given) and _record(known, record) is not None
    for name, field in () if sound else fields.items():
        annotation = dict if field.type is msgspec.Raw else field.type
        if given.get(name) is not None:
            yield from _field_flaws(given[name], annotation, prefix + name, language)
        elif field.required:
            yield flaw("missing", prefix + name, None, language, expected=expected(annotation, language))
        elif name in given:
            yield from _field_flaws(None, annotation, prefix + name, language)
    for name, value in given.items() if strict else ():
        if name in fields:
            continue
        if personal.names_person(str(name)):
            yield flaw("personal", f"{prefix}{name}", personal.MASKED, language, text="personal_field")
        else:
            nearest = _nearest(str(name), tuple(fields), 0.6) or ", ".join(fields)
            yield flaw("unknown_field", f"{prefix}{name}", value, language, kind=kind, nearest=nearest)


@cache
def _fields(record: Record) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.name: field for field in msgspec.structs.fields(record)}


def _field_flaws(value: object, annotation: Any, path: str, language: Language) -> Iterator[Flaw]:
    """What is wrong with one field; of a record inside it, each wrong field by itself."""
    try:
        msgspec.convert(value, annotation)
    except (ValueError, OverflowError):
        record, many = _record_in(annotation)
        if record is not None and not many and isinstance(value, Mapping):
            yield from _struct_flaws(value, record, path + ".", path, language)
        elif record is not None and many and isinstance(value, list | tuple):
            for place, item in enumerate(value):
                yield from _field_flaws(item, record, f"{path}[{place}]", language)
        elif value is None or value == "":
            yield flaw("missing", path, value, language, expected=expected(annotation, language))
        else:
            yield flaw("type", path, value, language, expected=expected(annotation, language))


def _record_in(annotation: Any) -> tuple[Record | None, bool]:
    """The record that a field holds, and whether it holds many."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation, False
    inner = next((each for each in get_args(annotation) if isinstance(each, type)), None)
    return (inner, True) if inner is not None and issubclass(inner, msgspec.Struct) else (None, False)


def _unit_flaws(field: str, unit: str, terms: Terms) -> list[Flaw]:
    source, language = terms.source, terms.language
    if terms.registry.unit(unit) is None:
        codes = terms.registry.unit_codes
        close = _nearest(unit, codes, 0.6) if len(codes) <= _MOST_UNITS else None
        return [flaw("unknown_unit", field, unit, language, nearest=f" ({close}?)" if close else "")]
    if not source.may_speak_for(unit):
        return [flaw("not_allowed", field, unit, language, source=source.name)]
    return []


def _time_flaws(time: int, unit: object, terms: Terms) -> list[Flaw]:
    source, language = terms.source, terms.language
    corrected = terms.registry.correct(source.name, time)
    known = isinstance(unit, str) and terms.registry.unit(unit) is not None
    zone = terms.registry.zone(str(unit)) if known else None
    code = broken_time_rule(corrected, source, terms.now, zone)
    if code is None and writable(time):
        return []
    if code is None:
        day, span = _day(time, zone or "UTC"), "1900-01-01 … 2299-12-31"
        return [flaw("clock", "time", instant(time).isoformat(), language, day=day, expected=span)]
    facts: dict[str, str] = {}
    if code == "clock":
        first = source.expect_from or "1970-01-01"
        last = source.expect_to or "2199-12-31"
        facts = {"day": _day(corrected, zone or "UTC"), "expected": f"{first} … {last}"}
    elif code == "future":
        ahead = spell_out(corrected - terms.now, language)
        facts = {"ahead": ahead, "tolerance": spell_out(source.tolerance_ms, language)}
    elif code == "too_old":
        age = spell_out(terms.now - corrected, language)
        facts = {"age": age, "limit": spell_out(source.max_age_ms or 0, language)}
    return [flaw(code, "time", instant(time).isoformat(), language, **facts)]


def _day(time: int, zone: str) -> str:
    try:
        return str(local_day(zone, time))
    except (ValueError, OverflowError):
        return f"{time} ms"


def _personal_flaws(field: str, value: str, terms: Terms, *, may_be_pseudonym: bool) -> list[Flaw]:
    findings = personal.find(value)
    if not findings or (may_be_pseudonym and terms.source.personal == "pseudonymise"):
        return []
    kinds = ", ".join(dict.fromkeys(personal.MASKS[finding.kind].strip("[]") for finding in findings))
    rule = OR_PSEUDONYMISE[terms.language] if may_be_pseudonym else ""
    return [flaw("personal", field, value, terms.language, kinds=kinds, rule=rule)]


def _texts(given: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        if isinstance(value, str):
            yield f"{prefix}{name}", value
        elif isinstance(value, Mapping):
            yield from _texts(value, f"{prefix}{name}.")


def _is_unicode(text: str) -> bool:
    """Whether a text has a UTF-8 form; half a surrogate pair, from a file read carelessly, has none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def _nearest(word: str, among: tuple[str, ...], likeness: float) -> str | None:
    close = difflib.get_close_matches(word[:128], among, n=1, cutoff=likeness)
    return close[0] if close else None
