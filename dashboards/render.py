"""From a board's definition to the JSON that Grafana loads and the live page draws."""

from typing import Any, Final

from dashboards import palette
from dashboards.expand import without_variables
from dashboards.model import HOLIDAY, OURS, Board, Variable
from dashboards.panels import PLUGIN, PLUGIN_VERSION, panel_json, uid_of
from dashboards.queries import board_sql
from dashboards.words import Say
from pantau.domain.indicators import Language

SOURCE_UID: Final = "pantau-clickhouse"
"""The data source that our provisioning makes; what a board shows until another is chosen."""

SCHEMA_VERSION: Final = 42

Json = dict[str, Any]

_MARK_COLOURS: Final = {"intervention_marks": palette.SERIES[0], "alert_marks": palette.BAD}

_CHOSEN: Final[Json] = {"type": PLUGIN, "uid": "${ds}"}
_FIXED: Final[Json] = {"type": PLUGIN, "uid": SOURCE_UID}


def board_json(board: Board, language: Language) -> Json:
    """A board in a language, as version 1 dashboard JSON."""
    say = Say(language)
    source = _FIXED if board.fixed else _CHOSEN
    panels = []
    for number, panel in enumerate(board.panels, 1):
        sql = without_variables(board_sql(panel.query)) if board.fixed else board_sql(panel.query)
        panels.append(panel_json(panel, number, say, board=board.key, source=source, sql=sql))
    return {
        "id": None,
        "uid": uid_of(board.key, say),
        "title": say(f"board.{board.key}"),
        "description": say(f"board.{board.key}.about"),
        "tags": ["pantau", language],
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "liveNow": False,
        "timezone": "browser",
        "weekStart": "monday",
        "refresh": board.refresh,
        "time": {"from": board.since, "to": "now"},
        "timepicker": {"hidden": board.fixed, "refresh_intervals": ["5s", "10s", "30s", "1m", "5m", "15m"]},
        "templating": {
            "list": [] if board.fixed else [_source_choice(say), *(_choice(v, say) for v in board.variables)]
        },
        "annotations": {"list": [*(_marks(query, say) for query in board.marks), *([_holidays(say)] * board.holidays)]},
        "links": [] if board.fixed else _links(board, say),
        "panels": panels,
    }


def _source_choice(say: Say) -> Json:
    return {
        "name": "ds",
        "label": say("choice.ds"),
        "type": "datasource",
        "query": PLUGIN,
        "current": {"text": "Pantau Layanan", "value": SOURCE_UID, "selected": True},
        "hide": 2,
        "refresh": 1,
        "multi": False,
        "includeAll": False,
        "options": [],
    }


def _choice(variable: Variable, say: Say) -> Json:
    if variable.codes:
        return _choice_of_codes(variable, say)
    made: Json = {
        "name": variable.name,
        "label": say(f"choice.{variable.name}"),
        "type": "query",
        "datasource": _CHOSEN,
        "query": board_sql(variable.query),
        "refresh": 2,
        "sort": 0,
        "multi": variable.many,
        "includeAll": variable.many,
        "allowCustomValue": False,
        "options": [],
    }
    if variable.many:
        made["current"] = {"text": ["All"], "value": ["$__all"], "selected": True}
    return made


def _choice_of_codes(variable: Variable, say: Say) -> Json:
    options = [
        {"text": say(f"choice.{variable.name}.{code}"), "value": code, "selected": code == variable.codes[0]}
        for code in variable.codes
    ]
    return {
        "name": variable.name,
        "label": say(f"choice.{variable.name}"),
        "type": "custom",
        "query": ",".join(f"{option['text']} : {option['value']}" for option in options),
        "multi": variable.many,
        "includeAll": variable.many,
        "allowCustomValue": False,
        "current": options[0],
        "options": options,
    }


def _holidays(say: Say) -> Json:
    """What ``pantau dashboards annotate`` wrote into Grafana; the live page takes them from the registry."""
    return {
        "name": say("mark.holidays"),
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "iconColor": palette.UNKNOWN,
        "target": {"type": "tags", "tags": [OURS, HOLIDAY], "matchAny": False, "limit": 400},
    }


def _marks(query: str, say: Say) -> Json:
    return {
        "name": say(f"mark.{query}"),
        "datasource": _CHOSEN,
        "enable": True,
        "iconColor": _MARK_COLOURS[query],
        "target": {
            "refId": "Marks",
            "datasource": _CHOSEN,
            "editorType": "sql",
            "format": 1,
            "queryType": "table",
            "rawSql": board_sql(query),
            "pluginVersion": PLUGIN_VERSION,
            "meta": {"builderOptions": {}},
        },
    }


def _links(board: Board, say: Say) -> list[Json]:
    """To the more general board, to those in detail, to all of them, and to the same board in the other language."""
    near = [key for key in (board.above, *board.below) if key]
    other = Say("en" if say.language == "id" else "id")
    return [
        *(_link(say(f"board.{key}"), f"/d/{uid_of(key, say)}") for key in near),
        _link(say("link.boards"), "") | {"type": "dashboards", "tags": ["pantau", say.language], "asDropdown": True},
        _link(say("link.other"), f"/d/{uid_of(board.key, other)}"),
    ]


def _link(title: str, url: str) -> Json:
    return {
        "title": title,
        "type": "link",
        "url": url,
        "icon": "dashboard",
        "tooltip": "",
        "tags": [],
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
    }
