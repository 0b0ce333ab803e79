"""Refusals are counted by reason: values with their own advice, facts that differ made no reasons of their own."""

from pantau.domain.errors import Fault
from pantau.domain.rejections import Language, flaw
from pantau.domain.retelling import Retelling
from pantau.domain.tally import KEPT_VALUES, Tally


def unknown_unit(value: str, nearest: str = "") -> Fault:
    return flaw("unknown_unit", "data.unit", value, "id", nearest=nearest).fault


def test_one_rule_broken_by_several_values_is_one_reason_that_names_them() -> None:
    tally = Tally(Retelling())
    tally.add("antrian", "unknown_unit", [unknown_unit("kec-kalinda", " (kec-kalianda?)")], times=3)
    tally.add("antrian", "unknown_unit", [unknown_unit("bank")])
    (reason,) = tally.reasons("en")
    assert (reason.times, reason.field, reason.rule) == (4, "data.unit", "no such unit in the registry")
    assert [(each.value, each.times, "kec-kalianda?" in each.todo) for each in reason.values] == [
        ("kec-kalinda", 3, True),
        ("bank", 1, False),
    ]
    assert len(reason.todos) == 2


def test_facts_that_differ_with_each_event_make_no_reason_of_their_own() -> None:
    tally = Tally(Retelling())
    for day in range(1000):
        fault = flaw("too_old", "time", f"day {day}", "id", age=f"{day + 8} hari", limit="7 hari").fault
        tally.add("antrian", "too_old", [fault])
    (reason,) = tally.reasons("en")
    assert (reason.times, reason.rule) == (1000, "8 days old; the limit of this source is 7 days")
    assert reason.varies
    assert (len(reason.values), reason.others) == (KEPT_VALUES, 1000 - KEPT_VALUES)


def test_one_rule_told_in_two_languages_is_one_reason() -> None:
    tally = Tally(Retelling())
    told: list[tuple[Language, str]] = [("id", "(isi)"), ("en", "(body)")]
    for language, body in told:
        tally.add("antrian", "malformed", [flaw("malformed", body, "?", language, detail="cut off").fault])
    (reason,) = tally.reasons("id")
    assert (reason.times, reason.field, reason.rule, reason.varies) == (2, "(isi)", "tidak terbaca: cut off", False)


def test_sources_codes_and_fields_are_told_apart_and_the_most_frequent_comes_first() -> None:
    tally = Tally(Retelling())
    tally.add("a", "unknown_unit", [unknown_unit("x")])
    tally.add("b", "unknown_unit", [unknown_unit("x")], times=2)
    tally.add("b", "not_allowed", [flaw("not_allowed", "data.unit", "x", "id", source="b").fault])
    assert [(reason.source, reason.code, reason.times) for reason in tally.reasons("id")] == [
        ("b", "unknown_unit", 2),
        ("a", "unknown_unit", 1),
        ("b", "not_allowed", 1),
    ]
