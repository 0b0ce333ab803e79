"""Every value of a TOML file is found on the line on which it is written."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pantau.toml_lines import Path, locate

HARD = '''# a comment = "with [brackets]"
title = "a # that is no comment"
"quoted key" = 'C:\\path'   # [not.a.header]
a.b . "c.d" = 1

[unit]            # table
zone = "WIB"
text = """
[fake]
key = "fake" \\""" still text"""""
raw = \'\'\'
[[fake]]
''\'\'\'
numbers = [
  1, # one ]
  [2, 3],
  { x = 1, y = [
    4 ] },
]
when = 1979-05-27 07:32:00

[[place]]
code = "1"
[[place.spot]]
name = "1a"
[[place.spot]]
name = "1b"
[place.spot.deep]
er = true
[[place]]
code = "2"
[[place.spot]]
name = "2a"
'''

EXPECTED: dict[Path, int] = {
    ("title",): 2,
    ("quoted key",): 3,
    ("a",): 4,
    ("a", "b"): 4,
    ("a", "b", "c.d"): 4,
    ("unit",): 6,
    ("unit", "zone"): 7,
    ("unit", "text"): 8,
    ("unit", "raw"): 11,
    ("unit", "numbers"): 14,
    ("unit", "numbers", 0): 15,
    ("unit", "numbers", 1): 16,
    ("unit", "numbers", 1, 0): 16,
    ("unit", "numbers", 1, 1): 16,
    ("unit", "numbers", 2): 17,
    ("unit", "numbers", 2, "x"): 17,
    ("unit", "numbers", 2, "y"): 17,
    ("unit", "numbers", 2, "y", 0): 18,
    ("unit", "when"): 20,
    ("place",): 22,
    ("place", 0): 22,
    ("place", 0, "code"): 23,
    ("place", 0, "spot"): 24,
    ("place", 0, "spot", 0): 24,
    ("place", 0, "spot", 0, "name"): 25,
    ("place", 0, "spot", 1): 26,
    ("place", 0, "spot", 1, "name"): 27,
    ("place", 0, "spot", 1, "deep"): 28,
    ("place", 0, "spot", 1, "deep", "er"): 29,
    ("place", 1): 30,
    ("place", 1, "code"): 31,
    ("place", 1, "spot"): 32,
    ("place", 1, "spot", 0): 32,
    ("place", 1, "spot", 0, "name"): 33,
}


def paths(value: Any, path: Path = ()) -> set[Path]:
    """Every path of data as ``tomllib`` read it."""
    found = {path} if path else set()
    if isinstance(value, dict):
        return found.union(*(paths(inner, (*path, key)) for key, inner in value.items()))
    if isinstance(value, list):
        return found.union(*(paths(inner, (*path, index)) for index, inner in enumerate(value)))
    return found


def test_hard_spellings_are_found_where_they_stand() -> None:
    assert paths(tomllib.loads(HARD)) == set(EXPECTED)
    lines = locate(HARD)
    assert {path: lines.of(path) for path in lines.paths()} == EXPECTED


def test_windows_line_ends_do_not_shift_the_lines() -> None:
    lines = locate(HARD.replace("\n", "\r\n"))
    assert {path: lines.of(path) for path in lines.paths()} == EXPECTED


def test_what_is_missing_is_shown_where_it_belongs() -> None:
    lines = locate(HARD)
    assert lines.of(("place", 1, "spot", 0, "zone")) == 32
    assert lines.of(("nothing", 3)) == 1


# A value, and the lines (counted from its own) of what is inside it.
values = st.sampled_from(
    [
        ("1", {}),
        ('"x = [1]"', {}),
        ("'''\n[a]\nb = 1\n'''", {}),
        ('"""\\\n  # "quotes" \\\\"""', {}),
        ("[]", {}),
        ("[ # none\n]", {}),
        ("[1, 2]", {(0,): 0, (1,): 0}),
        ('[\n  "a", # a\n\n  [ true,\n  ],\n]', {(0,): 1, (1,): 3, (1, 0): 3}),
        ("{ p = 1, q.r = [ {} ] }", {("p",): 0, ("q",): 0, ("q", "r"): 0, ("q", "r", 0): 0}),
        ("2026-01-31 08:00:00 # when", {}),
    ]
)
statements = st.lists(st.tuples(st.sampled_from(["[t{}]", "[[a]]", "[[a.b]]", "k{} = "]), values), max_size=25)


@given(statements)
def test_any_file_is_located_like_it_is_read(given_statements: list[tuple[str, tuple[str, dict[Path, int]]]]) -> None:
    written: list[str] = []
    expected: dict[Path, int] = {}
    table: Path = ()
    a = b = 0
    for number, (form, (value, inside)) in enumerate(given_statements):
        line = "\n".join(written).count("\n") + 2 if written else 1
        if form == "[[a.b]]" and not a:
            continue
        if form == "k{} = ":
            written.append(f"k{number} = {value}")
            here = (*table, f"k{number}")
            expected |= {here: line} | {(*here, *path): line + below for path, below in inside.items()}
            continue
        written.append(form.format(number))
        if form == "[[a]]":
            expected.setdefault(("a",), line)
            table, a, b = ("a", a), a + 1, 0
        elif form == "[[a.b]]":
            expected.setdefault(("a", a - 1, "b"), line)
            table, b = ("a", a - 1, "b", b), b + 1
        else:
            table = (f"t{number}",)
        expected[table] = line
    text = "\n".join(written)
    assert paths(tomllib.loads(text)) == set(expected)
    lines = locate(text)
    assert {path: lines.of(path) for path in lines.paths()} == expected
