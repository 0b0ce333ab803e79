"""Laws of reshaping: the order of rows does not matter, and no row is lost."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.errors import Fault
from producers.mapping.drafts import Unreadable
from producers.mapping.shapes import handovers, pivot, span

Rows = list[tuple[int, dict[str, str]]]


def numbered(rows: Iterable[dict[str, str]]) -> Rows:
    return [(number, dict(row)) for number, row in enumerate(rows, 1)]


answers = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["U1", "U2", "U3"])), st.sampled_from("1234"), min_size=1
).map(lambda cells: [{"who": who, "q": q, "answer": answer} for (who, q), answer in cells.items()])


@given(rows=answers, order=st.randoms())
def test_a_pivot_is_the_same_in_any_order(rows: list[dict[str, str]], order: st.DataObject) -> None:
    shape = pivot(by="who", name="q", value="answer")
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    spread = [sorted(row.items()) for _, row in shape(numbered(rows))]
    assert sorted(spread) == sorted(sorted(row.items()) for _, row in shape(numbered(shuffled)))
    assert sum(len(row) - 1 for row in spread) == len(rows)


def test_a_pivot_names_columns_by_what_a_pattern_finds() -> None:
    shape = pivot(by=["who"], name="q", value="a", extract="(?i)waktu|biaya")
    rows = [
        {"who": "x", "q": "Bagaimana WAKTU layanan?", "a": "3", "on": "d"},
        {"who": "x", "q": "lain", "a": "1", "on": "e"},
    ]
    assert list(shape(numbered(rows))) == [(2, {"who": "x", "on": "d", "waktu": "3", "lain": "1"})]


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 10**9)), min_size=1),
    st.randoms(),
)
def test_a_span_is_first_to_last_in_any_order(events: list[tuple[str, int]], order: st.DataObject) -> None:
    from producers.mapping.times import iso_instant

    rows = [{"case": case, "t": iso_instant(at * 1000)} for case, at in events]
    order.shuffle(rows)  # type: ignore[attr-defined]  # a random.Random
    found = {row["case"]: (row["first"], row["last"]) for _, row in span(by="case", time="t")(numbered(rows))}
    for case in {case for case, _ in events}:
        times = [at for other, at in events if other == case]
        assert found[case] == (iso_instant(min(times) * 1000), iso_instant(max(times) * 1000))


def test_a_span_compares_instants_not_texts() -> None:
    rows = [{"c": "1", "t": "2026-03-02 08:00:00+01:00"}, {"c": "1", "t": "2026-03-02 07:30:00+00:00"}]
    ((_, row),) = span(by="c", time="t")(numbered(rows))
    assert (row["first"], row["last"]) == ("2026-03-02 08:00:00+01:00", "2026-03-02 07:30:00+00:00")
    ((_, row),) = span(by="c", time="t")(numbered([*rows, {"c": "1", "t": "soon"}]))
    assert row["first"] == "soon", "so that the mapping says what is wrong"


def test_a_handover_is_an_end_in_the_second_of_another_call_at_the_same_counter() -> None:
    def ticket(counter: str, called: str, ended: str) -> dict[str, str]:
        return {"c": counter, "called": f"2026-03-02 {called}", "ended": f"2026-03-02 {ended}" if ended else ""}

    rows = [
        ticket("1", "08:00:00", "08:10:00"),  # the next is called in that second
        ticket("1", "08:10:00", "08:20:00"),  # the next is called a second later
        ticket("1", "08:20:01", "08:30:00"),
        ticket("2", "08:30:00", "08:30:00"),  # its own call is none
        ticket("2", "08:40:00", ""),
    ]
    marked = handovers(by="c", ended="ended", called="called")(numbered(rows))
    assert [row["closed_by_next"] for _, row in marked] == ["1", "1", "", "", ""]


def test_rows_that_could_not_be_read_pass_through() -> None:
    broken = Unreadable(Fault(field="row", value="", rule="r", todo="t"))
    for shape in (pivot(by="a", name="b", value="c"), span(by="a", time="b"), handovers(by="a", ended="b", called="c")):
        assert (1, broken) in list(shape([(1, broken)]))


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", ""])), max_size=12),
    st.sets(st.integers(0, 11)),
)
def test_numbers_rise_so_that_a_reading_can_be_resumed(cells: list[tuple[str, str]], bad: set[int]) -> None:
    """|--a 1--b 2--a 3--|: group b is row 2, group a is row 3; whoever has seen 2 has seen all before it."""
    fault = Fault(field="row", value="", rule="r", todo="t")
    rows: Rows = [
        (n + 1, Unreadable(fault) if n in bad else {"g": group, "n": name, "v": "1", "t": "2026-03-02"})
        for n, (group, name) in enumerate(cells)
    ]
    for shape in (pivot(by="g", name="n", value="v"), span(by="g", time="t"), handovers(by="g", ended="t", called="t")):
        numbers = [number for number, _ in shape([(number, row) for number, row in rows])]
        assert numbers == sorted(set(numbers))
        assert numbers[-1:] == [number for number, _ in rows][-1:]
