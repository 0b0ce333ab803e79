"""Laws of validation at the edge, over every kind of event and every way of spoiling one."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain import personal
from pantau.domain.entries import subject_of
from pantau.domain.events import PREFIX, VOCABULARY, Data, Event, TicketData
from pantau.domain.inspection import Terms
from pantau.domain.registry import ClockCorrection, Hours, Registry, Source, Unit
from pantau.domain.rejections import Rejection, is_harmless, masked_with_care
from pantau.domain.validation import LIMITS, _explain, _explain_data, accept, accept_data, expand
from pantau.domain.wire import encode_event, instant
from pantau.domain.zones import DAY
from tests.vocabulary import END, START, anything, times

NOW = END + 1
SECRET = b"a secret of at least sixteen bytes"
SOURCE = Source(name="antrian")
PSEUDONYMS = Source(name="antrian", personal="pseudonymise")
RESTARTING = Source(name="antrian", numbers_restart="daily")
REGISTRY = Registry(
    hours=[Hours(name="kantor", week=(((480, 960),),) * 5 + ((), ()))],
    units=[
        Unit(code=code, name=code, kecamatan="18.01.06", kabupaten="18.01", zone="Asia/Jakarta", hours="kantor")
        for code in ("here", "there")
    ],
)

ids = st.text(min_size=1, max_size=40).filter(lambda id: not personal.find(id))


def judge(raw: bytes, source: Source = SOURCE) -> Event | Rejection:
    return accept(raw, registry=REGISTRY, source=source, now=NOW, secret=SECRET)


def at_home(data: Data) -> Data:
    """The data, said of a unit that the registry knows."""
    places = {"unit": "here", "to_unit": "there"}
    known = {name: place for name, place in places.items() if getattr(data, name, None) is not None}
    return msgspec.structs.replace(data, **known)


def said(kind: str, data: object, id: object, time: object) -> dict[str, Any]:
    return {"specversion": "1.0", "id": id, "source": "antrian", "type": PREFIX + kind, "time": time, "data": data}


@given(anything, ids, st.integers(START - 10**9, START))
def test_every_sound_event_of_every_kind_is_accepted_and_accepted_again(
    content: tuple[str, Data], id: str, time: int
) -> None:
    kind, data = content
    event = judge(msgspec.json.encode(said(kind, at_home(data), id, instant(time))))
    assert isinstance(event, Event), event.reasons
    assert (event.source, event.id, event.kind, event.time, event.arrival) == ("antrian", id, kind, time, NOW)
    for each in expand(event):
        assert judge(encode_event(each)) == each


@given(anything, ids, st.integers(START - 10**9, START))
def test_python_values_and_json_are_judged_alike(content: tuple[str, Data], id: str, time: int) -> None:
    kind, data = content
    record = at_home(data)
    values = {name: getattr(record, name) for name in record.__struct_fields__}
    judged = accept_data(kind, values, id=id, time=time, registry=REGISTRY, source=SOURCE, now=NOW, secret=SECRET)
    assert judged == judge(msgspec.json.encode(said(kind, record, id, instant(time))))


offsets = st.tuples(
    st.integers(-90 * DAY, 0), st.integers(1, 90 * DAY), st.integers(-800 * DAY, -DAY), st.integers(1, 3)
)


@given(anything, ids, st.integers(START - 10**9, START), st.lists(offsets, min_size=1, max_size=3))
def test_no_ruling_on_a_clock_makes_another_event_of_what_was_sent(
    content: tuple[str, Data], id: str, time: int, rulings: list[tuple[int, int, int, int]]
) -> None:
    """Identity, content and the fact an event belongs to are the source's own word, before and after any ruling."""
    kind, data = content
    if isinstance(data, TicketData):
        data = msgspec.structs.replace(data, service_day=None)
    corrections = [
        ClockCorrection(
            source="antrian", starts=time + starts, ends=time + ends, shift_ms=shift, version=version, reason="test"
        )
        for starts, ends, shift, version in rulings
    ]
    raw = msgspec.json.encode(said(kind, at_home(data), id, instant(time)))
    ruled = Registry(hours=REGISTRY.hours, units=REGISTRY.units, corrections=corrections)
    assert ruled.correct("antrian", time) != time
    before, after = (
        accept(raw, registry=registry, source=RESTARTING, now=NOW, secret=SECRET) for registry in (REGISTRY, ruled)
    )
    assert isinstance(before, Event)
    assert before == after
    assert subject_of(before, before.time, REGISTRY) == subject_of(before, before.time, ruled)


strange = Registry(hours=REGISTRY.hours, units=[msgspec.structs.replace(REGISTRY.units[0], code="elsewhere")])
limited = Source(name="antrian", units=frozenset({"there"}), max_age_ms=DAY)
extensions = st.dictionaries(
    st.sampled_from(["traceparent", "nama", "nik", "tally"]),
    st.sampled_from(["A. B.", None, 3, 1.5, 81234567890.0, "0812-3456-7890", "\u00e9", 'a "b"', ["x"], {"nama": "A"}]),
    max_size=2,
)


@given(anything, ids, st.integers(START - 10**9, START), extensions, st.sampled_from([SOURCE, PSEUDONYMS, limited]))
def test_a_refusal_is_the_same_however_soon_its_reason_is_known(
    content: tuple[str, Data], id: str, time: int, more: dict[str, Any], source: Source
) -> None:
    """What a rule of unit or time refuses takes a short way; field by field it is refused in the same words."""
    kind, data = content
    data = at_home(data)
    raw = msgspec.json.encode({**said(kind, data, id, instant(time)), **more})
    for registry in (REGISTRY, strange):
        judged = accept(raw, registry=registry, source=source, now=NOW, secret=SECRET)
        slowly = _explain(raw, "", Terms(registry, source, NOW, "id"), SECRET, LIMITS)
        assert judged == slowly or isinstance(judged, Event)
        values = {name: getattr(data, name) for name in data.__struct_fields__}
        judged = accept_data(kind, values, id=id, time=time, registry=registry, source=source, now=NOW, secret=SECRET)
        slowly = _explain_data(kind, values, id, time, "", Terms(registry, source, NOW, "id"), SECRET, LIMITS)
        assert judged == slowly or isinstance(judged, Event)


anything_sent = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
        st.sampled_from(
            ["1801064103850001", "0812-3456-7890", 81234567890.0, 8.123456789e10, 1801064103850001, "a@b.cd"]
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["nama", "id", "no_hp", "data", "0812-3456-7890"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(anything_sent, st.sampled_from([None, SECRET]), st.booleans())
def test_what_looks_harmless_as_a_whole_is_harmless_in_every_part(sent: object, key: bytes | None, plain: bool) -> None:
    raw = json.dumps(sent, ensure_ascii=not plain).encode("utf-8", "replace")
    if is_harmless(raw):
        assert masked_with_care(raw, key) == (raw, False)


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=10),
    st.sampled_from(["1801064103850001", "0812-3456-7890", "a@b.cd", 81234567890, "2026-02-03", "x" * 300]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A sound envelope in which some attributes and fields are replaced, removed or added."""
    kind, data = draw(anything)
    envelope = said(kind, msgspec.to_builtins(at_home(data)), draw(ids), instant(draw(times)).isoformat())
    for target in (envelope, envelope["data"]):
        for name in draw(st.lists(st.sampled_from(sorted(target)), max_size=2)):
            if draw(st.booleans()):
                target[name] = draw(junk)
            else:
                target.pop(name, None)
        if draw(st.booleans()):
            names = st.sampled_from(["nama", "loket", "081234567890", "servis", "unit", "data", "time"])
            target[draw(names)] = draw(junk)
    return envelope


@given(spoilt(), st.sampled_from([SOURCE, PSEUDONYMS]))
def test_what_is_refused_is_explained_field_by_field(envelope: dict[str, Any], source: Source) -> None:
    """Nothing is refused without a reason of its own, and no reason is given twice."""
    judged = judge(msgspec.json.encode(envelope), source)
    if isinstance(judged, Event):
        return
    assert judged.code != "malformed"  # it is one JSON object, so each reason can name a field
    said_of = [(fault.field, fault.rule) for fault in judged.reasons]
    assert said_of
    assert len(set(said_of)) == len(said_of)


@given(spoilt(), st.sampled_from([SOURCE, PSEUDONYMS]))
def test_no_personal_data_is_kept_whatever_happens(envelope: dict[str, Any], source: Source) -> None:
    judged = judge(msgspec.json.encode(envelope), source)
    if isinstance(judged, Event):
        strings = [getattr(judged.data, name) for name in judged.data.__struct_fields__]
        kept = [judged.id, *(text for text in strings if isinstance(text, str))]
    else:
        kept = [judged.id or "", *map(str, judged.reasons)]
        kept += _leaves(msgspec.json.decode(judged.original))
    assert [text for text in kept if personal.find(text)] == []


def _leaves(tree: object) -> list[str]:
    match tree:
        case dict():
            return [leaf for key, value in tree.items() for leaf in (*_leaves(key), *_leaves(value))]
        case list():
            return [leaf for item in tree for leaf in _leaves(item)]
        case _:
            return [str(tree)]


@given(spoilt(), st.sampled_from([SOURCE, PSEUDONYMS]))
def test_what_is_kept_is_judged_as_what_was_sent(envelope: dict[str, Any], source: Source) -> None:
    """So that a retry gives what the first try would have given, had the cause been mended before."""
    judged = judge(msgspec.json.encode(envelope), source)
    if isinstance(judged, Rejection) and judged.retryable:
        again = judge(judged.original, source)
        assert isinstance(again, Rejection)
        assert (again.code, again.reasons, again.id, again.time) == (
            judged.code,
            judged.reasons,
            judged.id,
            judged.time,
        )


SPOILERS: dict[str, tuple[str, str, object]] = {
    "id": ("", "id", None),
    "time": ("", "time", "kemarin"),
    "source": ("", "source", "lain"),
    "specversion": ("", "specversion", "0.3"),
    "data.unit": ("data", "unit", "nowhere"),
    "data.ticket": ("data", "ticket", 7),
    "data.provenance": ("data", "provenance", "guessed"),
    "data.loket": ("data", "loket", "3"),
    "data.officer": ("data", "officer", "1801064103850001"),
    "data.nama": ("data", "nama", "Budi"),
}


@given(st.sets(st.sampled_from(sorted(SPOILERS)), min_size=1))
def test_faults_add_up_one_for_each_thing_that_is_wrong(wrong: set[str]) -> None:
    envelope = said("ticket.called", {"unit": "here", "ticket": "A012"}, "e-1", instant(START).isoformat())
    for name in wrong:
        where, field, value = SPOILERS[name]
        (envelope["data"] if where else envelope)[field] = value
    judged = judge(msgspec.json.encode(envelope))
    assert isinstance(judged, Rejection)
    assert sorted(fault.field for fault in judged.reasons) == sorted(wrong)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    judged = judge(raw)
    assert isinstance(judged, Rejection)
    assert judged.reasons


@given(
    st.sampled_from([*VOCABULARY, "ticket.create", ""]),
    st.dictionaries(st.text(max_size=5) | st.sampled_from(["unit", "ticket"]), junk, max_size=4),
    junk,
    junk,
)
def test_no_python_values_make_it_fail(kind: str, data: dict[str, Any], id: Any, time: Any) -> None:
    judged = accept_data(kind, data, id=id, time=time, registry=REGISTRY, source=SOURCE, now=NOW, secret=SECRET)
    assert isinstance(judged, Rejection)
    assert judged.reasons
