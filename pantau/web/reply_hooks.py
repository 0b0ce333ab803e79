"""Where services bring replies and receipts: ``/hooks/whatsapp`` and ``/hooks/fonnte/SECRET``, those that are set up.

What is not from the service looks as if there were nothing here. What is brought is answered 200 once it is kept, so
that a service brings again what could not be.
"""

import hmac
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import anyio.to_thread
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from pantau.alerting.hooks import Hooks
from pantau.alerting.intake import fonnte_replies, is_from_whatsapp, whatsapp_replies
from pantau.alerting.receipts import fonnte_receipts, whatsapp_receipts
from pantau.domain.errors import NotNow
from storage.alert_reading import Receipt, Reply

LARGEST_BODY: Final = 262_144


class ReplyDesk(Protocol):
    """Who keeps replies and receipts."""

    def secret(self) -> bytes: ...  # noqa: D102
    def now(self) -> int: ...  # noqa: D102
    def receive(self, replies: Sequence[Reply]) -> None: ...  # noqa: D102
    def keep_receipts(self, receipts: Sequence[Receipt]) -> None: ...  # noqa: D102


def routes(desk: ReplyDesk, hooks: Hooks) -> list[HTTPRouteHandler]:
    """The routes of the hooks that are set up."""
    found: list[HTTPRouteHandler] = []
    if (whatsapp := hooks.whatsapp) is not None:

        @get("/hooks/whatsapp", include_in_schema=False)
        async def verify(request: Request[Any, Any, Any]) -> Response[str]:
            asked = request.query_params
            given = str(asked.get("hub.verify_token", ""))
            if not hmac.compare_digest(given.encode(), whatsapp.verify_token.encode()):
                return _answer("", 404)
            return _answer(str(asked.get("hub.challenge", "")), 200)

        @post("/hooks/whatsapp", include_in_schema=False)
        async def notified(request: Request[Any, Any, Any]) -> Response[str]:
            body = await _body(request)
            signature = request.headers.get("x-hub-signature-256", "")
            if body is None or not is_from_whatsapp(whatsapp.app_secret, body, signature):
                return _answer("", 404)
            return await _kept(
                desk,
                lambda: (
                    whatsapp_replies(body, desk.secret(), now=desk.now()),
                    whatsapp_receipts(body, now=desk.now()),
                ),
            )

        found += [verify, notified]
    if (fonnte := hooks.fonnte) is not None:

        @post("/hooks/fonnte/{given:str}", include_in_schema=False)
        async def brought(request: Request[Any, Any, Any], given: FromPath[str]) -> Response[str]:
            body = await _body(request)
            if body is None or not hmac.compare_digest(given.encode(), fonnte.secret.encode()):
                return _answer("", 404)
            return await _kept(
                desk,
                lambda: (fonnte_replies(body, desk.secret(), now=desk.now()), fonnte_receipts(body, now=desk.now())),
            )

        found.append(brought)
    return found


async def _body(request: Request[Any, Any, Any]) -> bytes | None:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return body


async def _kept(desk: ReplyDesk, read: Callable[[], tuple[list[Reply], list[Receipt]]]) -> Response[str]:
    try:
        replies, receipts = read()
    except ValueError:
        return _answer("no notification", 400)
    try:
        await anyio.to_thread.run_sync(desk.receive, replies)
        await anyio.to_thread.run_sync(desk.keep_receipts, receipts)
    except NotNow:
        return _answer("not now", 503)
    return _answer("", 200)


def _answer(text: str, status: int) -> Response[str]:
    headers = {"cache-control": "no-store"}
    return Response(text, status_code=status, media_type="text/plain; charset=utf-8", headers=headers)
