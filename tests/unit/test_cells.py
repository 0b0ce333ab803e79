"""The cache of cells counts what marks spread one by one make, in whatever zone and however few cells it holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.measures import Mark
from pantau.domain.windows import Accumulator, CellKey, spread
from pantau.domain.zones import DAY, MINUTE
from stream_processors.cells import Cells, Marks

ZONES = {"jauh": "Asia/Jakarta", "monrovia": "Africa/Monrovia"}
"""Monrovia was 44.5 minutes behind until 1972: its windows do not begin with five minutes of UTC."""

TIMES = st.one_of(st.integers(DAY, DAY + 40 * MINUTE), st.integers(20_000 * DAY, 20_000 * DAY + 40 * MINUTE))
MARKS = st.tuples(
    st.sampled_from(("arrivals", "service_time")),
    TIMES,
    st.just(1),
    st.integers(0, 3_000_000),
    st.sampled_from((0, 0, 0, 1, 2)),
)
SAID = st.tuples(st.sampled_from([*ZONES]), st.sampled_from(("ktp", None)), MARKS)


def marks(cells: Cells, said: list[tuple[str, str | None, Mark]]) -> Marks:
    """The same marks in columns."""
    units, services, held = zip(*said, strict=True)
    measures, *numbers = zip(*held, strict=True)
    return Marks(
        cells.units.codes(units),
        cells.measures.codes(measures),
        cells.services.codes(services),
        *(np.array(column, np.int64) for column in (*numbers, [1] * len(said))),
    )


@given(st.lists(st.lists(SAID, min_size=1, max_size=12), min_size=1, max_size=6), st.sampled_from((1, 1_000)))
def test_cells_are_what_marks_spread_one_by_one_make_them(
    batches: list[list[tuple[str, str | None, Mark]]], capacity: int
) -> None:
    cells = Cells(capacity, zone_of=ZONES.__getitem__, measures=())
    cells.stored(())
    truth: dict[CellKey, Accumulator] = {}
    written: dict[CellKey, Accumulator] = {}
    for batch in batches:
        for unit, service, mark in batch:
            spread(truth, [mark], unit=unit, service=service, zone=ZONES[unit], sign=1)
        cells.add(marks(cells, batch))
        cells.restore({key: written[key] for key in cells.absent() if key in written})
        found = dict(iter(cells.settle()))
        assert found.keys() <= truth.keys()
        written |= found
    assert written == truth
