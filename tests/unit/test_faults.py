"""Each thing that is wrong with an event is said once, in words, and all of them at once."""

from string import Formatter

import pytest

from pantau.domain.events import AggregateReported
from pantau.domain.rejections import TEXTS
from pantau.domain.validation import Limits
from tests.unit.envelopes import (
    AT,
    NIK,
    NOW,
    accepted,
    aggregate,
    rating,
    refused,
    said,
    survey,
    training,
    transfer,
    with_data,
)

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
        "data.unit = kec-kalinda: unit tidak ada di registri; "
        "tambahkan ke registry.toml, atau perbaiki kodenya (kec-kalianda?)"
    )
    (fault,) = refused(said(type="id.pantau.ticket.create")).reasons
    assert fault.todo == "pakai id.pantau.ticket.created"
    (fault,) = refused(rating(score=11)).reasons
    assert fault.rule == "harus bilangan bulat 1 sampai 10"
    (fault,) = refused(said(time="2026-02-03T15:20:00+07:00")).reasons
    assert fault.rule == "7 jam mendahului waktu sekarang; batasnya 5 menit"


def test_a_long_value_is_shown_short() -> None:
    (fault,) = refused(with_data(ticket="x" * 1000)).reasons
    assert len(fault.value) == 80


def test_numbers_that_just_fit_together_are_no_contradiction() -> None:
    data = accepted(aggregate(timed=10, judged=10, within=10, ends="2026-02-03T08:15:30.124+07:00")).data
    assert isinstance(data, AggregateReported)
    assert (data.n, data.timed, data.within) == (10, 10, 10)
    accepted(rating(score=5))
    accepted(training(ends="2026-01-05"))
