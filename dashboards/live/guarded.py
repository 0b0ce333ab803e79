"""Nobody sees data without being a viewer: asked for once, before any handler of the page."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from dashboards.live.problems import not_allowed
from dashboards.live.viewers import COOKIE, Access, Viewer

FOR_ALL: Final = ("/assets/",)
"""What has no data in it and is needed to say that somebody may not look."""

DATA: Final = ("/api/", "/v1/")
"""What programs ask: it is refused as such, and no link of it is opened."""

REMEMBERED_S: Final = 90 * 86_400
"""For how long a browser remembers the token of a link."""

_SCHEME: Final = "bearer "


def guarded(access: Access) -> Callable[[ASGIApp], ASGIApp]:
    """ASGI middleware: who looks is in ``scope["state"]["viewer"]``; who may not gets 401 and no data.

    A link with ``?token=…`` is opened once: the browser keeps the token in a cookie that no script reads, and goes on
    to the same address without it.
    """

    def guard(app: ASGIApp) -> ASGIApp:
        async def ask(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or scope["path"].startswith(FOR_ALL):
                await app(scope, receive, send)
                return
            request: Request[Any, Any, Any] = Request(scope)
            given = request.query_params.get("token")
            if access.viewers is not None and given and not scope["path"].startswith(DATA):
                answer = _keep(
                    request, given, known=access.by_token(given) is not None, secure=_secure(access, request)
                )
                await answer.to_asgi_response(app=None, request=request)(scope, receive, send)
                return
            viewer = _who(access, request)
            if viewer is None and scope["path"].startswith(DATA):
                refusal = not_allowed(request.query_params.get("lang"))
                await refusal.to_asgi_response(app=None, request=request)(scope, receive, send)
                return
            scope.setdefault("state", {})["viewer"] = viewer
            await app(scope, receive, send)

        return ask

    return guard


def _who(access: Access, request: Request[Any, Any, Any]) -> Viewer | None:
    authorization = request.headers.get("authorization", "")
    return access.who(
        bearer=authorization[len(_SCHEME) :].strip() if authorization[: len(_SCHEME)].lower() == _SCHEME else None,
        cookie=request.cookies.get(COOKIE),
        headers=request.headers,
        peer=_peer(request),
    )


def _peer(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


def _secure(access: Access, request: Request[Any, Any, Any]) -> bool:
    """Whether the browser speaks TLS, to us or to a proxy that we believe."""
    forwarded = request.headers.get("x-forwarded-proto") if _peer(request) in access.proxies else None
    return "https" in (request.url.scheme, forwarded)


def _keep(request: Request[Any, Any, Any], token: str, *, known: bool, secure: bool) -> Response[None]:
    """On to the same address without the token, which the browser keeps if it is one."""
    rest = urlencode([pair for pair in parse_qsl(request.url.query, keep_blank_values=True) if pair[0] != "token"])
    address = request.url.path + (f"?{rest}" if rest else "")
    cookie = Cookie(
        COOKIE,
        value=token,
        max_age=REMEMBERED_S,
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )
    headers = {"location": address, "cache-control": "no-store"}
    return Response(None, status_code=303, headers=headers, cookies=[cookie] if known else [])
