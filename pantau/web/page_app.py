"""The web application of a page on a server's tables: live page, indicators, health, and alerts' page where it may."""

from collections.abc import Callable
from typing import Any, Protocol

import anyio.to_thread
import structlog
from litestar import Litestar, Request, Response, get
from litestar.response.base import ASGIResponse

from dashboards.live.hub import Runtime
from dashboards.live.pages import routes as page_routes
from dashboards.live.secured import secured
from dashboards.live.viewers import Access
from pantau.alerting.hooks import Hooks
from pantau.domain.errors import BadSetup, NotNow
from pantau.gateway.problems import EXCEPTION_HANDLERS, MEDIA_TYPE, language_of, problem
from pantau.web.alert_page import AlertDesk
from pantau.web.alert_page import routes as alert_routes
from pantau.web.indicator_routes import routes as indicator_routes
from pantau.web.record_page import Recording
from pantau.web.record_page import routes as record_routes
from pantau.web.reply_hooks import ReplyDesk
from pantau.web.reply_hooks import routes as hook_routes

RETRY_AFTER_SECONDS = 2

log = structlog.get_logger(__name__)


class Answering(AlertDesk, ReplyDesk, Protocol):
    """Takes what people answer, on the alerts' page and by messages."""


def create_page_app(
    runtime: Runtime,
    clock: Callable[[], int],
    *,
    check: Callable[[], None],
    access: Access | None = None,
    alerts: Answering | None = None,
    hooks: Hooks | None = None,
    recording: Recording | None = None,
) -> Litestar:
    """Everything such a page serves. ``check`` blocks; it raises NotNow or BadSetup while the tables do not answer.

    ``alerts`` takes what people answer to alerts; without it neither their page nor ``hooks`` are served.
    ``recording`` takes trainings; without it their form is not served.
    """

    @get("/health/live", include_in_schema=False)
    async def get_live() -> ASGIResponse:
        return ASGIResponse(body=b'{"status":"live"}', media_type="application/json")

    @get("/health/ready", include_in_schema=False)
    async def get_ready() -> ASGIResponse:
        await anyio.to_thread.run_sync(check)
        return ASGIResponse(body=b'{"status":"ready"}', media_type="application/json")

    return Litestar(
        route_handlers=[
            get_live,
            get_ready,
            *page_routes(runtime, clock, access, may_record=recording.offered if recording else lambda request: False),
            *indicator_routes(runtime, clock, access),
            *(record_routes(recording, access) if recording is not None else ()),
            *(alert_routes(alerts) if alerts is not None else ()),
            *(hook_routes(alerts, hooks) if alerts is not None and hooks is not None else ()),
        ],
        middleware=[secured],
        exception_handlers={**EXCEPTION_HANDLERS, NotNow: _not_ready, BadSetup: _not_ready},
        openapi_config=None,
        logging_config=None,
    )


def _not_ready(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """503: the tables cannot be asked; why is for the log, not for everybody who looks at the page."""
    log.debug("not ready", error=str(error))
    language = language_of(request.headers.get("accept-language"))
    answer = problem("not-ready", language, retry_after_seconds=RETRY_AFTER_SECONDS)
    return Response(answer.body, status_code=503, media_type=MEDIA_TYPE, headers=dict(answer.headers.items()))
