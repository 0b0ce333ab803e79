"""The OpenAPI document of ``GET /v1/indicators``, made from the parameters and records that the code itself uses.

``python -m pantau.web.indicator_schemas`` writes it to docs/reference.
"""

import inspect
import sys
from pathlib import Path
from typing import Any, Final

import msgspec

from pantau.domain.indicator_catalogue import fixed
from pantau.domain.requests import Table
from pantau.domain.written_requests import PARAMETERS, Kind, Parameter
from pantau.gateway.problems import MEDIA_TYPE, Problem
from pantau.gateway.schemas import LICENCE, VERSION, Json, document

NAME: Final = "openapi-indicators.json"
"""The document among those of docs/reference."""

_REF: Final = "#/components/schemas/{name}"
_KINDS: Final[dict[Kind, Json]] = {
    "text": {"type": "string"},
    "day": {"type": "string", "format": "date"},
    "time": {"type": "string"},
    "length": {"type": "string"},
    "number": {"type": "integer", "minimum": 0, "maximum": 99_999},
}


def openapi() -> Json:
    """The OpenAPI 3.1 document."""
    _, components = msgspec.json.schema_components([Table, Problem], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pantau Layanan: indicators",
            "version": VERSION,
            "summary": "Any indicator of any slice, with its n and its definition.",
            "license": LICENCE,
        },
        "paths": {
            "/v1/indicators": {"get": _get_indicators()},
            "/v1/indicators/openapi.json": {
                "get": {
                    "operationId": "getIndicatorsOpenApi",
                    "summary": "This document.",
                    "responses": {"200": _answer("This document.", {"type": "object"})},
                }
            },
        },
        "components": {
            "schemas": {name: _readable(components[name]) for name in sorted(components)},
            "securitySchemes": {
                "viewer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a viewer, as `pantau keys viewer` made it; where the page asks nobody "
                    "who he is, none.",
                }
            },
        },
    }


def _get_indicators() -> Json:
    names = ", ".join(f"`{name}`" for name in fixed())
    lang = {
        "name": "lang",
        "in": "query",
        "description": "The language of titles, definitions and notes; else that of Accept-Language, Indonesian first.",
        "schema": {"type": "string", "enum": ["id", "en"]},
    }
    return {
        "operationId": "getIndicators",
        "summary": "The table that answers a request, as `pantau indicators --json` prints it.",
        "description": f"Who may see some kecamatan only is answered from their units. Indicators: {names}.",
        "security": [{"viewer": []}, {}],
        "parameters": [*(_parameter(each) for each in PARAMETERS), lang],
        "responses": {
            "200": _answer("The lines, and everything that says what they mean.", _ref(Table)),
            "400": _refusal("What was asked means nothing, or is too much; `faults` names all of it."),
            "401": _refusal("Not a viewer.", {"WWW-Authenticate": "How to send the token."}),
            "503": _refusal("The tables cannot be read now, or many ask.", {"Retry-After": "Seconds to wait."}),
        },
    }


def _parameter(parameter: Parameter) -> Json:
    schema: Json = dict(_KINDS[parameter.kind])
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    example = {"examples": [parameter.example]} if parameter.example else {}
    one = {**schema, **example}
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning + (" May be given again." if parameter.many else ""),
        "schema": {"type": "array", "items": one} if parameter.many else one,
    }


def _ref(record: type) -> Json:
    return {"$ref": _REF.format(name=record.__name__)}


def _answer(description: str, schema: Json, media_type: str = "application/json") -> Json:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _refusal(description: str, headers: dict[str, str] | None = None) -> Json:
    told = {name: {"description": text, "schema": {"type": "string"}} for name, text in (headers or {}).items()}
    return _answer(description, _ref(Problem), MEDIA_TYPE) | ({"headers": told} if told else {})


def _readable(schema: dict[str, Any]) -> Json:
    """A schema whose description is Markdown without the indentation and the roles of the source text."""
    text = inspect.cleandoc(schema.get("description", "")).replace("``", "`").replace(":mod:", "").replace(":func:", "")
    return {**schema, "description": text} if text else schema


def main() -> None:
    """Write the document to a folder; docs/reference unless it is named."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference")
    (folder / NAME).write_bytes(document(openapi()))


if __name__ == "__main__":
    main()
