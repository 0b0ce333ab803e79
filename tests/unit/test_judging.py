"""Rows judged: what a row tells of a ticket stays one visit, also where numbers restart and it goes past midnight."""

from datetime import date

import msgspec
import pytest

from pantau import registry_file
from pantau.domain.events import TicketData
from pantau.domain.registry import Registry
from producers.judging import Judge
from producers.mapping import compile
from producers.mapping.drafts import Row
from producers.mapping.model import parse

MAPPING = """
title = "t"
source = "mesin"
unit = "u"
zone = "WIB"

[data]
ticket = "{no}"

[[event]]
kind = "ticket.created"
id = "{dibuat}/{no}/created"
time = "dibuat"

[[event]]
kind = "service.ended"
id = "{dibuat}/{no}/ended"
time = "selesai"

[[event]]
kind = "rating.given"
id = "{dibuat}/{no}/rating"
time = "selesai"
data.score = "{nilai}"
when = { nilai = { empty = false } }
"""

REGISTRY = """
[hours.selalu]
mon-sun = "00:00-24:00"
[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"
[[kecamatan]]
code = "18.01.06"
name = "Kalianda"
kabupaten = "18.01"
[[unit]]
code = "u"
name = "U"
kecamatan = "18.01.06"
hours = "selalu"
zone = "ZONE"
[[source]]
name = "mesin"
live = false
numbers_restart = "RESTART"
"""

PAST_MIDNIGHT = {"no": "A5", "dibuat": "2026-11-24 23:40", "selesai": "2026-11-25 00:10", "nilai": ""}


def registry(zone: str = "WIB", restart: str = "daily") -> Registry:
    return registry_file.parse(REGISTRY.replace("ZONE", zone).replace("RESTART", restart))


def service_days(*rows: Row, mapping: str = MAPPING, known: Registry | None = None) -> list[date | None]:
    judge = Judge(compile(parse(mapping, name="m")[0], key=b"k"), known or registry(), bytes(32))
    for number, row in enumerate(rows):
        judge.row({"nilai": "", **row}, f"a.csv:{number}")
    events, refused, _ = judge.taken()
    assert not refused
    data = [packed.event().data for packed in events]
    return [each.service_day for each in data if isinstance(each, TicketData)]


def test_a_visit_that_ends_after_midnight_is_of_the_day_on_which_its_ticket_was_taken() -> None:
    #  23:40 created ----- 24:00 ----- 00:10 ended      one visit, of the 24th
    assert service_days(PAST_MIDNIGHT) == [date(2026, 11, 24)] * 2


def test_the_same_number_of_the_next_day_is_another_visit() -> None:
    again = {"no": "A5", "dibuat": "2026-11-25 08:00", "selesai": "2026-11-25 08:20"}
    assert service_days(PAST_MIDNIGHT, again) == [date(2026, 11, 24)] * 2 + [date(2026, 11, 25)] * 2


def test_midnight_is_that_of_the_unit() -> None:
    #  23:40 WIB is 01:40 WIT of the next day
    assert service_days(PAST_MIDNIGHT, known=registry(zone="WIT")) == [date(2026, 11, 25)] * 2


def test_a_row_that_grows_keeps_its_day() -> None:
    young = {**PAST_MIDNIGHT, "selesai": ""}
    assert service_days(young, PAST_MIDNIGHT) == [date(2026, 11, 24)] * 3


def test_what_is_no_event_of_a_ticket_gets_no_day_and_is_taken() -> None:
    assert service_days({**PAST_MIDNIGHT, "nilai": "4"}) == [date(2026, 11, 24)] * 2


@pytest.mark.parametrize("said", ["dibuat", "selesai"])
def test_a_day_that_the_mapping_says_holds(said: str) -> None:
    mapping = MAPPING.replace("[data]", f'[data]\nservice_day = "{said}"')
    assert service_days(PAST_MIDNIGHT, mapping=mapping) == [date(2026, 11, 24 + (said == "selesai"))] * 2


def test_numbers_that_never_restart_have_no_day() -> None:
    assert service_days(PAST_MIDNIGHT, known=registry(restart="never")) == [None, None]


def test_numbers_that_begin_anew_with_nothing_to_tell_their_days_apart_are_named_once() -> None:
    judge = Judge(compile(parse(MAPPING, name="m")[0], key=b"k"), registry(restart="never"), bytes(32))
    for day in (24, 25, 26):
        judge.row({"no": "A5", "dibuat": f"2026-11-{day} 08:00", "selesai": "", "nilai": ""}, f"a.csv:{day}")
        assert judge.taken_again() == ({"mesin": ["A5"]} if day == 25 else {})


def test_a_unit_that_is_unknown_is_refused_and_not_a_crash() -> None:
    judge = Judge(compile(parse(MAPPING.replace('"u"', '"x"'), name="m")[0], key=b"k"), registry(), bytes(32))
    judge.row(PAST_MIDNIGHT, "a.csv:1")
    _, refused, _ = judge.taken()
    assert [each.code for each in refused] == ["unknown_unit"] * 2
    assert not any(b"service_day" in each.original for each in refused), msgspec.json.encode(refused)
