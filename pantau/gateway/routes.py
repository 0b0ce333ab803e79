"""The addresses of the gateway, as handlers that the web application mounts."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from pantau.gateway.asyncapi import asyncapi
from pantau.gateway.limits import Clock, GatewayLimits
from pantau.gateway.metrics import CONTENT_TYPE, GatewayMetrics
from pantau.gateway.problems import language_of, problem
from pantau.gateway.reception import Reception, Runtime
from pantau.gateway.schemas import document, openapi


def routes(
    runtime: Runtime,
    limits: GatewayLimits,
    clock: Clock,
    *,
    secret: bytes,
    metrics: GatewayMetrics | None = None,
    condition: Callable[[], Mapping[str, object]] = dict,
) -> list[HTTPRouteHandler]:
    """The handlers of one gateway.

    ``secret`` keys pseudonyms and the digests of rejected events (16 to 64 bytes). ``metrics`` may share a Prometheus
    registry with the rest of the process; ``GET /metrics`` shows all of that registry. ``condition`` is what
    ``GET /health/ready`` says beside that it is ready; anybody may read it.
    """
    reception = Reception(runtime, limits, clock, secret=secret, metrics=metrics or GatewayMetrics())
    openapi_json = document(openapi(limits))
    asyncapi_json = document(asyncapi(limits))

    # The web framework neither reads nor limits the body: both are done here, with the declared length checked first.
    @post("/v1/events", status_code=202, request_max_body_size=None)
    async def post_events(request: Request[Any, Any, Any]) -> ASGIApp:
        return await reception.receive(request)

    @get("/v1/openapi.json")
    async def get_openapi() -> ASGIApp:
        return _json(openapi_json)

    @get("/v1/asyncapi.json")
    async def get_asyncapi() -> ASGIApp:
        return _json(asyncapi_json)

    @get("/health/live")
    async def get_live() -> ASGIApp:
        return _json(b'{"status":"live"}')

    @get("/health/ready")
    async def get_ready(request: Request[Any, Any, Any]) -> ASGIApp:
        if await reception.ready():
            return _json(msgspec.json.encode({"status": "ready", **condition()}))
        language = language_of(request.headers.get("accept-language"))
        return problem("not-ready", language, retry_after_seconds=limits.retry_after_seconds)

    @get("/metrics")
    async def get_metrics() -> ASGIApp:
        return ASGIResponse(body=reception.metrics.exposition(), media_type=CONTENT_TYPE)

    return [post_events, get_openapi, get_asyncapi, get_live, get_ready, get_metrics]


def _json(body: bytes) -> ASGIResponse:
    return ASGIResponse(body=body, media_type="application/json")
