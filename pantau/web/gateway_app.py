"""The web application of a gateway on a bus: events in, documents, health and metrics; no page."""

from collections.abc import Callable, Mapping

from litestar import Litestar

from dashboards.live.secured import secured
from pantau.gateway.limits import Clock, GatewayLimits
from pantau.gateway.metrics import GatewayMetrics
from pantau.gateway.problems import EXCEPTION_HANDLERS
from pantau.gateway.reception import Runtime
from pantau.gateway.routes import routes


def create_gateway_app(
    runtime: Runtime,
    limits: GatewayLimits,
    clock: Clock,
    *,
    secret: bytes,
    metrics: GatewayMetrics,
    condition: Callable[[], Mapping[str, object]],
) -> Litestar:
    """Everything a gateway serves."""
    return Litestar(
        route_handlers=routes(runtime, limits, clock, secret=secret, metrics=metrics, condition=condition),
        middleware=[secured],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
        logging_config=None,
    )
