"""Replies: what follows the rule is understood to the letter, and nothing that somebody writes makes it stumble."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pantau.domain.alerts.detection import code_of, residue_of
from pantau.domain.alerts.replies import LONGEST_NOTE, NotUnderstood, Understood, understand

TODAY = date(2026, 11, 26)
"""A Thursday."""

CODES = st.integers(0, 2**64 - 1).map(lambda number: code_of(f"{number:016x}"))
WORDS = st.sampled_from(["rapat", "dengan", "petugas", "loket", "tambah", "2", "kursi", "print", "ulang"])
NOTES = st.lists(WORDS, max_size=6).map(" ".join)
DAYS = st.integers(0, 300).map(lambda n: TODAY + timedelta(n))
WRITTEN = st.sampled_from(
    ["{0:%Y-%m-%d}", "{0.day}/{0.month}/{0.year}", "{0.day} {0:%b} {0.year}", "{0.day} {0:%B}", "{0.day}-{0.month}"]
)


@settings(max_examples=40)
@given(code=CODES, verb=st.sampled_from(["OK", "ok,", "Ya", "Siap", "TAKE", "ack:"]), note=NOTES, first=st.booleans())
def test_who_takes_it_on_is_understood_in_either_order(code: str, verb: str, note: str, first: bool) -> None:
    head = f"{code.lower()} {verb}" if first else f"{verb} {code}"
    read = understand(f"{head}  {note}", today=TODAY)
    assert isinstance(read, Understood)
    assert (read.code, read.done, read.note, read.due) == (code, False, note, None)


@given(
    code=CODES,
    note=NOTES,
    due=DAYS,
    written=WRITTEN,
    word=st.sampled_from(["selesai", "tenggat", "s.d.", "paling lambat tanggal", "by", "due"]),
)
def test_the_day_is_read_and_leaves_the_note(code: str, note: str, due: date, written: str, word: str) -> None:
    read = understand(f"OK {code} {note}, {word} {written.format(due)}.", today=TODAY)
    assert isinstance(read, Understood)
    assert (read.note, read.due) == (note, due)


@settings(max_examples=40)
@given(code=CODES, verb=st.sampled_from(["SELESAI", "beres", "Done", "fixed", "2"]), note=NOTES)
def test_who_is_done_says_so_and_needs_no_day(code: str, verb: str, note: str) -> None:
    read = understand(f"{verb} {code} {note}", today=TODAY)
    assert isinstance(read, Understood)
    assert (read.done, read.note, read.due) == (True, note, None)


@given(
    st.text()
    | st.lists(
        st.sampled_from(["OK", "7K3P", "selesai", "30", "Nov", "31/02", "sampai", "2020-01-01", ",", "😀", "ok.7K3P"])
    ).map(" ".join)
)
def test_anything_is_read_and_what_is_understood_can_be_kept(text: str) -> None:
    read = understand(text, today=TODAY)
    if isinstance(read, NotUnderstood):
        assert read.why in ("verb", "code", "day", "past")
        return
    assert residue_of(read.code) is not None
    assert len(read.note) <= LONGEST_NOTE
    assert read.due is None or read.due >= TODAY
    assert understand(text, today=TODAY) == read


@pytest.mark.parametrize(
    ("text", "note", "due"),
    [
        ("OK 7K3P rapat dengan petugas loket, selesai 30 Nov", "rapat dengan petugas loket", date(2026, 11, 30)),
        ("*ok* 7k3p tambah 1 petugas sampai Kamis", "tambah 1 petugas", date(2026, 12, 3)),
        ("Ya 7K3P besok rapat", "besok rapat", None),
        ("siap 7K3P selesai besok", "", date(2026, 11, 27)),
        ("ok 7K3P antre 3 loket selesai 3 loket", "antre 3 loket selesai 3 loket", None),
        ("OK 7K3P sampai 5 Jan lalu dilaporkan", "sampai 5 Jan lalu dilaporkan", date(2027, 1, 5)),
        ("7K3P 1", "", None),
    ],
)  # fmt: skip
def test_as_people_write(text: str, note: str, due: date | None) -> None:
    read = understand(text, today=TODAY)
    assert isinstance(read, Understood)
    assert (read.code, read.note, read.due) == ("7K3P", note, due)


@pytest.mark.parametrize(
    ("text", "why", "code"),
    [
        ("", "verb", ""),
        ("terima kasih", "verb", ""),
        ("7K3P kenapa?", "verb", "7K3P"),
        ("OK", "code", ""),
        ("OK rapat 7K3P", "code", ""),
        ("OK 7K30", "code", ""),
        ("OK 7K3P selesai 31 Feb", "day", "7K3P"),
        ("OK 7K3P selesai 2999-12-31", "day", "7K3P"),
        ("OK 7K3P selesai 30/11/2025", "past", "7K3P"),
    ],
)
def test_what_is_missing_is_named(text: str, why: str, code: str) -> None:
    read = understand(text, today=TODAY)
    assert isinstance(read, NotUnderstood)
    assert (read.why, read.code) == (why, code)
