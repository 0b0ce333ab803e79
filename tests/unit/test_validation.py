"""An event is accepted, or refused with everything that is wrong with it, each thing once and in words."""

from datetime import date
from typing import Any

import msgspec
import pytest

from pantau.domain import personal
from pantau.domain.events import AggregateReported, Event, TicketCreated, TicketTransferred
from pantau.domain.registry import ClockCorrection, Hours, Registry, Source, Unit
from pantau.domain.rejections import TEXTS, Rejection
from pantau.domain.validation import Limits, accept, accept_data, expand
from pantau.domain.wire import content_hash, encode_data, encode_event
from pantau.domain.zones import DAY, HOUR, MINUTE

NOW = 1_770_081_600_000  # 2026-02-03 08:20 in Jakarta
AT = "2026-02-03T08:15:30.123+07:00"
TIME = 1_770_081_330_123
SECRET = b"a secret of at least sixteen bytes"
NIK = "1801064103850001"


def unit(code: str, zone: str = "Asia/Jakarta") -> Unit:
    return Unit(code=code, name=code, kecamatan="18.01.06", kabupaten="18.01", zone=zone, hours="kantor")


SOURCE = Source(name="antrian", max_age_ms=30 * DAY)
LIMITED = Source(name="antrian", units=frozenset({"kec-natar"}))
IMPORT = Source(name="antrian", live=False, expect_from=date(2026, 2, 1), expect_to=date(2026, 2, 28))
PSEUDONYMS = Source(name="antrian", personal="pseudonymise")
DAILY = Source(name="antrian", numbers_restart="daily")


def registry(*units: Unit, corrections: tuple[ClockCorrection, ...] = ()) -> Registry:
    hours = Hours(name="kantor", week=(((480, 960),),) * 5 + ((), ()))
    known = units or (unit("kec-kalianda"), unit("kec-natar"), unit("kec-merauke", "Asia/Jayapura"))
    return Registry(hours=[hours], units=known, corrections=corrections)


REGISTRY = registry()


def said(**changes: Any) -> dict[str, Any]:
    """A sound envelope with changes; a change to ``...`` leaves the attribute out."""
    envelope = {
        "specversion": "1.0",
        "id": "antrian-1:7:created",
        "source": "antrian",
        "type": "id.pantau.ticket.created",
        "time": AT,
        "data": {"unit": "kec-kalianda", "ticket": "A012", "service": "ktp-el", "counter": "3"},
    } | changes
    return {name: value for name, value in envelope.items() if value is not ...}


def with_data(**changes: Any) -> dict[str, Any]:
    data = said()["data"] | changes
    return said(data={name: value for name, value in data.items() if value is not ...})


def judge(
    envelope: object, *, source: Source = SOURCE, known: Registry = REGISTRY, limits: Limits | None = None
) -> Event | Rejection:
    raw = envelope if isinstance(envelope, bytes) else msgspec.json.encode(envelope)
    return accept(raw, registry=known, source=source, now=NOW, secret=SECRET, limits=limits or Limits())


def refused(envelope: object, **terms: Any) -> Rejection:
    judged = judge(envelope, **terms)
    assert isinstance(judged, Rejection), judged
    return judged


def accepted(envelope: object, **terms: Any) -> Event:
    judged = judge(envelope, **terms)
    assert isinstance(judged, Event), judged.reasons
    return judged


def test_a_sound_event_is_accepted_as_it_was_said() -> None:
    event = accepted(said())
    data = TicketCreated(unit="kec-kalianda", ticket="A012", service="ktp-el", counter="3")
    assert event == Event(
        source="antrian",
        id="antrian-1:7:created",
        kind="ticket.created",
        time=TIME,
        arrival=NOW,
        data=data,
        content=content_hash("ticket.created", TIME, encode_data(data)),
    )


def test_extension_attributes_are_ignored_as_the_standard_asks() -> None:
    assert accepted(said(traceparent="00-ab", sequence=3)) == accepted(said())


def rating(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "score": 3} | changes
    return said(type="id.pantau.rating.given", data=data)


def training(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "training": "t1", "title": "Magang", "siasn_type": 10, "jp": 20, "participants": 3}
    return said(
        type="id.pantau.training.recorded", data=data | {"starts": "2026-01-05", "ends": "2026-01-09"} | changes
    )


def survey(elements: Any) -> dict[str, Any]:
    return said(type="id.pantau.survey.answered", data={"unit": "kec-kalianda", "elements": elements})


def aggregate(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "measure": "wait", "ends": "2026-02-03T08:20:00+07:00", "n": 10} | changes
    return said(type="id.pantau.aggregate.reported", data=data)


def transfer(**changes: Any) -> dict[str, Any]:
    data = {"unit": "kec-kalianda", "ticket": "A012"} | changes
    return said(type="id.pantau.ticket.transferred", data=data)


ONE_FLAW = [
    (b"{", "malformed", "(isi)"),
    (b"", "malformed", "(isi)"),
    (b"\xff\xfe", "malformed", "(isi)"),
    (b"[" * 100_000, "oversize", "(isi)"),
    (b"[" * 60_000, "malformed", "(isi)"),
    ([], "malformed", "(isi)"),
    (said(specversion=...), "missing", "specversion"),
    (said(specversion="0.3"), "type", "specversion"),
    (said(id=...), "missing", "id"),
    (said(id=""), "missing", "id"),
    (said(id=None), "missing", "id"),
    (said(id=7), "type", "id"),
    (said(id="x" * 257), "type", "id"),
    (said(source=...), "missing", "source"),
    (said(source="lain"), "source", "source"),
    (said(type=...), "missing", "type"),
    (said(type="id.pantau.ticket.create"), "unknown_kind", "type"),
    (said(type="ticket.created"), "unknown_kind", "type"),
    (said(time=...), "missing", "time"),
    (said(time="2026-02-03T08:15:30"), "type", "time"),
    (said(time="kemarin"), "type", "time"),
    (said(time=1_770_081_330_123), "type", "time"),
    (said(time="2026-02-03T08:25:31+07:00"), "future", "time"),
    (said(time="2026-01-03T08:15:30+07:00"), "too_old", "time"),
    (said(time="0001-01-01T00:00:00Z"), "clock", "time"),
    (said(data=...), "missing", "data"),
    (said(data=None), "missing", "data"),
    (said(data="A012"), "type", "data"),
    (said(data=[]), "type", "data"),
    (said(subject=7), "type", "subject"),
    (with_data(unit=...), "missing", "data.unit"),
    (with_data(unit=""), "missing", "data.unit"),
    (with_data(unit=7), "type", "data.unit"),
    (with_data(unit="kec-kalinda"), "unknown_unit", "data.unit"),
    (with_data(ticket=...), "missing", "data.ticket"),
    (with_data(ticket=None), "missing", "data.ticket"),
    (with_data(ticket=12), "type", "data.ticket"),
    (with_data(ticket="x" * 129), "type", "data.ticket"),
    (with_data(service=3), "type", "data.service"),
    (with_data(service_day="03/02/2026"), "type", "data.service_day"),
    (with_data(provenance="guessed"), "type", "data.provenance"),
    (with_data(provenance=None), "missing", "data.provenance"),
    (with_data(loket="3"), "unknown_field", "data.loket"),
    (with_data(nama="Budi"), "personal", "data.nama"),
    (with_data(ticket=NIK), "personal", "data.ticket"),
    (with_data(channel="0812-3456-7890"), "personal", "data.channel"),
    (said(id=f"{NIK}-created"), "personal", "id"),
    (rating(score=3.0), "type", "data.score"),
    (rating(score=11), "type", "data.score"),
    (rating(score=6), "contradiction", "data.score"),
    (rating(score=3, scale=True), "type", "data.scale"),
    (survey({"waktu": 5}), "type", "data.elements.waktu"),
    (survey({"U3": 4}), "unknown_field", "data.elements.U3"),
    (survey({}), "contradiction", "data.elements"),
    (survey([]), "type", "data.elements"),
    (training(ends="2026-01-01"), "contradiction", "data.ends"),
    (training(title="Pelatihan oleh budi@contoh.go.id"), "personal", "data.title"),
    (aggregate(ends=AT), "contradiction", "data.ends"),
    (aggregate(timed=11), "contradiction", "data.timed"),
    (aggregate(judged=5, within=6), "contradiction", "data.within"),
    (aggregate(share=100.5), "type", "data.share"),
    (aggregate(buckets=[[60_000, 1]]), "type", "data.buckets[0]"),
    (aggregate(buckets={}), "type", "data.buckets"),
    (aggregate(buckets=[{"upto_ms": 6, "n": 1}, {"upto_ms": 6, "n": 2}]), "contradiction", "data.buckets"),
    (aggregate(buckets=[{"upto_ms": None, "n": 1}, {"upto_ms": 6, "n": 2}]), "contradiction", "data.buckets"),
    (aggregate(buckets=[{"upto_ms": 6, "n": 1}, {"upto_ms": 7, "n": -2}]), "type", "data.buckets[1].n"),
    (transfer(to_unit="kec-kalianda"), "contradiction", "data.to_unit"),
    (transfer(to_unit="kec-lain"), "unknown_unit", "data.to_unit"),
    (with_data(service="x" * 70_000), "oversize", "(isi)"),
    (
        said(
            type="id.pantau.application.submitted",
            data={"unit": "kec-natar", "application": "p", "due": "9999-12-31T23:00:00-07:00"},
        ),
        "contradiction",
        "data.due",
    ),
]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("envelope", "code", "field"), ONE_FLAW)
def test_one_thing_wrong_is_one_fault(envelope: object, code: str, field: str, language: str) -> None:
    rejection = refused(envelope, limits=Limits(language="en" if language == "en" else "id"))
    (fault,) = rejection.reasons
    assert (rejection.code, fault.field.replace("(body)", "(isi)")) == (code, field)
    assert fault.rule
    assert fault.todo
    assert "{" not in fault.rule + fault.todo
    assert rejection.arrival == NOW


def test_every_text_exists_in_both_languages_with_the_same_blanks() -> None:
    for texts in TEXTS.values():
        blanks = [{part[1] for text in both for part in _fields(text)} for both in texts.values()]
        assert len(blanks) == 2
        assert blanks[0] == blanks[1]


def _fields(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    from string import Formatter

    return [part for part in Formatter().parse(text) if part[1]]


def test_everything_wrong_is_said_at_once() -> None:
    rejection = refused(
        said(
            specversion="2",
            id=...,
            source="lain",
            time="2026-02-03",
            data={"unit": "kec-x", "ticket": 7, "loket": 3, "nama": "Budi", "counter": NIK},
        )
    )
    assert [(fault.field) for fault in rejection.reasons] == [
        "data.nama",
        "data.counter",
        "id",
        "data.loket",
        "specversion",
        "time",
        "data.ticket",
        "source",
        "data.unit",
    ]
    assert rejection.code == "personal"
    assert rejection.id is None


def test_a_fault_names_the_value_the_rule_and_what_to_do() -> None:
    (fault,) = refused(with_data(unit="kec-kalinda")).reasons
    assert str(fault) == (
        "data.unit = kec-kalinda: unit tidak ada di registry; "
        "tambahkan ke registry.toml, atau perbaiki kodenya (kec-kalianda?)"
    )
    (fault,) = refused(said(type="id.pantau.ticket.create")).reasons
    assert fault.todo == "pakai id.pantau.ticket.created"
    (fault,) = refused(rating(score=11)).reasons
    assert fault.rule == "harus bilangan bulat 1 sampai 10"
    (fault,) = refused(said(time="2026-02-03T15:20:00+07:00")).reasons
    assert fault.rule == "7 jam di depan waktu kini; batasnya 5 menit"


def test_a_long_value_is_shown_short() -> None:
    (fault,) = refused(with_data(ticket="x" * 1000)).reasons
    assert len(fault.value) == 80


@pytest.mark.parametrize(
    ("source", "envelope", "code"),
    [
        (LIMITED, said(), "not_allowed"),
        (LIMITED, with_data(unit="kec-natar"), None),
        (Source(name="antrian", units=frozenset({"kec-kalianda"})), transfer(to_unit="kec-natar"), "not_allowed"),
        (SOURCE, transfer(to_unit="kec-natar"), None),
        (IMPORT, said(time="2020-02-03T08:15:30+07:00"), "clock"),
        (IMPORT, said(time="2026-01-31T23:59:59+07:00"), "clock"),
        (IMPORT, said(time="2026-02-01T00:00:00+07:00"), None),
        (
            IMPORT,
            said(time="2026-01-31T22:00:00+07:00", data={"unit": "kec-merauke", "ticket": "1"}),
            None,
        ),  # 00:00 WIT
        (IMPORT, said(time="2026-02-28T23:59:59+07:00"), "future"),  # expected, but not yet
        (Source(name="antrian"), said(time="1970-01-01T00:00:00Z"), None),  # no age limit
        (Source(name="antrian", tolerance_ms=2 * HOUR), said(time="2026-02-03T10:20:00+07:00"), None),
        (Source(name="antrian", tolerance_ms=2 * HOUR), said(time="2026-02-03T10:20:00.001+07:00"), "future"),
    ],
)
def test_a_source_has_its_units_its_tolerance_and_its_dates(source: Source, envelope: Any, code: str | None) -> None:
    judged = judge(envelope, source=source)
    assert (judged.code if isinstance(judged, Rejection) else None) == code


def test_a_clock_correction_decides_what_a_time_means_and_leaves_it_as_it_was_said() -> None:
    """|2012-02-09, as the source says| + 2881 days = 2019-12-30, inside what the import should hold."""
    wrong = said(time="2012-02-09T08:00:00+07:00")
    source = Source(name="antrian", live=False, expect_from=date(2019, 12, 30), expect_to=date(2020, 1, 22))
    assert refused(wrong, source=source).code == "clock"
    ruling = ClockCorrection(
        source="antrian", starts=0, ends=NOW - 1000 * DAY, shift_ms=2881 * DAY, version=1, reason="jam 2012"
    )
    event = accepted(wrong, source=source, known=registry(corrections=(ruling,)))
    assert event.time == 1_328_749_200_000
    assert event.arrival == NOW


def test_numbers_that_restart_daily_get_the_local_day_of_the_corrected_time() -> None:
    data = accepted(
        said(time="2026-02-02T22:30:00+07:00", data={"unit": "kec-merauke", "ticket": "1"}), source=DAILY
    ).data
    assert isinstance(data, TicketCreated)
    assert data.service_day == date(2026, 2, 3)  # 00:30 in Merauke
    ruling = ClockCorrection(source="antrian", starts=0, ends=NOW, shift_ms=-DAY, version=1, reason="satu hari maju")
    data = accepted(said(), source=DAILY, known=registry(corrections=(ruling,))).data
    assert isinstance(data, TicketCreated)
    assert data.service_day == date(2026, 2, 2)


def test_a_service_day_that_was_said_is_kept_and_other_kinds_have_none() -> None:
    data = accepted(with_data(service_day="2026-01-30"), source=DAILY).data
    assert isinstance(data, TicketCreated)
    assert data.service_day == date(2026, 1, 30)
    assert accepted(with_data(), source=SOURCE).data == accepted(with_data()).data
    assert accepted(rating(), source=DAILY) == accepted(rating())


def test_times_inside_data_are_kept_in_utc_so_that_equal_contents_are_equal() -> None:
    at = [
        accepted(
            said(type="id.pantau.application.submitted", data={"unit": "kec-natar", "application": "p", "due": due})
        )
        for due in ("2026-02-10T07:00:00+07:00", "2026-02-10T00:00:00Z")
    ]
    assert at[0] == at[1]


def test_personal_data_is_never_kept_in_a_refusal() -> None:
    everywhere = said(
        id=f"x-{NIK}",
        pemohon={"nama": "Budi Santoso", "hp": 81234567890},
        data={
            "unit": "0812-3456-7890",
            "ticket": NIK,
            "counter": int(NIK),
            "channel": "budi@contoh.go.id",
            "nama_lengkap": "Budi Santoso",
            "081234567890": 1,
        },
    )
    rejection = refused(everywhere)
    kept = msgspec.json.encode(rejection).decode() + rejection.original.decode()
    for secret in (NIK, "81234567890", "0812-3456-7890", "budi@contoh", "Budi"):
        assert secret not in kept
    assert personal.find(kept) == ()
    assert not rejection.retryable
    assert rejection.id == "x-[NIK]"


BROKEN = [
    b'{"id": "1801064103850001", "nama": "Zulkarnaen", ',
    b'{"id":"1801064103850001","id":"a"}',
    b'{"nama":"Zul\\"karnaen","x":0812-3456-7890}',
    b'{"a": "08123456\\u0037890"}',
    b'{"a": "08123456\\u0037890", "nama" : "Zulkar',
    b'["1801064103850001", {"nama": "Zulkarnaen"}]',
    b"WA 0812-3456-7890 \xff",
    b'{"specversion":"1.0","data":[{"nama":"Zulkarnaen"}],"id":"' + b"[" * 200 + b'081234567890"',
    b"[" * 5_000 + b'"081234567890"',
]


@pytest.mark.parametrize("raw", BROKEN)
def test_nor_where_the_json_is_broken(raw: bytes) -> None:
    rejection = refused(raw)
    kept = f"{rejection.id} {rejection.reasons} {rejection.original.decode()}"
    for secret in (NIK, "7890", "karnaen", "Zul"):
        assert secret not in kept
    assert not rejection.retryable


def test_an_oversize_event_is_kept_masked_and_short() -> None:
    rejection = refused(b'{"hp":"081234567890","x":"' + b"y" * 100_000 + b'"}')
    assert rejection.code == "oversize"
    assert len(rejection.original) == 4096
    assert b"081234567890" not in rejection.original


def test_what_holds_no_personal_data_is_kept_byte_for_byte() -> None:
    raw = msgspec.json.encode(with_data(unit="kec-baru")).replace(b",", b" ,\n")
    assert refused(raw).original == raw


def test_broken_json_without_personal_data_is_kept_byte_for_byte_too() -> None:
    raw = b'{"ticket": "\\u0041012", "nomor'
    assert refused(raw).original == raw


def test_the_digest_knows_the_same_bytes_again_and_needs_the_secret() -> None:
    first, again, other = refused(with_data(ticket=NIK)), refused(with_data(ticket=NIK)), refused(with_data(ticket=""))
    assert first.digest == again.digest != other.digest
    raw = msgspec.json.encode(with_data(ticket=NIK))
    elsewhere = accept(raw, registry=REGISTRY, source=SOURCE, now=NOW, secret=b"another secret, long")
    assert isinstance(elsewhere, Rejection)
    assert elsewhere.digest != first.digest


def test_a_source_with_pseudonyms_gets_the_same_one_for_the_same_person() -> None:
    one = accepted(with_data(ticket=NIK, officer="19850412 201001 1 003"), source=PSEUDONYMS)
    two = accepted(with_data(ticket="1801 0641 0385 0001"), source=PSEUDONYMS)
    assert isinstance(one.data, TicketCreated)
    assert isinstance(two.data, TicketCreated)
    assert one.data.ticket == two.data.ticket == personal.pseudonym(NIK, SECRET)
    assert one.data.officer == personal.pseudonym("198504122010011003", SECRET)
    assert one.content == content_hash(one.kind, one.time, encode_data(one.data))
    assert accepted(said(id=NIK), source=PSEUDONYMS).id == personal.pseudonym(NIK, SECRET)


@pytest.mark.parametrize("envelope", [with_data(channel="081234567890"), training(title=f"Magang {NIK}")])
def test_pseudonyms_are_for_identifiers_not_for_texts(envelope: dict[str, Any]) -> None:
    assert refused(envelope, source=PSEUDONYMS).code == "personal"


RETRYABLE = [
    (with_data(unit="kec-baru"), {}, {"known": registry(unit("kec-baru"))}),
    (said(), {"source": LIMITED}, {}),
    (with_data(unit="kec-baru") | {"pemohon": {"nama": "Budi"}}, {}, {"known": registry(unit("kec-baru"))}),
    (said(time="2026-02-03T09:00:00+07:00"), {}, {"source": Source(name="antrian", tolerance_ms=HOUR)}),
    (said(time="2025-02-03T08:15:30+07:00"), {}, {"source": Source(name="antrian")}),
    (said(time="2020-02-03T08:15:30+07:00"), {"source": IMPORT}, {"source": Source(name="antrian")}),
    (
        with_data(unit="kec-baru", ticket=NIK),
        {"source": PSEUDONYMS},
        {"known": registry(unit("kec-baru")), "source": PSEUDONYMS},
    ),
]


@pytest.mark.parametrize(("envelope", "before", "after"), RETRYABLE)
def test_what_is_kept_is_accepted_once_the_cause_is_mended(
    envelope: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    """The event is the one that would have been accepted at once, pseudonyms included."""
    rejection = refused(envelope, **before)
    assert rejection.retryable
    assert accepted(rejection.original, **after) == accepted(envelope, **after)


def test_what_masking_has_changed_cannot_be_retried() -> None:
    rejection = refused(with_data(unit="0812-3456-7890"))
    assert rejection.code == "unknown_unit"
    assert not rejection.retryable


def test_numbers_that_just_fit_together_are_no_contradiction() -> None:
    data = accepted(aggregate(timed=10, judged=10, within=10, ends="2026-02-03T08:15:30.124+07:00")).data
    assert isinstance(data, AggregateReported)
    assert (data.n, data.timed, data.within) == (10, 10, 10)
    accepted(rating(score=5))
    accepted(training(ends="2026-01-05"))


def test_a_refused_time_is_kept_for_the_watch_on_clocks() -> None:
    assert refused(said(time="2036-02-03T08:15:30.123+07:00")).time == 2_085_614_130_123
    assert refused(said(time="kemarin")).time is None


DATA = said()["data"]


def hand_in(
    kind: str = "ticket.created",
    data: Any = None,
    id: Any = "antrian-1:7:created",
    time: Any = TIME,
    source: Source = SOURCE,
) -> Event | Rejection:
    return accept_data(
        kind, DATA if data is None else data, id=id, time=time, registry=REGISTRY, source=source, now=NOW, secret=SECRET
    )


def test_python_values_and_json_give_the_same_event() -> None:
    assert hand_in() == accepted(said())
    data = DATA | {"service_day": date(2026, 2, 3)}
    assert hand_in(data=data) == accepted(with_data(service_day="2026-02-03"))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "ticket.create"}, "unknown_kind", "type"),
        ({"id": ""}, "missing", "id"),
        ({"id": None}, "missing", "id"),
        ({"id": 7}, "type", "id"),
        ({"id": "x" * 257}, "type", "id"),
        ({"time": 1.5}, "type", "time"),
        ({"time": True}, "type", "time"),
        ({"time": 10**18}, "type", "time"),
        ({"time": -(10**13)}, "clock", "time"),
        ({"time": NOW + 6 * MINUTE}, "future", "time"),
        ({"data": DATA | {"ticket": "A\ud812"}}, "type", "data.ticket"),
        ({"id": "A\ud812"}, "type", "id"),
        ({"data": DATA | {"ticket": 10**30}}, "type", "data.ticket"),
        ({"data": DATA | {"ticket": NIK}}, "personal", "data.ticket"),
        ({"data": {}}, "missing", "data.ticket"),
    ],
)
def test_wrong_python_values_are_named_too(changes: dict[str, Any], code: str, field: str) -> None:
    rejection = hand_in(**changes)
    assert isinstance(rejection, Rejection)
    assert rejection.code == code
    assert field in [fault.field for fault in rejection.reasons]
    assert len(rejection.reasons) == (2 if changes.get("data") == {} else 1)
    assert personal.find(rejection.original.decode()) == ()


def test_python_values_have_the_same_limit_of_size() -> None:
    buckets = [{"upto_ms": limit, "n": limit} for limit in range(5_000)]
    data = {"unit": "kec-kalianda", "measure": "wait", "ends": "2026-02-03T08:20:00+07:00", "buckets": buckets}
    rejection = hand_in(kind="aggregate.reported", data=data)
    assert isinstance(rejection, Rejection)
    assert (rejection.code, len(rejection.reasons)) == ("oversize", 1)
    assert isinstance(hand_in(kind="aggregate.reported", data=data | {"buckets": buckets[:100]}), Event)


def test_a_refused_python_value_can_be_retried_as_the_event_it_is() -> None:
    rejection = hand_in(data=DATA | {"unit": "kec-baru", "service_day": date(2026, 2, 3)})
    assert isinstance(rejection, Rejection)
    assert rejection.retryable
    later = accepted(rejection.original, known=registry(unit("kec-baru")))
    assert later == accepted(with_data(unit="kec-baru", service_day="2026-02-03"), known=registry(unit("kec-baru")))


def test_a_transfer_to_another_unit_opens_a_ticket_there() -> None:
    event = accepted(
        transfer(to_unit="kec-natar", to_service="kk", service="ktp-el", channel="online", service_day="2026-02-03")
    )
    first, opened = expand(event)
    assert first is event
    assert (opened.id, opened.source, opened.kind) == (event.id + "/opens", event.source, "ticket.created")
    assert (opened.time, opened.arrival) == (event.time, event.arrival)
    assert opened.data == TicketCreated(
        unit="kec-natar",
        ticket="A012",
        service="kk",
        channel="online",
        service_day=date(2026, 2, 3),
        came_from="kec-kalianda",
    )
    assert opened.content == content_hash(opened.kind, opened.time, encode_data(opened.data))
    assert expand(event) == (first, opened)
    assert expand(opened) == (opened,)
    assert accepted(encode_event(opened)) == opened


def test_a_transfer_inside_the_unit_opens_nothing() -> None:
    event = accepted(transfer(to_counter="4"))
    assert expand(event) == (event,)
    assert expand(accepted(said())) == (accepted(said()),)
    same = msgspec.structs.replace(
        event, data=TicketTransferred(unit="kec-kalianda", ticket="1", to_unit="kec-kalianda")
    )
    assert expand(same) == (same,)
