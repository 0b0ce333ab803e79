"""The JSON Schema of boards, from Grafana's own published types; ``schema/README.md`` tells how it was generated."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

FILE = Path(__file__).parent / "schema" / "board.schema.json"

KINDS = {
    "stat": "Stat",
    "timeseries": "TimeSeries",
    "table": "Table",
    "barchart": "BarChart",
    "state-timeline": "StateTimeline",
}
"""Kind of panel -> its definition in the schema."""


@cache
def validator(definition: str) -> Draft7Validator:
    """What checks a value against one definition of the schema."""
    schema: dict[str, Any] = json.loads(FILE.read_text())
    return Draft7Validator({"definitions": schema["definitions"], "$ref": f"#/definitions/{definition}"})


@cache
def fields(kind: str) -> Draft7Validator:
    """What checks the options of a field of a kind of panel."""
    schema: dict[str, Any] = json.loads(FILE.read_text())
    reference = schema["definitions"]["FieldOptions"]["properties"][kind]
    return Draft7Validator({"definitions": schema["definitions"], **reference})


def faults(board: dict[str, Any]) -> list[str]:
    """Where a board is none, by Grafana's types: its frame, each panel by its kind, and what each override sets."""
    found = [f"{error.json_path}: {error.message}" for error in validator("Board").iter_errors(board | {"panels": []})]
    for panel in board["panels"]:
        where = f"panel {panel.get('id')}"
        if panel.get("type") not in KINDS:
            found.append(f"{where}: {panel.get('type')!r} is no kind of panel")
            continue
        errors = validator(KINDS[panel["type"]]).iter_errors(panel)
        found += [f"{where} {error.json_path}: {error.message}" for error in errors]
        for override in panel.get("fieldConfig", {}).get("overrides", ()):
            for each in override["properties"]:
                errors = fields(panel["type"]).iter_errors(_nested(each["id"].split("."), each["value"]))
                found += [f"{where} override {each['id']}: {error.message}" for error in errors]
    return found


def _nested(path: list[str], value: Any) -> Any:
    return value if not path else {path[0]: _nested(path[1:], value)}
