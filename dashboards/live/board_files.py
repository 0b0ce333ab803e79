"""The committed boards as the live page reads them: what a browser is told of each, and the queries it never sees."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from dashboards.expand import variables_of
from dashboards.model import HOLIDAY
from dashboards.panels import UIDS

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_TOLD_OF_PANEL: Final = ("id", "type", "title", "description", "gridPos", "options", "fieldConfig", "transparent")


class Variable(msgspec.Struct, frozen=True):
    """A choice above a board: ``sql`` finds its values and their labels; ``uses`` are the choices it depends on.

    Without ``sql`` it is one of ``choices``, each a value and its label.
    """

    name: str
    label: str
    sql: str
    many: bool
    uses: tuple[str, ...]
    choices: tuple[tuple[str, str], ...] = ()


class PanelQuery(msgspec.Struct, frozen=True):
    """The query of a panel, and the least width of its time buckets in seconds."""

    panel: int
    sql: str
    least_s: int


class Marks(msgspec.Struct, frozen=True):
    """What is marked on the time axes of a board. Holidays have no query: the registry knows them."""

    name: str
    colour: str
    sql: str = ""


class DrawnBoard(msgspec.Struct, frozen=True):
    """One board in one language. ``told`` is its JSON without a word of SQL, for browsers."""

    uid: str
    since: str
    until: str
    refresh_s: int
    variables: tuple[Variable, ...]
    queries: tuple[PanelQuery, ...]
    marks: tuple[Marks, ...]
    holidays: Marks | None
    told: dict[str, Any]


@cache
def drawn_boards() -> dict[str, DrawnBoard]:
    """Every committed board by its uid, from the general to the specific, first in Indonesian."""
    found: dict[str, DrawnBoard] = {}
    for language in ("id", "en"):
        for name in UIDS.values():
            path = files("dashboards") / "boards" / language / f"{name}.json"
            board = drawn(json.loads(path.read_text(encoding="utf-8")), language)
            found[board.uid] = board
    return found


def drawn(board: dict[str, Any], language: str) -> DrawnBoard:
    """What the page needs of a board's JSON (docs/dashboards.md lists what it may hold)."""
    variables = tuple(
        Variable(
            name=choice["name"],
            label=choice["label"],
            sql=choice["query"] if choice["type"] == "query" else "",
            many=choice["multi"],
            uses=tuple(sorted(variables_of(choice["query"]))),
            choices=tuple((option["value"], option["text"]) for option in choice["options"]),
        )
        for choice in board["templating"]["list"]
        if choice["type"] in ("query", "custom")
    )
    return DrawnBoard(
        uid=board["uid"],
        since=board["time"]["from"],
        until=board["time"]["to"],
        refresh_s=seconds(board.get("refresh") or "10s"),
        variables=variables,
        queries=tuple(
            PanelQuery(panel["id"], panel["targets"][0]["rawSql"], seconds(panel.get("interval") or "1m"))
            for panel in board["panels"]
            if panel.get("targets")
        ),
        marks=tuple(
            Marks(each["name"], each["iconColor"], each["target"]["rawSql"])
            for each in board["annotations"]["list"]
            if each.get("enable") and "rawSql" in each.get("target", {})
        ),
        holidays=next(
            (
                Marks(each["name"], each["iconColor"])
                for each in board["annotations"]["list"]
                if each.get("enable") and HOLIDAY in each.get("target", {}).get("tags", ())
            ),
            None,
        ),
        told=_told(board, language, variables),
    )


def seconds(duration: str) -> int:
    """ "15m" is 900."""
    found = re.fullmatch(r"(\d+)([smhd])", duration)
    if found is None:
        raise ValueError(f"{duration!r} is no duration such as 15m")
    return int(found[1]) * _SECONDS[found[2]]


def _told(board: dict[str, Any], language: str, variables: tuple[Variable, ...]) -> dict[str, Any]:
    uid = board["uid"]
    return {
        "uid": uid,
        "twin": uid.removesuffix("-en") if language == "en" else f"{uid}-en",
        "language": language,
        "title": board["title"],
        "description": board["description"],
        "from": board["time"]["from"],
        "to": board["time"]["to"],
        "links": [
            {name: link[name] for name in ("title", "type", "url", "tags", "keepTime", "includeVars") if name in link}
            for link in board["links"]
        ],
        "variables": [
            {"name": each.name, "label": each.label, "many": each.many, "uses": each.uses} for each in variables
        ],
        "panels": [{name: panel[name] for name in _TOLD_OF_PANEL if name in panel} for panel in board["panels"]],
    }
