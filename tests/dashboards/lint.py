"""What is wrong with a board's JSON that Grafana itself would not say. Pure functions; each fault is a sentence.

The rules that grafana/dashboard-linter has for any data source are among them (its own are in Go and mostly about
Prometheus): a templated data source, titles, descriptions, units, no panel without a query, nothing editable.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any, Final, get_args

from dashboards.expand import variables_of
from dashboards.model import Kind

Json = dict[str, Any]

COLUMNS_OF_GRID: Final = 24
MOST_PANELS: Final = 10
MOST_SERIES: Final = 4
SHAPES: Final = "●▲▼○◇■"
"""What goes before the word of a state, so that colour is never alone."""

_CLOCK: Final = re.compile(r"\b(?:now|now64|today|yesterday|current_timestamp)\s*\(", re.IGNORECASE)
_PERSONAL: Final = re.compile(
    r"\b(?:officer|history|subject|original|reasons|digest|data|ticket|id|note|text_en|phone)\b"
)
_COMPARED: Final = re.compile(
    r"\(unit, source, subject\) IN \(\s*SELECT unit, source, subject\b|startsWith\(subject, [^)]*\)"
)
"""An identity compared with identities, or asked whether it is an application's: nothing of it comes out."""

_DRAWN: Final = frozenset(get_args(Kind))
_COMMON: Final = """
and are as below board boards by each for from has have how in is last less more now of on open over people promise
served service services since than that the their them this to today trained usual wait waiting what when where which
who with
"""
_WORD: Final = re.compile(r"[a-z']+")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


def faults(board: Json) -> list[str]:
    """Everything that is wrong within one board."""
    panels: list[Json] = board["panels"]
    return [
        *_faults_of_board(board),
        *_places(panels),
        *(f"panel {panel.get('id')}: {why}" for panel in panels for why in _faults_of_panel(panel, board)),
    ]


def faults_between(boards: Mapping[str, Json]) -> list[str]:
    """What is wrong between boards, by uid: links that lead nowhere, ids that are taken, languages that differ."""
    found = [f"{uid}: a link leads to {target}, which is no board" for uid, target in _dead(boards)]
    for uid, board in boards.items():
        if uid.endswith("-en"):
            continue
        other = boards.get(f"{uid}-en")
        if other is None:
            found.append(f"{uid}: there is no English board")
        elif (difference := first_difference(skeleton(board), skeleton(other))) is not None:
            found.append(f"{uid}: the languages differ at {difference}")
        found += [f"{uid}: English in Indonesian text: {text!r}" for text in texts(board) if english(text)]
    return found


def skeleton(board: Json) -> Any:
    """A board without its words: what both languages must have alike."""
    return _without_words(board, ())


def texts(board: Json) -> list[str]:
    """Everything that a reader reads."""
    return [*_texts(board, ())]


def english(text: str) -> bool:
    """Whether a text that should be Indonesian has English words in it: two of the commonest are enough."""
    known = {*_COMMON.split()}
    return sum(word in known for word in _WORD.findall(text.lower())) > 1


def _faults_of_board(board: Json) -> Iterator[str]:
    language = next((tag for tag in board.get("tags", ()) if tag in ("id", "en")), None)
    ending = "-en" if language == "en" else ""
    if not re.fullmatch(rf"pantau-[a-z]+{ending}", board["uid"]):
        yield f"uid {board['uid']!r} is not pantau-name{ending}"
    if board["schemaVersion"] != 42:
        yield f"schemaVersion is {board['schemaVersion']}, not 42"
    if board.get("editable") is not False:
        yield "it can be edited in the browser, where changes are lost"
    if not board.get("description"):
        yield "no description"
    refresh = re.fullmatch(r"(\d+)([smh])", board.get("refresh", ""))
    if refresh is None or int(refresh[1]) * _SECONDS[refresh[2]] < 5:
        yield f"refresh {board.get('refresh')!r} is not at least 5s"
    if board["time"]["to"] != "now":
        yield "the time range does not end now"
    if not 0 < len(board["panels"]) <= MOST_PANELS:
        yield f"{len(board['panels'])} panels; at most {MOST_PANELS} can be taken in"
    ids = [panel["id"] for panel in board["panels"]]
    yield from (f"panel id {number} is taken twice" for number in {*ids} if ids.count(number) > 1)
    known = {choice["name"] for choice in board["templating"]["list"]}
    for choice in board["templating"]["list"]:
        if choice["type"] == "query":
            yield from _undefined(choice["query"], known, f"choice {choice['name']}")
            if choice["datasource"].get("uid") != "${ds}":
                yield f"choice {choice['name']}: its data source is fixed"
    for mark in board["annotations"]["list"]:
        if mark["target"].get("type") == "tags":
            continue  # Grafana's own
        yield from _faults_of_sql(mark["target"]["rawSql"], known, f"mark {mark['name']}")


def _faults_of_panel(panel: Json, board: Json) -> Iterator[str]:
    if panel["type"] not in _DRAWN:
        yield f"{panel['type']} is a kind of panel that the live page does not draw"
    for what in ("title", "description"):
        if not panel.get(what):
            yield f"no {what}"
    if len(re.findall(r"[.!?](?:\s|$)", panel.get("description", ""))) > 2:
        yield "the description is longer than a sentence and what to do"
    if not panel.get("targets"):
        yield "no query"
    defaults = panel["fieldConfig"]["defaults"]
    if not defaults.get("unit"):
        yield "no unit"
    known = {choice["name"] for choice in board["templating"]["list"]}
    wanted = "${ds}" if known else "pantau-clickhouse"
    for target in panel.get("targets", ()):
        sql = target["rawSql"]
        if {panel["datasource"]["uid"], target["datasource"]["uid"]} != {wanted}:
            yield f"its data source is not {wanted}"
        yield from _faults_of_sql(sql, known, "the query")
    series = [
        each
        for each in panel["fieldConfig"]["overrides"]
        if panel["type"] == "timeseries" and "hideFrom" not in str(each)
    ]
    if len(series) > MOST_SERIES + sum("band" in str(each) or "dash" in str(each) for each in series):
        yield f"{len(series)} series; at most {MOST_SERIES} can be told apart"
    for text in _state_words(panel):
        if text[:1] not in SHAPES:
            yield f"the state {text!r} has no shape before its word"


def _faults_of_sql(sql: str, known: set[str], where: str) -> Iterator[str]:
    if _CLOCK.search(sql):
        yield f"{where} reads a clock; the time range rules"
    if found := _PERSONAL.search(_COMPARED.sub("", _code(sql))):
        yield f"{where} reads {found[0]!r}, which may be about a person"
    yield from _undefined(sql, known, where)


def _places(panels: list[Json]) -> Iterator[str]:
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] < 0 or place["w"] < 1 or place["h"] < 1 or place["x"] + place["w"] > COLUMNS_OF_GRID:
            yield f"panel {panel['id']}: columns {place['x']} to {place['x'] + place['w']} of {COLUMNS_OF_GRID}"
    for one, other in combinations(panels, 2):
        if _meet(one["gridPos"], other["gridPos"]):
            yield f"panels {one['id']} and {other['id']} lie on each other"


def _meet(one: Json, other: Json) -> bool:
    return bool(
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


def _undefined(text: str, known: set[str], where: str) -> Iterator[str]:
    yield from (f"{where} uses ${{{name}}}, which is no choice" for name in sorted(variables_of(text) - known))


def _code(sql: str) -> str:
    """SQL without what it only compares with or calls its columns."""
    return re.sub(r"'[^']*'|--[^\n]*", "", sql)


def _state_words(panel: Json) -> Iterator[str]:
    fields = [panel["fieldConfig"]["defaults"]]
    fields += [{each["id"]: each["value"] for each in one["properties"]} for one in panel["fieldConfig"]["overrides"]]
    for field in fields:
        for mapping in field.get("mappings", ()):
            yield from (told["text"] for told in mapping["options"].values() if "color" in told)


def _dead(boards: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for uid, board in boards.items():
        for target in sorted({*re.findall(r"/d/([\w-]+)", str(board))}):
            if target not in boards:
                yield uid, target


def first_difference(one: Any, other: Any, where: str = "") -> str | None:
    """The path of the first place where two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        pairs = [(f"{where}.{key}", one[key], other[key]) for key in one]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = [(f"{where}[{place}]", *both) for place, both in enumerate(zip(one, other, strict=True))]
    else:
        return None if one == other else (where or "the top")
    return next((found for path, left, right in pairs if (found := first_difference(left, right, path))), None)


_WORDS_AT: Final = frozenset(
    {"title", "description", "label", "displayName", "text", "content", "tooltip", "noValue", "fields"}
)
"""Keys whose values are words, wherever they stand; ``name`` is one in an annotation alone."""


def _is_words(path: tuple[str, ...]) -> bool:
    if path[-1] == "name":
        return "annotations" in path
    return path[-1] in _WORDS_AT


def _without_words(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        left_out = {"tags", "query"} if value.get("type") == "custom" else {"tags"}  # a choice's words, said in options
        pairs = {key: each for key, each in value.items() if key not in left_out}
        if "id" in pairs and "value" in pairs:  # a property of an override
            path = (*path, pairs["id"])
            if pairs["id"] in ("displayName", "unit"):
                return {"id": pairs["id"]}
        return {key: _without_words(each, (*path, key)) for key, each in pairs.items() if not _is_words((*path, key))}
    if isinstance(value, list):
        return [_without_words(each, path) for each in value]
    if isinstance(value, str) and path[-1] == "unit":
        return value.partition(":")[0]
    return re.sub(r"(pantau-[a-z]+?)-en\b", r"\1", value) if isinstance(value, str) else value


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("id") == "displayName":
            yield str(value["value"])
        for key, each in value.items():
            if isinstance(each, str) and _is_words((*path, key)):
                yield each
            else:
                yield from _texts(each, (*path, key))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, path)
