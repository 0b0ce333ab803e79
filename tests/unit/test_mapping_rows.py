"""What a mapping makes of a row: the events it says, or everything that is wrong with the row."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain.errors import BadEvent, BadSetup, Fault
from producers.mapping import Draft, RowMapper, Skipped, UnmappedRow, Unreadable, compile
from producers.mapping.model import parse

HEAD = 'title = "t"\nsource = "s"\nunit = "u"\nzone = "WIB"\n'
TICKET = '[[event]]\nkind = "ticket.created"\nid = "{id}"\ntime = "at"\ndata.ticket = "{id}"\n'
ROW = {"id": "7", "at": "2026-03-02 08:00:00"}
AT = 1_772_413_200_000


def mapper(text: str, *, key: bytes | None = None) -> RowMapper:
    return compile(parse(text, name="m")[0], key=key, language="en")


def one(text: str, **cells: str) -> Draft:
    (draft,) = mapper(text).events({**ROW, **cells})
    return draft


def refused(text: str, **cells: str) -> list[str]:
    with pytest.raises(BadEvent) as error:
        mapper(text).events({**ROW, **cells})
    return [f"{fault.field}: {fault.rule}" for fault in error.value.faults]


def value(steps: str, **cells: str) -> object:
    """What a value with these steps puts into the field ``service``."""
    return one(f'{HEAD}{TICKET}data.service = "{{v}}"\n[values.v]\n{steps}\n', **cells).data.get("service")


def test_a_row_becomes_an_event() -> None:
    assert one(HEAD + TICKET) == Draft("s", "7", "ticket.created", AT, {"unit": "u", "ticket": "7"})


def test_several_events_of_a_row_come_in_the_order_of_the_file() -> None:
    text = HEAD + TICKET + TICKET.replace("created", "called").replace('"{id}"\ntime', '"{id}/c"\ntime')
    assert [draft.kind for draft in mapper(text).events(ROW)] == ["ticket.created", "ticket.called"]


def test_source_unit_and_id_can_be_made_of_columns() -> None:
    text = HEAD.replace('"s"', '"office/{name}"').replace('"u"', '"{code}"') + TICKET.replace(
        'id = "{id}"', 'id = "{id}-{name}"'
    )
    draft = one(text, name="Wola", code="w1")
    assert (draft.source, draft.id, draft.data["unit"]) == ("office/Wola", "7-Wola", "w1")


def test_an_empty_time_means_it_did_not_happen_unless_it_is_required() -> None:
    called = '[[event]]\nkind = "ticket.called"\nid = "{id}/c"\ntime = "called_at"\ndata.ticket = "{id}"\n'
    assert [draft.kind for draft in mapper(HEAD + TICKET + called).events(ROW)] == ["ticket.created"]
    assert refused(HEAD + TICKET + called + "required = true\n") == ["called_at: ticket.called needs a time"]


@pytest.mark.parametrize("nothing", ["", "  ", "NULL", "null", "\\N", "0000-00-00 00:00:00"])
def test_what_databases_write_for_nothing_is_empty(nothing: str) -> None:
    assert "service" not in one(HEAD + TICKET + 'data.service = "{x}"\n', x=nothing).data


def test_a_row_for_which_there_is_no_rule_is_not_lost_in_silence() -> None:
    assert refused(HEAD + TICKET + 'when = { state = "open" }\n', state="odd") == [
        "row: no [[event]] and no [[skip]] of the mapping fits this row"
    ]


def test_a_skipped_row_says_why() -> None:
    text = HEAD + TICKET + '[[skip]]\nwhen = { state = "test" }\nwhy = "a trial"\n'
    skipped = mapper(text).events({**ROW, "state": "test"})
    assert skipped == []
    assert isinstance(skipped, Skipped)
    assert skipped.why == "a trial"
    assert len(mapper(text).events(ROW)) == 1


def test_everything_wrong_with_a_row_is_said_at_once_and_each_thing_once() -> None:
    text = (
        HEAD
        + TICKET.replace("ticket.created", "rating.given").replace("data.ticket", "data.score")
        + 'data.scale = "{scale}"\n'
    )
    text += TICKET.replace('"{id}"\ntime = "at"', '"{id}/t"\ntime = "then"')
    assert refused(text, id="x", scale="2.5", then="soon") == [
        "id: must be a whole number for score",
        "scale: must be a whole number for scale",
        "then: is not a time in the format iso",
    ]
    assert refused(text, id="", scale="5") == ["id: may not be empty: it identifies the event"]


@pytest.mark.parametrize(
    ("cells", "source"),
    [({"name": "Wola", "at": "soon"}, "office/wola"), ({"name": "odd", "at": "soon"}, None), ({}, None)],
)
def test_a_row_that_cannot_be_mapped_still_says_who_it_is_from(cells: dict[str, str], source: str | None) -> None:
    text = HEAD.replace('"s"', '"office/{name}"') + TICKET + "[values.name]\nmap = { Wola = 'wola' }\n"
    for row in ({**ROW, **cells}, {**cells, "id": ""}):
        with pytest.raises(UnmappedRow) as error:
            mapper(text).events(row)
        assert error.value.source == source


def test_a_row_that_cannot_be_read_is_from_the_one_source_of_its_mapping() -> None:
    broken = Unreadable(Fault(field="row", value="", rule="r", todo="t"))
    for text, source in ((HEAD, "s"), (HEAD.replace('"s"', '"office/{name}"'), None)):
        with pytest.raises(UnmappedRow) as error:
            mapper(text + TICKET).events(broken)
        assert error.value.source == source


def test_values_are_masked_in_faults() -> None:
    with pytest.raises(BadEvent) as error:
        mapper(HEAD + TICKET).events({**ROW, "at": "1801061203900001"})
    assert "1801061203900001" not in str(error.value)


@pytest.mark.parametrize(
    ("steps", "cells", "expected"),
    [
        ("from = 'x'", {"x": " A "}, "A"),
        ("text = '{x}-{y}'", {"x": "A", "y": "B"}, "A-B"),
        ("text = '{x}-{y}'", {"x": "A", "y": ""}, None),
        ("from = 'x'\nlower = true", {"x": "AB"}, "ab"),
        ("from = 'x'\nnull = ['-', 'none']", {"x": "-"}, None),
        ("from = 'x'\nmap = { 1 = 'one', a = 2 }", {"x": "1"}, "one"),
        ("from = 'x'\nmap = { 1 = 'one', a = 2 }", {"x": "a"}, "2"),
        ("from = 'x'\nmap = { 1 = 'one' }\notherwise = 'other'", {"x": "9"}, "other"),
        ("from = 'x'\nmap = { 1 = 'one' }\notherwise = 'other'", {"x": ""}, None),
        ("from = 'x'\ndefault = 'd'", {"x": ""}, "d"),
        ("from = 'x'\nextract = '^([A-Z])-'", {"x": "B-012"}, "B"),
        ("from = 'x'\nextract = '[0-9]+'", {"x": "B-012"}, "012"),
        ("calc = '({x} + {y}) / 2'", {"x": "1", "y": "2"}, "1.5"),
        ("calc = '{x} * 60000'", {"x": "21289.0"}, "1277340000"),
        ("calc = '{x} - {y}'", {"x": "3", "y": ""}, None),
        ("cases = [{ when = { x = { below = 3 } }, is = 'few' }, { is = 'many' }]", {"x": "2"}, "few"),
        ("cases = [{ when = { x = { below = 3 } }, is = 'few' }, { is = 'many' }]", {"x": "3"}, "many"),
        ("cases = [{ when = { x = { below = 3 } }, is = '{x} few' }]", {"x": "8"}, None),
    ],
)
def test_the_steps_of_a_value(steps: str, cells: dict[str, str], expected: str | None) -> None:
    assert value(steps, **cells) == expected


@pytest.mark.parametrize(
    ("steps", "cells", "said"),
    [
        ("from = 'x'\nmap = { 1 = 'one' }", {"x": "9"}, "x: is not in the map"),
        ("from = 'x'\nextract = '^([A-Z])-'", {"x": "012"}, "x: does not match ^([A-Z])-"),
        ("calc = '{x} + 1'", {"x": "many"}, "x: must be a number for _0 + 1"),
        ("calc = '1 / {x}'", {"x": "0"}, "x: cannot be calculated: division by zero"),
    ],
)
def test_a_value_that_cannot_be_made_spoils_the_row(steps: str, cells: dict[str, str], said: str) -> None:
    text = f'{HEAD}{TICKET}data.service = "{{v}}"\n[values.v]\n{steps}\n'
    assert refused(text, **cells) == [said]


def test_a_value_on_which_a_condition_rests_must_be_known() -> None:
    status = "[values.status]\nmap = { open = 'open', test = 'test' }\n"
    text = HEAD + TICKET + "when = { status = { empty = false } }\n" + status
    assert refused(text, status="odd") == ["status: is not in the map"]
    skip = "[[skip]]\nwhen = { not = { status = 'open' } }\nwhy = 'w'\n"
    assert refused(HEAD + TICKET + status + skip + TICKET + "when = { status = 'open' }\n", status="odd")
    case = "[values.v]\ncases = [{ when = { status = 'open' }, is = 'a' }, { is = 'b' }]\n"
    assert refused(HEAD + TICKET + "data.service = '{v}'\n" + status + case, status="odd") == [
        "status: is not in the map"
    ]


def test_columns_can_be_treated_alike() -> None:
    steps = "[values.a]\nalso = ['b']\nlower = true\n"
    assert one(HEAD + TICKET + 'data.service = "{a}"\ndata.channel = "{b}"\n' + steps, a="X", b="Y").data == {
        "unit": "u",
        "ticket": "7",
        "service": "x",
        "channel": "y",
    }


CONDITIONS = [
    ("{ x = 'A' }", {"x": "A"}, {"x": "B"}),
    ("{ x = 1 }", {"x": "1"}, {"x": "2"}),
    ("{ x = true }", {"x": "true"}, {"x": "false"}),
    ("{ x = ['A', 'B'] }", {"x": "B"}, {"x": "C"}),
    ("{ x = { equals = 'A' } }", {"x": "A"}, {"x": ""}),
    ("{ x = { in = ['A'] } }", {"x": "A"}, {"x": "a"}),
    ("{ x = { not = 'A' } }", {"x": "B"}, {"x": "A"}),
    ("{ x = { not = ['A', 'B'] } }", {"x": "C"}, {"x": "B"}),
    ("{ x = { empty = true } }", {"x": ""}, {"x": "A"}),
    ("{ x = { empty = false } }", {"x": "A"}, {"x": "NULL"}),
    ("{ x = { above = 0 } }", {"x": "0.5"}, {"x": "0"}),
    ("{ x = { at_least = 3, at_most = 4 } }", {"x": "4"}, {"x": "5"}),
    ("{ x = { below = 3 } }", {"x": "-1"}, {"x": "many"}),
    ("{ x = { same_as = 'y' } }", {"x": "A", "y": "A"}, {"x": "", "y": ""}),
    ("{ x = 'A', y = 'B' }", {"x": "A", "y": "B"}, {"x": "A", "y": "C"}),
    ("{ any = [{ x = 'A' }, { y = 'B' }] }", {"x": "C", "y": "B"}, {"x": "B", "y": "A"}),
    ("{ all = [{ x = 'A' }, { y = 'B' }] }", {"x": "A", "y": "B"}, {"x": "C", "y": "B"}),
    ("{ not = { x = 'A', y = 'B' } }", {"x": "A", "y": "C"}, {"x": "A", "y": "B"}),
    ("{ x = 'A', any = [{ y = '1' }, { y = '2' }] }", {"x": "A", "y": "2"}, {"x": "B", "y": "1"}),
    ("{ at = { before = 'y' } }", {"y": "2026-03-02 09:00:00"}, {"y": "2026-03-02 07:00:00"}),
    ("{ at = { after = 'y' } }", {"y": "2026-03-02 07:00:00"}, {"y": ""}),
    ("{ at = { same_as = 'y' } }", {"y": "2026-03-02 08:00:00"}, {"y": "2026-03-02 08:00:01"}),
]


@pytest.mark.parametrize(("condition", "holds", "fails"), CONDITIONS)
def test_conditions_hold_or_not(condition: str, holds: dict[str, str], fails: dict[str, str]) -> None:
    text = HEAD + TICKET + f"[[skip]]\nwhen = {condition}\nwhy = 'held'\n"
    assert isinstance(mapper(text).events({**ROW, **holds}), Skipped)
    assert not isinstance(mapper(text).events({**ROW, **fails}), Skipped)


@pytest.mark.parametrize(("condition", "holds", "fails"), CONDITIONS)
def test_a_negation_is_the_opposite(condition: str, holds: dict[str, str], fails: dict[str, str]) -> None:
    text = HEAD + TICKET + f"[[skip]]\nwhen = {{ not = {condition} }}\nwhy = 'held'\n"
    assert not isinstance(mapper(text).events({**ROW, **holds}), Skipped)
    assert isinstance(mapper(text).events({**ROW, **fails}), Skipped)


CLOCKS = """
[times.at]
date = "{day}"
clock = "{from}"
[times.until]
date = "{day}"
clock = "{to}"
after = "at"
overlap = "2 seconds"
"""
ENDED = TICKET + TICKET.replace("ticket.created", "service.ended").replace(
    '"{id}"\ntime = "at"', '"{id}/e"\ntime = "until"'
)


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("23:59:00", "0:10:00", 660),  # |--23:59--| midnight |--0:10--|
        ("23:59:00", "0:00:00", 60),  # a real midnight
        ("8:00:00", "8:00:00", 0),
        ("8:00:01", "8:00:00", -1),  # two clocks, within the overlap
        ("8:00:03", "8:00:00", 86_397),  # beyond it
    ],
)
def test_an_end_before_its_start_is_the_next_day_where_the_mapping_says_so(start: str, end: str, seconds: int) -> None:
    row = {"id": "7", "day": "1999-01-31", "from": start, "to": end}
    first, last = mapper(HEAD + ENDED + CLOCKS).events(row)
    assert last.time - first.time == seconds * 1000
    plain = CLOCKS.replace('after = "at"\noverlap = "2 seconds"\n', "")
    first, last = mapper(HEAD + ENDED + plain).events(row)
    assert last.time - first.time in (seconds * 1000, seconds * 1000 - 86_400_000)


def test_zero_oclock_means_nothing_in_one_column_and_midnight_in_another() -> None:
    text = HEAD + ENDED + CLOCKS + '[values.to]\nnull = ["0:00:00"]\n'
    (draft,) = mapper(text).events({"id": "7", "day": "1999-01-31", "from": "0:00:00", "to": "0:00:00"})
    assert (draft.kind, draft.time) == ("ticket.created", 917_715_600_000)


def test_a_date_without_a_clock_is_nothing_and_a_clock_without_a_date_is_a_fault() -> None:
    text = HEAD + ENDED + CLOCKS
    assert refused(text, day="", **{"from": "8:00:00", "to": ""}) == ["day: is not a date in the format iso"]
    assert refused(text, day="1999-01-31", **{"from": "8:99:00", "to": ""}) == [
        "from: is not a time of day in the format iso"
    ]


def test_provenance_is_said_by_the_mapping() -> None:
    text = HEAD + TICKET + "imputed_when = { x = 'guess' }\nauto_closed_when = { x = 'auto' }\n"
    assert [one(text, x=x).data.get("provenance") for x in ("", "guess", "auto")] == [None, "imputed", "auto_closed"]
    assert one(HEAD + TICKET + 'provenance = "imputed"\n').data["provenance"] == "imputed"


def test_nested_fields_days_instants_and_constants() -> None:
    text = (
        HEAD
        + """
[[event]]
kind = "aggregate.reported"
id = "{id}"
time = "at"
[event.data]
measure = "wait"
ends = "ends"
n = "{n}"
share = 12.5
buckets = [{ upto_ms = 1000, n = "{a}" }, { n = "{b}" }]

[[event]]
kind = "training.recorded"
id = "{id}/t"
time = "at"
[event.data]
training = "t"
title = "T"
siasn_type = 4
jp = 20
participants = "{n}"
starts = "at"
ends = "ends"
completed = "{done}"

[times.ends]
of = "at"
plus = "1 day"
"""
    )
    total, training = mapper(text).events(
        {**ROW, "at": "2026-03-02 23:30:00", "n": "5", "a": "2", "b": "3", "done": "1"}
    )
    assert total.data == {
        "unit": "u",
        "measure": "wait",
        "ends": "2026-03-03T16:30:00.000Z",
        "n": 5,
        "share": 12.5,
        "buckets": [{"upto_ms": 1000, "n": 2}, {"upto_ms": None, "n": 3}],
    }
    assert training.data["starts"] == "2026-03-02", "the local date, though it is the same day in UTC"
    assert training.data["ends"] == "2026-03-03"
    assert training.data["completed"] is True


def test_an_answer_without_answers_is_a_fault() -> None:
    text = HEAD + TICKET.replace("ticket.created", "survey.answered").replace(
        'data.ticket = "{id}"', 'data.elements = { waktu = "{U3}" }'
    )
    assert one(text, U3="4").data["elements"] == {"waktu": 4}
    assert refused(text, U3="") == ["elements: may not be empty: it identifies the event"]


def test_hashed_values_are_equal_for_equal_texts_and_need_a_key() -> None:
    text = HEAD + TICKET + 'data.officer = "{who}"\n[values.who]\nhash = true\n'
    with pytest.raises(BadSetup, match="no key"):
        mapper(text)
    with pytest.raises(BadSetup, match="16 to 64 bytes"):
        mapper(text, key=b"short")
    first, second = (mapper(text, key=bytes([n]) * 16) for n in (1, 2))
    names = [
        m.events({**ROW, "who": who})[0].data["officer"]
        for m, who in ((first, "ani"), (first, "ani"), (first, "budi"), (second, "ani"))
    ]
    assert names[0] == names[1]
    assert len({*names}) == 3
    assert "ani" not in str(names)
    assert "officer" not in first.events({**ROW, "who": ""})[0].data


wild = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}\x00\x7f"), min_size=1, max_size=12)


@given(column=wild, constant=wild, cell=wild)
def test_nothing_written_in_a_mapping_can_become_code(column: str, constant: str, cell: str) -> None:
    """Names and constants go into the generated function; whatever they are, they stay texts."""
    quoted = json.dumps("{" + column + "}", ensure_ascii=False)
    mixed = json.dumps(constant + "{" + column + "}'", ensure_ascii=False)
    test = json.dumps(constant, ensure_ascii=False)
    event = f'[[event]]\nkind = "ticket.created"\nid = {mixed}\ntime = "at"\ndata.ticket = {quoted}\n'
    text = HEAD + event + f"[[skip]]\nwhen = {{ never = {test} }}\nwhy = {test}\n"
    row = {"at": "2026-03-02 08:00:00", column: cell}
    if column in ("at", "never"):
        return
    if cell.strip() in ("", "NULL", "null", "\\N", "0000-00-00", "0000-00-00 00:00:00"):
        with pytest.raises(BadEvent):
            mapper(text).events(row)
    else:
        (draft,) = mapper(text).events(row)
        assert draft.data["ticket"] == cell.strip()
        assert draft.id == constant + cell.strip() + "'"


@given(st.dictionaries(st.sampled_from(["id", "at", "x", "score", "n"]), st.text(max_size=20)))
def test_no_row_whatever_raises_anything_but_a_bad_event(row: dict[str, str]) -> None:
    text = HEAD + TICKET + 'data.service = "{v}"\n[values.v]\nfrom = "x"\nextract = "a+"\n'
    text += (
        '[[event]]\nkind = "rating.given"\nid = "{id}/r"\ntime = "at"\ndata = { score = "{score}", scale = "{calc}" }\n'
    )
    text += '[values.calc]\ncalc = "{n} / {score}"\n'
    try:
        found: list[Draft] | tuple[Fault, ...] = mapper(text).events(row)
    except BadEvent as error:
        found = error.faults
    assert found
