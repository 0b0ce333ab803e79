"""Where the rows of a running source go: a data directory, a gateway, or a bus."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pantau.cli.onto_bus import SCHEME, judging_registry, onto_bus
from pantau.domain.errors import BadSetup, NotNow, PantauError

if TYPE_CHECKING:
    from producers.feeding import Feed
    from producers.mapping import Mapping

LOAD_EVENTS = 5_000


def feed_opener(
    to: str, *, mapping: "Mapping", registry: Path | None, once: bool
) -> "Callable[[], AbstractContextManager[Feed]]":
    """What opens the place ``to``, again each time it was away.

    Raises BadSetup for what is wrong before anything is read. A source that runs on never owns a data directory: the
    process that serves it does, and while there is none the feed raises NotNow.
    """
    from pantau.settings import load

    settings = load().settings
    if to.startswith(("http://", "https://")):
        if settings.key is None:
            raise BadSetup("--to is a URL: the gateway wants the source's API key, in PANTAU_KEY or PANTAU_KEY_FILE")
        if registry is not None:
            raise BadSetup("--registry belongs to a data directory or a bus; a gateway has its own")
        key = settings.key.get_secret_value()
        return lambda: _to_gateway(to, mapping, key)
    if to.startswith(SCHEME):
        judging_registry(registry)
        return lambda: _to_bus(to, mapping, registry)
    return lambda: _to_directory(Path(to), mapping, registry, once=once)


@contextmanager
def _to_gateway(url: str, mapping: "Mapping", key: str) -> "Iterator[Feed]":
    from producers.feeding import PostingFeed
    from producers.mapping import compile
    from producers.posting import client_of, pseudonym_key

    with client_of(key) as client:
        yield PostingFeed(compile(mapping, key=pseudonym_key(key)), client, url)


@contextmanager
def _to_bus(to: str, mapping: "Mapping", registry: Path | None) -> "Iterator[Feed]":
    from producers.feeding import JudgingFeed
    from producers.mapping import compile

    with onto_bus(to) as (sink, secret):
        yield JudgingFeed(compile(mapping, key=secret), sink, lambda: judging_registry(registry), secret)


@contextmanager
def _to_directory(directory: Path, mapping: "Mapping", registry: Path | None, *, once: bool) -> "Iterator[Feed]":
    from pantau.cli.replaying import DeskSink
    from pantau.embedded.desk import open_desk
    from pantau.embedded.running import running_process
    from pantau.registry_file import load as load_registry
    from producers.feeding import JudgingFeed
    from producers.mapping import compile

    serving = running_process(directory)
    if not once and serving is None:
        raise NotNow(f"nobody serves {directory}; start: pantau serve --data {directory}")
    try:
        with open_desk(directory, registry=load_registry(registry) if registry else None) as desk:
            secret = desk.secret()
            sink = DeskSink(desk, load_events=LOAD_EVENTS)
            yield JudgingFeed(compile(mapping, key=secret), sink, lambda: desk.registry, secret)
            if once:
                desk.settled()
    except PantauError as error:
        if not once and running_process(directory) != serving:  # another one serves by now, and has another token
            raise NotNow(f"the process that served {directory} is no longer the same") from error
        raise


def state_directory(state: Path | None, to: str) -> Path:
    """Where a source keeps how far it is: in the data directory it fills, else in a folder where it is started."""
    if state is not None:
        return state
    return Path("pantau-sources") if "://" in to else Path(to) / "sources"
