"""The verbs of the command line, for the process of the same user on the same machine; a token guards them."""

import hmac
from collections.abc import Callable
from typing import Any

import anyio.to_thread
import msgspec
from litestar import Request, Response, post
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from pantau.domain.alerts.silences import Silence, SilenceTurn
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.effects.assessments import Assessment
from pantau.domain.errors import BadSetup, NotNow, PantauError
from pantau.domain.registry import Registry
from pantau.domain.spans import Language
from pantau.embedded.desk import Load, LocalDesk, unwrapped


def _take(desk: LocalDesk, body: bytes) -> Any:
    return desk.take(msgspec.msgpack.decode(body, type=Load)).result()


def _query(desk: LocalDesk, body: bytes) -> Any:
    name, params = msgspec.msgpack.decode(body, type=tuple[str, dict[str, Any]])
    return desk.query(name, unwrapped(params))


def _load_registry(desk: LocalDesk, body: bytes) -> Any:
    return desk.load_registry(Registry.from_rows(msgspec.msgpack.decode(body, type=list[dict[str, Any]])))


VERBS: dict[str, Callable[[LocalDesk, bytes], Any]] = {
    "take": _take,
    "query": _query,
    "load_registry": _load_registry,
    "registry": lambda desk, _: desk.registry.to_rows(),
    "secret": lambda desk, _: desk.secret(),
    "settled": lambda desk, _: desk.settled(),
    "verify": lambda desk, _: desk.verify(),
    "rejects": lambda desk, _: desk.rejects(),
    "retry": lambda desk, _: desk.retry(),
    "mended": lambda desk, body: desk.mended(msgspec.msgpack.decode(body, type=list[str])),
    "removable_events": lambda desk, body: desk.removable_events(msgspec.msgpack.decode(body, type=int)),
    "remove_events": lambda desk, body: desk.remove_events(msgspec.msgpack.decode(body, type=int)),
    "clocks": lambda desk, body: desk.clocks(msgspec.msgpack.decode(body, type=Language)),
    "keep_effects": lambda desk, body: desk.keep_effects(msgspec.msgpack.decode(body, type=list[Assessment])),
    "now": lambda desk, _: desk.now(),
    "answer_alert": lambda desk, body: desk.answer_alert(msgspec.msgpack.decode(body, type=Acknowledgement)),
    "silence": lambda desk, body: desk.silence(msgspec.msgpack.decode(body, type=Silence)),
    "lift_silence": lambda desk, body: desk.lift_silence(msgspec.msgpack.decode(body, type=SilenceTurn)),
    "look_for_alerts": lambda desk, _: desk.look_for_alerts(),
}


def routes(desk: LocalDesk, token: str) -> list[HTTPRouteHandler]:
    """``POST /internal/{verb}`` with msgpack in and out."""

    @post("/internal/{verb:str}", status_code=200, include_in_schema=False)
    async def internal(verb: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise NotAuthorizedException("the token in run.json is needed")
        do = VERBS.get(verb)
        if do is None:
            return Response(content=b"no such verb", status_code=404, media_type="text/plain")
        body = await request.body()
        try:
            answer = await anyio.to_thread.run_sync(do, desk, body)
        except PantauError as error:
            status = 400 if isinstance(error, BadSetup) else 503 if isinstance(error, NotNow) else 500
            return Response(content=str(error).encode(), status_code=status, media_type="text/plain")
        return Response(content=msgspec.msgpack.encode(answer), media_type="application/msgpack")

    return [internal]
