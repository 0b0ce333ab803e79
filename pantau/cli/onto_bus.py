"""The bus as a place to send to: ``--to kafka://host:port``. What is sent is judged here, by a registry file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pantau.domain.errors import BadSetup

if TYPE_CHECKING:
    from pantau.domain.registry import Registry
    from producers.bus_sink import BusSink

SCHEME: Final = "kafka://"

READY_SECONDS: Final = 15.0
"""How long brokers may take to answer before nothing is begun."""


def judging_registry(registry: Path | None) -> "Registry":
    """The registry that decides what goes onto the bus: the file given, else the one of PANTAU_REGISTRY."""
    from pantau.registry_file import load as load_registry
    from pantau.settings import load

    path = registry or load().settings.registry
    if path is None:
        raise BadSetup("--to is a bus: say by what its events are judged, --registry registry.toml or PANTAU_REGISTRY")
    return load_registry(path)


@contextmanager
def onto_bus(to: str) -> "Iterator[tuple[BusSink, bytes]]":
    """A sink onto a bus, and the key of pseudonyms; at the end what waits is sent.

    Raises BadSetup for a wrong address or a missing PANTAU_SECRET, NotNow when no broker answers.
    """
    from pantau.distributed.address import brokers, secret_key
    from pantau.settings import load, revealed
    from producers.bus_sink import BusSink
    from producers.publishing import Publisher

    key = secret_key(revealed(load().settings.secret))
    with Publisher(brokers(to)) as publisher:
        publisher.ready(READY_SECONDS)
        sink = BusSink(publisher, secret=key)
        yield sink, key
        sink.durable()
