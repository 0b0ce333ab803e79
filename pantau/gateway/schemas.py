"""The OpenAPI document of the gateway, made from the event types themselves, so that it says what the code does."""

import inspect
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from pantau.domain.events import PREFIX, VOCABULARY, CloudEvent
from pantau.domain.wire import BATCH, JSON, STRUCTURED
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.problems import MEDIA_TYPE, Problem, Receipt

Json = dict[str, Any]

VERSION: Final = "1.0.0"
"""Version of the interface: the first number is the ``v1`` of its addresses."""

LICENCE: Final = {"name": "Apache-2.0", "identifier": "Apache-2.0"}

ANY_EVENT: Final = "CloudEvent"
"""The component that is an event of any kind; each kind's own component is named like the kind."""

_REF: Final = "#/components/schemas/{name}"


def ref(name: str) -> Json:
    """A reference to a component schema."""
    return {"$ref": _REF.format(name=name)}


def event_schemas() -> Json:
    """A schema for each kind of event as a whole (named like the kind), and for every record its data is made of."""
    types = [CloudEvent, *dict.fromkeys(VOCABULARY.values())]
    _, components = msgspec.json.schema_components(types, ref_template=_REF)
    records = {name: _readable(schema) for name, schema in components.items()}
    envelope = records.pop(CloudEvent.__name__)
    kinds = {kind: _event(envelope, kind, record.__name__) for kind, record in VOCABULARY.items()}
    return {**kinds, **{name: records[name] for name in sorted(records)}}


def openapi(limits: GatewayLimits) -> Json:
    """The OpenAPI 3.1 document of a gateway with these limits."""
    _, answers = msgspec.json.schema_components([Receipt, Problem], ref_template=_REF)
    any_event = {
        "oneOf": [ref(kind) for kind in VOCABULARY],
        "discriminator": {
            "propertyName": "type",
            "mapping": {PREFIX + kind: _REF.format(name=kind) for kind in VOCABULARY},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pantau Layanan",
            "version": VERSION,
            "summary": "Where queue systems and e-government systems send their events.",
            "license": LICENCE,
        },
        "paths": {
            "/v1/events": {"post": _post_events(limits)},
            "/v1/openapi.json": {"get": _served("getOpenApi", "This document.")},
            "/v1/asyncapi.json": {"get": _served("getAsyncApi", "The events as an AsyncAPI document.")},
            "/health/live": {"get": _served("getLive", "Whether the process runs.")},
            "/health/ready": {
                "get": _served(
                    "getReady", "Whether events can be stored now.", {"503": _problem("Not now.", retry=True)}
                )
            },
            "/metrics": {"get": _served("getMetrics", "The process's own metrics.", media_type="text/plain")},
        },
        "components": {
            "schemas": {
                ANY_EVENT: any_event,
                **event_schemas(),
                **{name: _readable(answers[name]) for name in sorted(answers)},
            },
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": KEY}},
        },
    }


KEY: Final = "The API key of a source, as `pantau keys new` made it. Events must name that source."


def document(tree: Json) -> bytes:
    """A document as JSON for people and for a diff."""
    return msgspec.json.format(msgspec.json.encode(tree), indent=2) + b"\n"


def _post_events(limits: GatewayLimits) -> Json:
    batch = {"type": "array", "items": ref(ANY_EVENT), "maxItems": limits.batch_events}
    return {
        "operationId": "postEvents",
        "summary": "Send one event or a batch.",
        "description": (
            "One CloudEvents 1.0 event (structured or binary mode) or a batch of them. In binary mode the attributes "
            "are `ce-` headers and the body is the `data`. Sending the same events again changes nothing and is "
            f"answered alike. Limits: {limits.request_bytes} bytes and {limits.batch_events} events a request, "
            f"{limits.event_bytes} bytes an event, {limits.events_per_second} events a second for each key with bursts "
            f"of {limits.burst_events}."
        ),
        "security": [{"key": []}],
        "requestBody": {
            "required": True,
            "content": {
                STRUCTURED: {"schema": ref(ANY_EVENT)},
                BATCH: {"schema": batch},
                JSON: {"schema": {"anyOf": [ref(ANY_EVENT), batch]}},
            },
        },
        "responses": {
            "202": {
                "description": "The accepted events are durable; `rejected` names the others with all their faults.",
                "content": {JSON: {"schema": ref(Receipt.__name__)}},
            },
            "400": _problem("The body cannot be read; it is kept among the rejected events."),
            "401": _problem("No key, or an unknown one.", header={"WWW-Authenticate": "How to send the key."}),
            "403": _problem("The key may not send these events (source or unit); none was accepted."),
            "413": _problem("The request, the batch or the event is larger than the limit."),
            "415": _problem("The type of the content, or an encoding of it, is not served."),
            "422": _problem("No event was accepted; `rejected` says why, for each. They are kept."),
            "429": _problem("The key sends faster than it may.", retry=True),
            "503": _problem("The events cannot be stored now.", retry=True),
        },
    }


def _problem(description: str, *, retry: bool = False, header: Mapping[str, str] | None = None) -> Json:
    answer: Json = {"description": description, "content": {MEDIA_TYPE: {"schema": ref(Problem.__name__)}}}
    headers: Json = {name: {"description": text, "schema": {"type": "string"}} for name, text in (header or {}).items()}
    if retry:
        headers["Retry-After"] = {
            "description": "Seconds to wait before sending again.",
            "required": True,
            "schema": {"type": "integer", "minimum": 1},
        }
    return {**answer, "headers": headers} if headers else answer


def _served(operation: str, summary: str, others: Json | None = None, *, media_type: str = JSON) -> Json:
    schema = {"type": "object"} if media_type == JSON else {"type": "string"}
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {"200": {"description": summary, "content": {media_type: {"schema": schema}}}, **(others or {})},
    }


def _event(envelope: Json, kind: str, record: str) -> Json:
    """The envelope of one kind: its ``type`` is fixed, and so is the record its data must be."""
    said = {"type": {"const": PREFIX + kind}, "data": ref(record)}
    return {
        **envelope,
        "title": kind,
        "description": f"`{PREFIX}{kind}`",
        "properties": {**envelope["properties"], **said},
    }


def _readable(schema: Json) -> Json:
    """A schema whose descriptions are Markdown without the indentation of the source text."""
    described = schema.get("description")
    if described is None:
        return schema
    return {**schema, "description": inspect.cleandoc(described).replace("``", "`")}
