"""A request is read alike from a command line and from an address, and refused in words with all that is wrong."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.cli.indicators import By
from pantau.domain.errors import BadSetup, Fault
from pantau.domain.requests import Request
from pantau.domain.written_requests import PARAMETERS, Parameter, request_of
from tests.storage_tests.week import AS_OF, REGISTRY, at


def read(**written: str | Sequence[str]) -> Request:
    given = {name.rstrip("_"): [value] if isinstance(value, str) else value for name, value in written.items()}
    return request_of(given, REGISTRY, now=AS_OF)


def refused(**written: str | Sequence[str]) -> BadSetup:
    with pytest.raises(BadSetup) as caught:
        read(**written)
    return caught.value


@pytest.mark.parametrize("limit", ["900", "15 min", "15 menit", "900 s"])
def test_a_limit_is_a_time(limit: str) -> None:
    assert read(within=limit).within_ms == 900_000


def test_all_of_it_is_read() -> None:
    wanted = read(
        indicator=["ikm", "promise"],
        by=["unit", "trained"],
        kecamatan="18.01.06",
        from_="2026-11-09",
        to="2026-11-10",
        percentile="exact",
        complaint_days="7",
    )
    assert wanted == Request(
        as_of=AS_OF,
        names=("ikm", "promise"),
        by=("unit", "trained"),
        kecamatan=("18.01.06",),
        first_day=date(2026, 11, 9),
        last_day=date(2026, 11, 10),
        percentile="exact",
        complaint_days=7,
    )


def test_an_instant_without_an_offset_is_read_on_the_clock_of_the_first_unit() -> None:
    assert read(unit="makassar", as_of="2026-11-10 10:30").as_of == at("10 10.30", "Asia/Makassar")
    assert read(unit="makassar", as_of="2026-11-10T10:30+07:00").as_of == at("10 10.30")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"from_": "10-11-2026"}, "write it like 2026-11-10"),
        ({"from_": "0001-01-01"}, "write it like 2026-11-10"),
        ({"as_of": "yesterday"}, "write it like 2026-11-10 10:32"),
        ({"within": "soon"}, "soon"),
        ({"within": "3 working days"}, "not working days"),
        ({"within": "400 days"}, "a year at most"),
        ({"by": "colour"}, "one of unit, kecamatan"),
        ({"complaint_days": "-1"}, "not a number of days"),
        ({"to": ["2026-11-10", "2026-11-11"]}, "given more than once"),
        ({"units": "dukcapil"}, "no such parameter; ask for indicator, unit"),
    ],
)
def test_what_means_nothing_is_refused_in_words(written: dict[str, Any], words: str) -> None:
    assert words in str(refused(**written))


def test_all_faults_are_told_together() -> None:
    found = refused(by=["unit", "colour"], from_="soon", zero_waits="no").faults
    assert [fault.field for fault in found] == ["by", "from", "zero_waits"]


def test_the_verb_and_an_address_ask_for_the_same() -> None:
    choices = {parameter.name: parameter.choices for parameter in PARAMETERS}
    assert tuple(By) == choices["by"]
    assert [parameter.field for parameter in PARAMETERS if parameter.field not in Request.__struct_fields__] == []
    assert {*Request.__struct_fields__} - {parameter.field for parameter in PARAMETERS} == {"language"}


@given(st.sampled_from(PARAMETERS), st.lists(st.text(max_size=20) | st.integers().map(str), min_size=1, max_size=3))
def test_whatever_is_written_is_read_or_refused_with_its_faults(parameter: Parameter, values: list[str]) -> None:
    faults: tuple[Fault, ...] | None = None
    try:
        wanted = request_of({parameter.name: values}, REGISTRY, now=AS_OF)
    except BadSetup as wrong:
        faults = wrong.faults
    assert faults or msgspec.convert(msgspec.to_builtins(wanted), Request) == wanted
