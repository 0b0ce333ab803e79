"""Reading a request off the connection without ever holding more of it than the limit allows."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

DRAINED: Final = 4
"""A body that says it is up to this many times the limit is left to be drained by the server, unread and unkept, so
that its sender hears the answer and not a reset connection. Above that, or without a length, it is closed."""

Receive = Callable[[], Awaitable[Any]]


class TooLarge(Exception):
    """The body is, or says it is, larger than the limit."""


class Gone(Exception):
    """The sender hung up in the middle of the body."""


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """The headers with lower-case names; of a repeated one the last."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def declared_length(headers: Mapping[str, str]) -> int | None:
    """The bytes of the body as its headers declare them; None for a stream whose length is not known before its end."""
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit():
        return int(declared)
    return None if "transfer-encoding" in headers else 0


def unread(declared: int | None, limit: int) -> dict[str, str]:
    """The headers of an answer that is given before the body is read."""
    return {} if declared is not None and declared <= DRAINED * limit else {"connection": "close"}


async def read_body(receive: Receive, *, declared: int | None, limit: int) -> bytes:
    """The body, at most ``limit`` bytes. Raises TooLarge before reading when the length is declared, else at the limit.

    Raises Gone when the sender hangs up.
    """
    if declared is not None and declared > limit:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
