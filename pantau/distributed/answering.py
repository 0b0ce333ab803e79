"""What people answer to alerts on the page of a server's tables: written as a user who may write nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from pantau.alerting.answers import remember
from pantau.distributed.address import secret_key
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.registry import Registry
from pantau.settings import Settings, revealed
from pantau.web.server import wall_clock
from storage.address import open_server
from storage.alert_reading import Receipt, Reply
from storage.alerts import AlertTables
from storage.engine import Answer

PATIENCE_SECONDS = 5.0


class Read(Protocol):
    """The tables as the page reads them."""

    @property
    def registry(self) -> Registry: ...  # noqa: D102

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer: ...  # noqa: D102


class Answers:
    """Implements :class:`pantau.web.alert_page.AlertDesk` on tables that one user reads and another writes."""

    def __init__(self, read: Read, written: AlertTables, secret: bytes) -> None:
        self._read = read
        self._written = written
        self._secret = secret

    @property
    def registry(self) -> Registry:
        """The registry in force."""
        return self._read.registry

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Answer a named query; blocks."""
        return self._read.query(name, params)

    def secret(self) -> bytes:
        """The key that links are signed with."""
        return self._secret

    def now(self) -> int:
        """This machine's clock, ms UTC, as in the notifier: an answer is given now, whatever the page shows as now."""
        return wall_clock()

    def answer_alert(self, answer: Acknowledgement) -> None:
        """Remember that somebody takes an alert on, or is done with it."""
        remember(self._written, answer)

    def receive(self, replies: Sequence[Reply]) -> None:
        """Keep replies that a service brought; the notifier, who knows the addresses, reads them."""
        self._written.receive(replies)

    def keep_receipts(self, receipts: Sequence[Receipt]) -> None:
        """Keep what a service told of messages; whoever delivers brings it into the outbox."""
        self._written.keep_receipts(receipts)


@contextmanager
def answers(read: Read, settings: Settings) -> Iterator[Answers | None]:
    """Who takes answers, for as long as the block lasts; None where no user is given that may write them.

    Raises BadSetup for such a user without the secret that links are signed with.
    """
    if settings.answers_store is None:
        yield None
        return
    secret = secret_key(revealed(settings.secret))
    password = revealed(settings.answers_password)
    engine = open_server(settings.answers_store, password, patience=PATIENCE_SECONDS)
    try:
        yield Answers(read, AlertTables(engine), secret)
    finally:
        engine.close()
