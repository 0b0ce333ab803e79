"""What is kept of a refused event: no personal data, and enough to accept it once the cause is mended."""

from typing import Any

import msgspec
import pytest

from pantau.domain import personal
from pantau.domain.events import TicketCreated
from pantau.domain.registry import Source
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept
from pantau.domain.wire import content_hash, encode_data
from pantau.domain.zones import HOUR
from tests.unit.envelopes import (
    IMPORT,
    LIMITED,
    NIK,
    NOW,
    PSEUDONYMS,
    REGISTRY,
    SECRET,
    SOURCE,
    accepted,
    refused,
    registry,
    said,
    training,
    unit,
    with_data,
)


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


def test_a_refused_time_is_kept_for_the_watch_on_clocks() -> None:
    assert refused(said(time="2036-02-03T08:15:30.123+07:00")).time == 2_085_614_130_123
    assert refused(said(time="kemarin")).time is None
