"""Where the tables are: a directory of the embedded engine, or ``clickhouse://user@host:port/database`` of a server."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from pantau.domain.errors import BadSetup
from storage.engine import Engine

_SCHEMES = {"clickhouse": False, "clickhouses": True}
_OPTIONS = {"cluster", "secure"}


class Address(msgspec.Struct, frozen=True):
    """A database on a ClickHouse server and who asks. ``str`` leaves the password out."""

    host: str
    port: int
    user: str
    password: str
    database: str
    secure: bool = False
    cluster: str | None = None

    def __str__(self) -> str:
        scheme = "clickhouses" if self.secure else "clickhouse"
        host = f"[{self.host}]" if ":" in self.host else self.host
        cluster = f"?cluster={self.cluster}" if self.cluster else ""
        return f"{scheme}://{self.user}@{host}:{self.port}/{self.database}{cluster}"

    def __repr__(self) -> str:
        return f"Address({self})"


def is_server(where: object) -> bool:
    """Whether a place for the tables names a server rather than a directory."""
    return str(where).partition("://")[0] in _SCHEMES and "://" in str(where)


def read_address(text: str, password: str | None = None) -> Address:
    """An address from its URL; a password given apart goes before one in the URL.

    Raises ``BadSetup`` that says which part is wrong. The message never holds the password.
    """
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise BadSetup(f"the address of the store cannot be read: {error}; write {_EXAMPLE}") from None
    shown = f"{url.scheme}://…@{url.hostname or ''}{url.path}"
    options = dict(parse_qsl(url.query, keep_blank_values=True))
    wrong = [
        (url.scheme not in _SCHEMES, f"{url.scheme or 'nothing'}:// is no scheme of a store"),
        (not url.hostname, "the host is missing"),
        (port == 0, "port 0 is no port"),
        (not _is_name(url.path.strip("/")), "the path must be the name of a database: letters, digits, _"),
        (bool(options.keys() - _OPTIONS), f"unknown option {', '.join(sorted(options.keys() - _OPTIONS))}"),
        (options.get("secure", "1") not in ("0", "1"), "secure must be 0 or 1"),
        ("cluster" in options and not _is_name(options["cluster"]), "the cluster must be a name: letters, digits, _"),
    ]
    for is_wrong, why in wrong:
        if is_wrong:
            raise BadSetup(f"{shown}: {why}; write {_EXAMPLE}")
    secure = _SCHEMES[url.scheme] or options.get("secure") == "1"
    return Address(
        host=url.hostname or "",
        port=port or (9440 if secure else 9000),
        user=unquote(url.username or "default"),
        password=password if password is not None else unquote(url.password or ""),
        database=url.path.strip("/"),
        secure=secure,
        cluster=options.get("cluster"),
    )


_EXAMPLE = "clickhouse://user@host:9000/pantau (clickhouses:// for TLS)"


def _is_name(text: str) -> bool:
    return text.isidentifier() and text.isascii()


def open_server(text: str, password: str | None = None, **options: Any) -> Engine:
    """The engine of a server's address. Raises ``BadSetup`` for a wrong one; connects at the first call."""
    from storage.clickhouse_engine import ClickHouseEngine  # late: the driver is not needed by an embedded store

    return ClickHouseEngine(read_address(text, password), **options)
