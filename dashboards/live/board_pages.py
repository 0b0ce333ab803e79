"""The addresses of the boards: their list, their definitions without SQL, their data, their stream."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from dashboards.live.board_choice import Refused, read_choice
from dashboards.live.board_files import DrawnBoard, drawn_boards
from dashboards.live.building import board_topic
from dashboards.live.hub import Hub
from dashboards.live.problems import not_found, not_understood

Asked = Request[Any, Any, Any]

_LIST: Final = ("uid", "title", "description", "language", "twin", "variables")


def board_routes(hub_of: Callable[[Asked], Hub]) -> list[ControllerRouterHandler]:
    """``/api/boards`` and what is below it; ``hub_of`` says which data a request may see."""

    @get("/api/boards", media_type=MediaType.JSON)
    async def boards() -> Response[bytes]:
        """Every board: its address, its words, its variables."""
        return json([{name: board.told[name] for name in _LIST} for board in drawn_boards().values()])

    @get("/api/boards/{uid:str}", media_type=MediaType.JSON)
    async def board(uid: FromPath[str]) -> Response[bytes]:
        """One board as it is to be drawn, without its queries."""
        found = drawn_boards().get(uid)
        return _no_board(uid) if found is None else json(found.told)

    @get("/api/boards/{uid:str}/frames", media_type=MediaType.JSON)
    async def frames(request: Asked, uid: FromPath[str]) -> Response[bytes]:
        """The rows of every panel, for a time range and values of the variables."""
        found = drawn_boards().get(uid)
        if found is None:
            return _no_board(uid)
        try:
            return json_bytes(await hub_of(request).newest(_topic(found, request)))
        except Refused as refused:
            return not_understood(refused.fault)

    @get("/api/boards/{uid:str}/stream", media_type="text/event-stream")
    async def stream(request: Asked, uid: FromPath[str]) -> Stream | Response[bytes]:
        """Server-sent events: the same as ``frames``, whenever it changes."""
        found = drawn_boards().get(uid)
        if found is None:
            return _no_board(uid)
        try:
            topic = _topic(found, request)
        except Refused as refused:
            return not_understood(refused.fault)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return Stream(hub_of(request).watch({topic}), media_type="text/event-stream", headers=headers)

    return [boards, board, frames, stream]


def json(value: object) -> Response[bytes]:
    """An answer that no cache keeps."""
    return json_bytes(msgspec.json.encode(value))


def json_bytes(content: bytes) -> Response[bytes]:
    """The same of JSON that is encoded already."""
    return Response(content, headers={"cache-control": "no-store"}, media_type=MediaType.JSON)


def _topic(board: DrawnBoard, request: Asked) -> str:
    return board_topic(read_choice(board, request.query_params.multi_items()))


def _no_board(uid: str) -> Response[bytes]:
    return not_found(f"there is no board {uid}; /api/boards lists the boards")
