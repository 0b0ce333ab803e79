"""A mapping file is loaded whole, or refused with everything that is wrong with it, each at its line."""

from pathlib import Path

import pytest

from pantau.domain.errors import BadSetup
from producers.mapping import load
from producers.mapping.model import parse
from producers.mapping.planner import plan
from producers.mapping.templates import parse_calculation, parse_template

GOOD = """
title = "t"
source = "s"
unit = "u"
zone = "WIB"

[[event]]
kind = "ticket.created"
id = "{id}/created"
time = "created_at"
data.ticket = "{id}"
"""


def faults(text: str) -> list[str]:
    with pytest.raises(BadSetup) as refused:
        plan(*parse(text, name="m"))
    return [str(fault) for fault in refused.value.faults]


def fault(text: str) -> str:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]


def test_the_smallest_mapping_is_enough() -> None:
    mapping, lines = parse(GOOD, name="m")
    assert plan(mapping, lines).columns == ("created_at", "id")
    assert mapping.name == "m"


def test_every_fault_of_form_is_named_at_once_with_its_line() -> None:
    text = 'titel = "t"\nsource = 5\nzone = "WIB"\n[read]\nformat = "xlsx"\n[[event]]\nkind = "ticket.created"\n'
    found = faults(text)
    assert found[0].startswith("m.toml:1: ")
    assert any("titel" in each and "did you mean title?" in each for each in found)
    assert any(each.startswith("m.toml:2: source") for each in found)
    assert any(each.startswith("m.toml:5: read.format") for each in found)
    assert any(each.startswith("m.toml:6: event.0") and "id is missing" in each for each in found)
    assert any("unit is missing" in each for each in found)


def test_every_fault_of_meaning_is_named_at_once_with_its_line() -> None:
    text = GOOD.replace("ticket.created", "ticket.creatd").replace('"WIB"', '"WIBB"') + '[values.a]\nextract = "("\n'
    found = faults(text)
    assert any(each.startswith("m.toml:8: event.0.kind") and "did you mean ticket.created?" in each for each in found)
    assert any("WIBB" in each for each in found) or len(found) >= 2
    assert any(each.startswith("m.toml:13: values.a.extract") for each in found)


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (
            'data.couter = "{loket}"',
            "m.toml:12: event.0.data.couter '{loket}' is not a field of ticket.created; did you mean",
        ),
        ('data.came_from = "{a"', "a brace at character 1 names no column"),
        ("when = {}", "an empty condition says nothing"),
        ('when = { a = { like = "x" } }', "there is no test 'like'"),
        ("when = { a = { above = true } }", "above cannot be compared with True"),
        ('when = { any = "x" }', "any needs a list of conditions"),
        ("[values.a]\nfrom = 'b'\ntext = 'c'", "a value is made in one way"),
        ("[values.a]\notherwise = 'c'", "belongs to a map"),
        ("[values.a]\ncalc = '{a} ** 2'", "pow is not arithmetic"),
        ("[values.a]\ncalc = '__import__(\"os\")'", "is not arithmetic"),
        ("[values.a]\nalso = ['b']\ntext = 'x'", "can only share the steps of a column"),
        ("[times.created_at]\ntext = '{a}'\nclock = '{b}'", "needs text, or date and clock, or of and plus"),
        ("[times.created_at]\ntext = '{a}'\nafter = 'x'", "belongs to a time with a clock"),
        ("[times.created_at]\nof = 'x'\nplus = '1 h'", "is not a time of this mapping"),
        ("[times.created_at]\ntext = '{a}'\nformat = '%Q'", "%Q is no directive"),
        ("[times.created_at]\ntext = '{a}'\nzone = 'Mars'", "'Mars' is not WIB, WITA, WIT or an IANA time zone"),
        ("[data]\nelements = '{x}'", "no event of this mapping has this field"),
    ],
)
def test_what_is_wrong_is_said(added: str, said: str) -> None:
    assert said in "\n".join(faults(GOOD + added))


@pytest.mark.parametrize(
    ("time", "at", "said"),
    [
        ('date = "tgl"\nclock = "{jam}"', 14, 'write "{tgl}" for the column'),
        ('date = "{tgl}"\nclock = "jam"', 15, 'write "{jam}" for the column'),
        ('text = "dibuat"', 14, 'write "{dibuat}" for the column'),
    ],
)
def test_a_column_without_braces_is_told_before_a_row_is_read(time: str, at: int, said: str) -> None:
    found = fault(f'{GOOD}[times.created_at]\nzone = "WIT"\n{time}\n')
    assert found.startswith(f"m.toml:{at}: times.created_at.")
    assert said in found


def test_a_constant_date_or_clock_is_a_time() -> None:
    mapping, _ = parse(f'{GOOD}[times.created_at]\ndate = "2026-03-02"\nclock = "{{jam}}"\n', name="m")
    assert plan(mapping).columns == ("jam", "id")


def test_a_needed_field_is_asked_for() -> None:
    assert "ticket.created needs ticket" in fault(GOOD.replace('data.ticket = "{id}"', ""))


def test_a_constant_must_fit_its_field() -> None:
    text = GOOD.replace("ticket.created", "rating.given").replace("data.ticket", "data.score = 11\ndata.ticket")
    assert "<= 10" in fault(text)


def test_values_made_from_each_other_are_found() -> None:
    looped = GOOD.replace('"{id}/created"', '"{a}"') + "[values.a]\ntext = 'x{b}'\n[values.b]\ntext = 'y{a}'\n"
    assert "is made from itself" in fault(looped)


def test_a_dropped_column_cannot_be_used() -> None:
    assert "is dropped and used" in fault(GOOD.replace('zone = "WIB"', 'zone = "WIB"\ndrop = ["id"]'))


def test_text_that_is_not_toml_says_where() -> None:
    with pytest.raises(BadSetup, match=r"m\.toml is not TOML: .*line 2"):
        parse("a = 1\nb = ]\n", name="m")


def test_a_mapping_is_found_by_path_and_by_name(tmp_path: Path) -> None:
    file = tmp_path / "antrian_saya.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert load(file).name == "antrian_saya"
    assert load("bank_calls_1999").unit == "bank"
    with pytest.raises(BadSetup, match="did you mean bank_calls_1999"):
        load("bank_calls_199")
    with pytest.raises(BadSetup, match="there is no mapping"):
        load(tmp_path / "none.toml")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadSetup, match="not UTF-8"):
        load(file)


def test_templates_hold_texts_and_names() -> None:
    template = parse_template("{{{case:concept:name}}}/{b}")
    assert template.names == ("case:concept:name", "b")
    assert template.parts[0] == "{"
    assert parse_template("plain").constant == "plain"
    assert parse_template("{a}").only == "a"
    for text in ("{", "}", "{a", "{}"):
        with pytest.raises(ValueError, match="names no column"):
            parse_template(text)


def test_calculations_name_their_operands_once() -> None:
    found = parse_calculation("({a b} - {c}) * 60000 + round({a b} / 2)")
    assert found.names == ("a b", "c")
    assert eval(found.expression, {"_0": 7, "_1": 2, "round": round}) == 5 * 60000 + 4
