"""The cache of cells counts what marks spread one by one make, in whatever zone and however few cells it holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.measures import Mark
from pantau.domain.visit_columns import MEASURES
from pantau.domain.windows import Accumulator, CellKey, spread
from pantau.domain.zones import DAY, MINUTE
from stream_processors.cells import Cells
from stream_processors.marks import Marks

ZONES = {"jauh": "Asia/Jakarta", "monrovia": "Africa/Monrovia", "st-johns": "America/St_Johns"}
"""Monrovia was 44.5 minutes behind until 1972: its windows do not begin with five minutes of UTC. In St John's clocks
were set back at one minute past midnight, so that half an hour lies on two days."""

SET_BACK = 1_289_097_000_000
"""2010-11-07T02:30Z: midnight in St John's, for the first time."""

TIMES = st.one_of(
    *(st.integers(first, first + 40 * MINUTE) for first in (DAY, SET_BACK - 10 * MINUTE, 20_000 * DAY)),
)
MANY = ("arrivals", "service_time", "wait_to_call", *(f"reported_n.{n}" for n in range(30)))
"""More measures than a strip has."""

MARKS = st.tuples(
    st.sampled_from(MANY),
    TIMES,
    st.just(1),
    st.integers(0, 3_000_000),
    st.sampled_from((0, 0, 0, 1, 2)),
)
SAID = st.tuples(st.sampled_from([*ZONES]), st.sampled_from(("ktp", "kk", None)), MARKS, st.sampled_from((1, 1, -1)))
Said = tuple[str, str | None, Mark, int]
"""Unit, service, mark, and -1 where it is taken out."""


def marks(cells: Cells, said: list[Said]) -> Marks:
    """The same marks in columns."""
    units, services, held, signs = zip(*said, strict=True)
    measures, *numbers = zip(*held, strict=True)
    return Marks(
        cells.units.codes(units),
        cells.measures.codes(measures),
        cells.services.codes(services),
        *(np.array(column, np.int64) for column in (*numbers, signs)),
    )


def window(key: CellKey) -> tuple[str, int, str, str, int]:
    """The window of a cell."""
    return key[0], *key[2:]


BATCHES = st.lists(st.tuples(st.booleans(), st.lists(SAID, min_size=1, max_size=12)), min_size=1, max_size=6)
"""Whether all is forgotten before, and what is said."""


@given(BATCHES, st.sampled_from((1, 20, 1_000)))
def test_cells_are_what_marks_spread_one_by_one_make_them(
    batches: list[tuple[bool, list[Said]]], capacity: int
) -> None:
    cells = Cells(capacity, zone_of=ZONES.__getitem__, measures=MANY[:2])
    cells.stored(())
    truth: dict[CellKey, Accumulator] = {}
    written: dict[CellKey, Accumulator] = {}
    for forgotten, batch in batches:
        if forgotten:
            cells.forget([batch[0][0]])
        lost: dict[CellKey, Accumulator] = {}
        for unit, service, mark, sign in batch:
            if sign < 0:
                spread(lost, [mark], unit=unit, service=service, zone=ZONES[unit], sign=1)
            spread(truth, [mark], unit=unit, service=service, zone=ZONES[unit], sign=sign)
        pages, losing = cells.add(marks(cells, batch))
        assert len(losing) == len(lost)
        assert {*losing} == lost.keys()
        asked = cells.absent()
        assert {window(key) for key in asked} <= {window(key) for key in written}
        cells.restore({key: written[key] for key in asked if key in written})
        found = dict(iter(cells.settle()))
        assert found.keys() <= truth.keys()
        assert sorted(pages) == sorted({(key[2], key[3]) for key in found})
        written |= found
    assert written == truth


def test_what_left_is_asked_for_and_nothing_that_was_never_there() -> None:
    cells = Cells(20, zone_of=ZONES.__getitem__, measures=MANY)
    cells.stored(())

    def asked_at(slot: int) -> int:
        at = 20_000 * DAY + slot * 5 * MINUTE
        cells.add(marks(cells, [("jauh", "ktp", ("arrivals", at, 1, 0, 0), 1)]))
        asked = cells.absent()
        cells.settle()
        return len(asked)

    assert [asked_at(slot) for slot in range(100)] == [0] * 100
    assert [asked_at(slot) for slot in (99, 0)] == [0, 2]


def test_of_a_window_that_left_hardly_more_is_asked_for_than_it_had() -> None:
    """Also when all codes were forgotten, and those of measures that are not known from the start are others."""
    cells = Cells(20, zone_of=ZONES.__getitem__, measures=MANY[:3])
    cells.stored(())
    slots = range(1_000)

    def asked_of(measure: str) -> int:
        at = (20_000 * DAY + slot * 30 * MINUTE for slot in slots)
        said: list[Said] = [("jauh", "ktp", (measure, each, 1, 0, 0), 1) for each in at]
        cells.add(marks(cells, said))
        asked = {key for key in cells.absent() if key[0] == "30m"}
        cells.settle()
        cells.forget()
        return len(asked)

    assert asked_of("arrivals") == 0
    assert asked_of("service_time") < len(slots) / 4
    assert asked_of("arrivals") == len(slots)
    asked_of("reported_n.9")
    cells.measures.code("reported_n.7")
    assert asked_of("reported_n.9") == len(slots)


def test_what_plain_tickets_add_to_is_in_one_strip() -> None:
    assert len(MEASURES) < 16
