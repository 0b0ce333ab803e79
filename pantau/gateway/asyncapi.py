"""The AsyncAPI 3.0 document of the events: one message a kind, made from the same types as the OpenAPI document."""

from typing import Final

from pantau.domain.events import PREFIX, VOCABULARY
from pantau.domain.wire import STRUCTURED
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.schemas import KEY, VERSION, Json, event_schemas, ref

CHANNEL: Final = "events"


def asyncapi(limits: GatewayLimits) -> Json:
    """The AsyncAPI document of a gateway with these limits."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pantau Layanan",
            "version": VERSION,
            "description": "The events that queue systems and e-government systems may send.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": STRUCTURED,
        "channels": {
            CHANNEL: {
                "address": "/v1/events",
                "title": "Events of service counters and e-government systems",
                "description": (
                    "Each event is a CloudEvents 1.0 event with the identity (source, id): sent again it changes "
                    f"nothing, and events may come in any order. At most {limits.event_bytes} bytes each."
                ),
                "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in VOCABULARY},
            }
        },
        "operations": {
            "receiveEvents": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{CHANNEL}"},
                "summary": "An event is accepted when the answer is 202, and durable then.",
                "security": [{"$ref": "#/components/securitySchemes/key"}],
                "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
                "messages": [{"$ref": f"#/channels/{CHANNEL}/messages/{kind}"} for kind in VOCABULARY],
            }
        },
        "components": {
            "messages": {kind: _message(kind) for kind in VOCABULARY},
            "schemas": event_schemas(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": KEY}},
        },
    }


def _message(kind: str) -> Json:
    return {"name": PREFIX + kind, "title": kind, "contentType": STRUCTURED, "payload": ref(kind)}
