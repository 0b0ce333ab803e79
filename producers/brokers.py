"""Connections to brokers: whether anybody listens there, and sockets that are closed when nobody does."""

import socket
from collections.abc import Sequence
from typing import Any, Final

from kafka.net.inet import KafkaNetSocket

from pantau.domain.errors import NotNow

CONNECT_SECONDS = 3.0

DIRECT: Final = "direct://"
"""The ``proxy_url`` for clients of kafka-python: no proxy, but sockets as below."""


class _ClosedOnFailure(KafkaNetSocket):  # type: ignore[misc]  # kafka-python has no types
    """Closes a socket whose connection failed.

    kafka-python 3.0.12 leaves it to the garbage collector, one a second while a broker is away: an idle process would
    run out of files before it is collected.
    """

    SCHEMES = ("direct",)

    async def sock_connect(self, net: Any, sock: socket.socket, sockaddr: Any, timeout_at: float | None = None) -> Any:
        try:
            return await super().sock_connect(net, sock, sockaddr, timeout_at=timeout_at)
        except BaseException:
            sock.close()
            raise


def require(brokers: Sequence[str]) -> None:
    """Return when one of the brokers (host:port) takes a connection. Raises NotNow that says why none does."""
    why = []
    for broker in brokers:
        host, _, port = broker.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
        except OSError as error:
            why.append(f"{broker}: {error.strerror or error}")
        else:
            return
    raise NotNow(f"no broker answers ({'; '.join(why)}); is Kafka running?")
