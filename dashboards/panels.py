"""Pure functions from a panel's definition to Grafana's panel JSON (v1), in the subset that docs/dashboards.md has."""

import re
from typing import Any, Final

from dashboards import palette
from dashboards.model import Column, Panel
from dashboards.words import Say

PLUGIN: Final = "grafana-clickhouse-datasource"
PLUGIN_VERSION: Final = "4.23.5"

Json = dict[str, Any]

_LIMITS: Final[dict[str, tuple[tuple[float | None, str], ...]]] = {
    "promise": ((None, palette.GOOD), (80, palette.WATCH), (100, palette.BAD)),
    "kept": ((None, palette.BAD), (80, palette.WATCH), (90, palette.GOOD)),
}
"""From which value a number gets which colour: of a wait in percent of the promise, of a share that kept it."""

_LEGEND: Final[Json] = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
_TOOLTIP: Final[Json] = {"mode": "multi", "sort": "none"}


def panel_json(panel: Panel, number: int, say: Say, *, board: str, source: Json, sql: str) -> Json:
    """A panel as Grafana reads it; ``sql`` is its query, ``source`` the reference to its data source."""
    words = f"panel.{board}.{panel.key}"
    series = panel.kind in ("timeseries", "state-timeline")
    made: Json = {
        "id": number,
        "type": panel.kind,
        "title": say(words),
        "description": say(f"{words}.about"),
        "gridPos": {"x": panel.x, "y": panel.y, "w": panel.w, "h": panel.h},
        "datasource": source,
        "targets": [
            {
                "refId": "A",
                "datasource": source,
                "editorType": "sql",
                "format": 0 if series else 1,
                "queryType": "timeseries" if series else "table",
                "rawSql": sql,
                "pluginVersion": PLUGIN_VERSION,
                "meta": {"builderOptions": {}},
            }
        ],
        "options": _OPTIONS[panel.kind](panel) | (_shown(panel, say) if panel.kind == "stat" else {}),
        "fieldConfig": {"defaults": _defaults(panel, say), "overrides": _overrides(panel, say)},
    }
    if f"{words}.none" in say:
        _say_when_empty(made["fieldConfig"], say(f"{words}.none"))
    return made | ({"interval": panel.interval} if panel.interval else {})


def _say_when_empty(config: Json, words: str) -> None:
    """A table without rows says why; a cell without a value is a dash still."""
    for override in config["overrides"]:
        override["properties"].append({"id": "noValue", "value": config["defaults"]["noValue"]})
    config["defaults"]["noValue"] = words


def _values(panel: Panel) -> list[Column]:
    """The columns that hold what is drawn."""
    return [column for column in panel.columns if column.name not in ("time", panel.by) and not column.hidden]


def _defaults(panel: Panel, say: Say) -> Json:
    first = _values(panel)[0]
    found: Json = {
        "unit": say(f"unit.{first.unit}"),
        "noValue": say("unknown"),
        "color": {"mode": "fixed", "fixedColor": palette.REST},
        "custom": _custom(panel),
    }
    if first.decimals is not None:
        found["decimals"] = first.decimals
    if panel.kind in ("timeseries", "barchart") and panel.least is not None:
        found["min"] = panel.least
    if panel.most is not None:
        found["max"] = panel.most
    if panel.mark is not None:
        found["thresholds"] = _steps(((None, palette.REST), (panel.mark, palette.BAD)))
    if panel.by and panel.kind in ("timeseries", "state-timeline"):
        found["displayName"] = f"${{__field.labels.{panel.by}}}"
    if panel.kind == "state-timeline" or (panel.by and panel.kind == "timeseries"):
        found |= _stated(first, say) if first.states else {"color": {"mode": "palette-classic-by-name"}}
    return {name: value for name, value in found.items() if value != {}}


def _custom(panel: Panel) -> Json:
    if panel.kind == "timeseries":
        return {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "pointSize": 5,
            "showPoints": "auto",
            "spanNulls": False,
            "thresholdsStyle": {"mode": "off" if panel.mark is None else "line"},
        }
    if panel.kind == "barchart":
        return {
            "fillOpacity": 80,
            "lineWidth": 0,
            "thresholdsStyle": {"mode": "off" if panel.mark is None else "line"},
        }
    if panel.kind == "state-timeline":
        return {"fillOpacity": 80, "lineWidth": 0}
    if panel.kind == "table":
        return {"filterable": False, "inspect": False, "cellOptions": {"type": "auto"}}
    return {}


def _overrides(panel: Panel, say: Say) -> list[Json]:
    if panel.by and panel.kind in ("timeseries", "state-timeline"):
        return []  # series are named by their labels
    return [
        {
            "matcher": {"id": "byName", "options": column.name},
            "properties": [{"id": name, "value": value} for name, value in _properties(panel, column, say).items()],
        }
        for column in panel.columns
        if not (column.name == "time" and panel.kind == "timeseries")
    ]


def _properties(panel: Panel, column: Column, say: Say) -> Json:
    found: Json = {"displayName": say(f"column.{column.name}"), "unit": say(f"unit.{column.unit}")}
    if column.decimals is not None:
        found["decimals"] = column.decimals
    if column.hidden and panel.kind != "stat":
        return found | {"custom.hideFrom": {"viz": True, "legend": True, "tooltip": True}}
    if panel.kind == "timeseries":
        return found | _line(column)
    if panel.kind == "barchart" and column.name != panel.by:
        found["color"] = {"mode": "fixed", "fixedColor": palette.SERIES[column.colour]}
    if column.limits:
        found["thresholds"] = _steps(_LIMITS[column.limits])
        found["color"] = {"mode": "thresholds"}
    if column.states:
        found |= _stated(column, say)
    if panel.kind == "table":
        found |= _cell(column)
    if column.opens:
        found["links"] = [link_json(column, say)]
    return found


def _cell(column: Column) -> Json:
    found: Json = {}
    if column.bar:
        found["custom.cellOptions"] = {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}
        found |= {"min": 0, "max": column.most}
    elif column.limits or column.states:
        found["custom.cellOptions"] = {"type": "color-text"}
    if column.unit != "text":
        found["custom.align"] = "right"
    if column.width:
        found["custom.width"] = column.width
    return found


def _line(column: Column) -> Json:
    colour = (
        palette.REST if column.look in ("usual", "limit", "band_low", "band_high") else palette.SERIES[column.colour]
    )
    found: Json = {"color": {"mode": "fixed", "fixedColor": colour}}
    if column.look in ("usual", "limit"):
        found["custom.lineStyle"] = {"fill": "dash", "dash": [8, 6]}
        found["custom.showPoints"] = "never"
    if column.look.startswith("band"):
        found["custom.lineWidth"] = 0
        found["custom.showPoints"] = "never"
    if column.look == "band_high":
        found["custom.fillBelowTo"] = "low"
        found["custom.fillOpacity"] = 15
    if column.look == "points":
        found["custom.drawStyle"] = "points"
    return found


def _stated(column: Column, say: Say) -> Json:
    """Codes told as words; states of things with shape and colour besides."""
    told: Json = {}
    for place, code in enumerate(column.states):
        word: Json = {"text": say(f"state.{column.told}{code}"), "index": place}
        if column.told + code in palette.STATES:
            word["color"] = palette.STATES[column.told + code]
        told[code if column.unit == "text" else str(place + 1)] = word
    return {"mappings": [{"type": "value", "options": told}]}


def _steps(steps: tuple[tuple[float | None, str], ...]) -> Json:
    return {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in steps]}


def link_json(column: Column, say: Say) -> Json:
    """The link of a cell to another board: it keeps time range and data source, and passes what the row says."""
    chosen = "".join(f"&var-{variable}=${{__data.fields.{name}}}" for variable, name in column.passes)
    return {
        "title": say("link.open").format(board=say(f"board.{column.opens}")),
        "url": f"/d/{uid_of(column.opens, say)}?${{__url_time_range}}&${{ds:queryparam}}{chosen}",
    }


def uid_of(key: str, say: Say) -> str:
    """The uid of a board in a language."""
    return f"pantau-{UIDS[key]}{'' if say.language == 'id' else '-en'}"


UIDS: Final = {
    "overview": "ikhtisar",
    "unit": "unit",
    "counters": "loket",
    "services": "layanan",
    "control": "kendali",
    "satisfaction": "kepuasan",
    "trainings": "pelatihan",
    "alerts": "peringatan",
    "platform": "platform",
    "tv": "tv",
}
"""Board -> what follows ``pantau-`` in its uid and names its file."""


def _stat(panel: Panel) -> Json:
    return {
        "reduceOptions": {"values": True, "calcs": ["lastNotNull"], "fields": "/.*/"},
        "orientation": "vertical" if panel.w > 12 else "horizontal",
        "textMode": "value_and_name",
        "wideLayout": True,
        "colorMode": "none",
        "graphMode": "none",
        "justifyMode": "auto",
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
    }


def _shown(panel: Panel, say: Say) -> Json:
    """Which columns a stat shows: Grafana matches the words of their titles. All, where none is hidden."""
    if not any(column.hidden for column in panel.columns):
        return {}
    titles = "|".join(re.escape(say(f"column.{column.name}")) for column in panel.columns if not column.hidden)
    return {"reduceOptions": _stat(panel)["reduceOptions"] | {"fields": f"/^({titles})$/"}}


def _table(panel: Panel) -> Json:
    return {"frameIndex": 0, "showHeader": True, "cellHeight": "sm"}


def _timeseries(panel: Panel) -> Json:
    return {"legend": _LEGEND, "tooltip": _TOOLTIP}


def _barchart(panel: Panel) -> Json:
    return {
        "xField": panel.by,
        "orientation": "horizontal" if panel.horizontal else "vertical",
        "showValue": "always",
        "stacking": "none",
        "groupWidth": 0.7,
        "barWidth": 0.9,
        "fullHighlight": False,
        "xTickLabelRotation": 0,
        "xTickLabelMaxLength": 28,
        "legend": _LEGEND | {"showLegend": len(_values(panel)) > 1},
        "tooltip": _TOOLTIP,
    }


def _state_timeline(panel: Panel) -> Json:
    return {
        "alignValue": "left",
        "mergeValues": True,
        "rowHeight": 0.8,
        "showValue": "auto",
        "legend": _LEGEND,
        "tooltip": _TOOLTIP,
    }


_OPTIONS: Final = {
    "stat": _stat,
    "table": _table,
    "timeseries": _timeseries,
    "barchart": _barchart,
    "state-timeline": _state_timeline,
}
