"""Whether anybody listens where the brokers should be.

Asked before a client of kafka-python is made: one that finds nobody leaves its sockets open behind it (3.0.12).
"""

import socket
from collections.abc import Sequence

from pantau.domain.errors import NotNow

CONNECT_SECONDS = 3.0


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
