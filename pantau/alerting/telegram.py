"""Asks Telegram for replies: a long poll that goes on where the tables say the last one ended."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

import httpx

from pantau.alerting.channels import CONNECT_SECONDS
from pantau.alerting.intake import telegram_replies, token_of
from pantau.alerting.recipients import AddressBook
from pantau.domain.errors import NotNow
from storage.alerts import AlertTables

WAIT_SECONDS: Final = 10
"""How long Telegram holds a question to which there is nothing to say; a process that is told to end waits as long."""

API: Final = "https://api.telegram.org"


class Bot:
    """One bot; driven by one thread. The tables hold up to where it was read, under a digest of its token."""

    def __init__(self, address: SplitResult, tables: AlertTables, *, secret: bytes) -> None:
        self._url = f"{parse_qs(address.query).get('api', [API])[0]}/bot{token_of(address)}/getUpdates"
        self._name = "telegram:" + sha256(token_of(address).encode()).hexdigest()[:16]
        self._tables = tables
        self._secret = secret

    def poll(self) -> int:
        """Take what was written since; how many replies. They are kept before Telegram may forget them.

        Blocks for up to ten seconds. Raises NotNow, which shows no token, when Telegram does not answer or refuses.
        """
        asked = {"offset": self._tables.cursor(self._name), "timeout": WAIT_SECONDS, "allowed_updates": ["message"]}
        timeout = httpx.Timeout(WAIT_SECONDS + 10, connect=CONNECT_SECONDS)
        try:
            answer = httpx.post(self._url, json=asked, timeout=timeout)
            replies, following = telegram_replies(answer.content, self._name, self._secret)
        except httpx.HTTPError as error:
            raise NotNow(f"Telegram does not answer: {type(error).__name__}") from None
        except ValueError as error:
            raise NotNow(f"Telegram does not tell what was written to the bot: {error}") from None
        self._tables.receive(replies)
        if following is not None:
            self._tables.keep_cursor(self._name, following)
        return len(replies)


def bots(book: AddressBook, tables: AlertTables, *, secret: bytes) -> list[Callable[[], int]]:
    """What polls each bot of a book once; nothing where its replies are not to be read."""
    if "telegram" not in book.replies:
        return []
    found: dict[str, SplitResult] = {}
    for name in book.names():
        address = urlsplit(book.address(name) or "")
        if address.scheme == "telegram":
            found.setdefault(token_of(address), address)
    return [Bot(address, tables, secret=secret).poll for address in found.values()]
