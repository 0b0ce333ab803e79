"""The web application of the embedded process: gateway, live page, indicators, the verbs of the command line."""

from litestar import Litestar

from dashboards.live.pages import routes as page_routes
from dashboards.live.secured import secured
from dashboards.live.viewers import Access
from pantau.alerting.hooks import Hooks
from pantau.embedded.desk import LocalDesk
from pantau.embedded.runtime import Runtime
from pantau.gateway.limits import GatewayLimits
from pantau.gateway.problems import EXCEPTION_HANDLERS
from pantau.gateway.routes import routes as gateway_routes
from pantau.web.alert_page import routes as alert_routes
from pantau.web.indicator_routes import routes as indicator_routes
from pantau.web.internal import routes as internal_routes
from pantau.web.record_page import Recording
from pantau.web.record_page import routes as record_routes
from pantau.web.reply_hooks import routes as hook_routes


def create_app(
    runtime: Runtime,
    desk: LocalDesk,
    *,
    token: str,
    limits: GatewayLimits | None = None,
    access: Access | None = None,
    hooks: Hooks | None = None,
) -> Litestar:
    """Everything one process serves. ``token`` guards the verbs of the command line, ``access`` the page.

    ``hooks`` are the ways on which services bring replies.
    """
    recording = Recording(runtime, runtime.clock, secret=desk.secret(), at_the_machine=True)
    return Litestar(
        route_handlers=[
            *gateway_routes(runtime, limits or GatewayLimits(), runtime.clock, secret=desk.secret()),
            *page_routes(runtime, runtime.clock, access, may_record=recording.offered),
            *indicator_routes(runtime, runtime.clock, access),
            *record_routes(recording, access),
            *alert_routes(desk),
            *hook_routes(desk, hooks or Hooks()),
            *internal_routes(desk, token),
        ],
        middleware=[secured],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
        logging_config=None,
    )
