"""What an existing Grafana lacks of the boards, folders and data source, and bringing it there. Safe to repeat."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from dashboards.build import LANGUAGES, built
from dashboards.grafana import Grafana
from dashboards.panels import PLUGIN
from dashboards.render import SOURCE_UID
from pantau.domain.errors import BadSetup
from pantau.domain.indicators import Language

Json = dict[str, Any]
Action = Literal["create", "update", "same"]

FOLDERS: Final[dict[Language, tuple[str, str]]] = {
    "id": ("pantau-id", "Pantau Layanan"),
    "en": ("pantau-en", "Pantau Layanan (English)"),
}
"""The uid and title of each language's folder, as file provisioning has them."""

_OWN: Final = ("id", "version")
"""What Grafana numbers by itself in a dashboard."""


class Step(msgspec.Struct, frozen=True):
    """One thing that a push looked at: what it is, its uid and title, and what is to be done."""

    kind: Literal["folder", "datasource", "board"]
    uid: str
    title: str
    action: Action


class ClickHouse(msgspec.Struct, frozen=True, kw_only=True):
    """How Grafana reaches the tables. ``native`` is the server's own protocol, ``http`` the other one, which the
    embedded process speaks too. A token is sent as the password.
    """

    host: str
    port: int
    protocol: Literal["native", "http"] = "native"
    secure: bool = False
    user: str = "dashboard"
    password: str = ""
    database: str = "pantau"


def datasource_of(tables: ClickHouse) -> Json:
    """The data source as Grafana's API takes it; times are text there."""
    return {
        "uid": SOURCE_UID,
        "name": "Pantau Layanan",
        "type": PLUGIN,
        "access": "proxy",
        "jsonData": {
            "host": tables.host,
            "port": tables.port,
            "protocol": tables.protocol,
            "secure": tables.secure,
            "username": tables.user,
            "defaultDatabase": tables.database,
            "dialTimeout": "10",
            "queryTimeout": "30",
        },
        "secureJsonData": {"password": tables.password},
    }


def push(grafana: Grafana, tables: ClickHouse | None, *, dry_run: bool = False) -> Iterator[Step]:
    """Bring folders, the data source (when told how to reach the tables) and every board; tells each step as done.

    With ``dry_run`` nothing is changed. Raises BadSetup for a board that Grafana's own files provide.
    """
    do: Callable[[Callable[[], None]], None] = (lambda change: None) if dry_run else (lambda change: change())
    if tables is not None:
        yield _datasource(grafana, datasource_of(tables), do)
    for language in LANGUAGES:
        folder, title = FOLDERS[language]
        yield _folder(grafana, folder, title, do)
        for path, text in built().items():
            if path.startswith(f"{language}/"):
                yield _board(grafana, json.loads(text), folder, do)


def _folder(grafana: Grafana, uid: str, title: str, do: Callable[[Callable[[], None]], None]) -> Step:
    found = grafana.folder(uid)
    if found is None:
        do(lambda: grafana.create_folder(uid, title))
        return Step("folder", uid, title, "create")
    if found["title"] != title:
        do(lambda: grafana.rename_folder(uid, title))
        return Step("folder", uid, title, "update")
    return Step("folder", uid, title, "same")


def _datasource(grafana: Grafana, source: Json, do: Callable[[Callable[[], None]], None]) -> Step:
    uid, name = source["uid"], source["name"]
    found = grafana.datasource(uid)
    if found is None:
        do(lambda: grafana.create_datasource(source))
        return Step("datasource", uid, name, "create")
    if found.get("readOnly"):
        return Step("datasource", uid, name, "same")  # its own files provide it, and they are right
    if any(found.get(key) != source[key] for key in ("name", "type", "jsonData")):
        do(lambda: grafana.update_datasource(source))
        return Step("datasource", uid, name, "update")
    return Step("datasource", uid, name, "same")  # a password cannot be read back, so another one is not seen


def _board(grafana: Grafana, board: Json, folder: str, do: Callable[[Callable[[], None]], None]) -> Step:
    uid, title = board["uid"], board["title"]
    there = grafana.board(uid)
    if there is None:
        do(lambda: grafana.save_board(board, folder=folder, message="pantau dashboards push"))
        return Step("board", uid, title, "create")
    found, about = there
    if about.get("provisioned"):
        raise BadSetup(f"board {uid} is provided by files of this Grafana; change those, or take them away first")
    if _content(found) == _content(board) and about.get("folderUid") == folder:
        return Step("board", uid, title, "same")
    do(lambda: grafana.save_board(board, folder=folder, message="pantau dashboards push"))
    return Step("board", uid, title, "update")


def _content(board: Mapping[str, Any]) -> Json:
    return {key: value for key, value in board.items() if key not in _OWN}
