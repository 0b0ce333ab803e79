"""What ``pantau doctor`` looks at: each check answers one question about this machine and its set-up."""

import os
import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import msgspec

from pantau.domain.errors import BadSetup, NotNow, PantauError
from pantau.settings import Loaded, unknown

State = Literal["good", "note", "bad"]

OLDEST_PYTHON = (3, 11)
LOW_BYTES, TOO_LOW_BYTES = 2 * 1024**3, 200 * 1024**2
"""Free space below which doctor remarks on it, and below which it does not call the set-up good."""

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
"""WIB, WITA and WIT."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: what was found, where that came from, and what to do if it is not good."""

    name: str
    state: State
    value: str
    origin: str
    todo: str = ""


def examine(loaded: Loaded) -> Iterator[Finding]:
    """Every check in turn. None of them changes anything; a data directory that does not exist is not made."""
    data_dir, origins = loaded.settings.data_dir, loaded.origins
    yield _python()
    yield _engine()
    yield _zones()
    yield from _holidays(datetime.now(UTC).year)
    yield from _data(data_dir, origins["data_dir"])
    yield _port(loaded)
    yield _registry(loaded.settings.registry, origins["registry"])
    for name, meant in unknown().items():
        advice = f"{meant} may be meant" if meant else "take it away, or look in docs/reference/command-line.md"
        yield Finding("variable", "note", f"{name} is no setting", "environment", advice)


def _python() -> Finding:
    fine = sys.version_info >= OLDEST_PYTHON
    oldest = ".".join(map(str, OLDEST_PYTHON))
    todo = "" if fine else f"Python {oldest} or newer is needed"
    return Finding("python", "good" if fine else "bad", platform.python_version(), sys.executable, todo)


def _engine() -> Finding:
    """Whether the engine can be loaded and answers; in a directory of its own that is gone afterwards."""
    from storage.chdb_engine import ChdbEngine
    from storage.engine import EngineError

    advice = "delete the folder .venv and start again; the engine needs x86-64 or ARM64 and glibc 2.17 or newer"
    try:
        found = version("chdb-core")
        with tempfile.TemporaryDirectory() as folder:
            engine = ChdbEngine(Path(folder))
            try:
                answer = engine.query("SELECT version()").rows[0][0]
            finally:
                engine.close()
    except (ImportError, OSError, PackageNotFoundError, EngineError, BadSetup) as error:
        return Finding("engine", "bad", f"cannot be loaded: {error}", "chdb-core", advice)
    return Finding("engine", "good", f"answers as ClickHouse {answer}", f"chdb-core {found}")


def _zones() -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        offsets = [datetime(2026, 1, 1, tzinfo=ZoneInfo(name)).strftime("%z") for name in ZONES]
    except ZoneInfoNotFoundError as error:
        return Finding("time zones", "bad", str(error), "tzdata", "delete the folder .venv and start again")
    fine = offsets == ["+0700", "+0800", "+0900"]
    value = ", ".join(f"{zone} {offset}" for zone, offset in zip(ZONES, offsets, strict=True))
    return Finding("time zones", "good" if fine else "bad", value, f"tzdata {version('tzdata')}")


def _holidays(year: int) -> Iterator[Finding]:
    from pantau.holidays_id import holidays_of

    origin = f"holidays {version('holidays')}"
    days = holidays_of(year, year)
    joint = sum(day.kind == "cuti_bersama" for day in days)
    value = f"{len(days) - joint} holidays and {joint} days of cuti bersama in {year}"
    todo = "" if joint else "working time counts them as worked; write the decree's days into registry.toml"
    yield Finding("holidays", "good" if days and joint else "note", value, origin, todo)


def _data(directory: Path, origin: str) -> Iterator[Finding]:
    place = directory.absolute()
    existing = next(path for path in (place, *place.parents) if path.exists())
    if not existing.is_dir():
        yield Finding("data directory", "bad", f"{existing} is not a directory", origin, "choose another --data")
        return
    if not os.access(existing, os.W_OK | os.X_OK):
        yield Finding("data directory", "bad", f"{existing} cannot be written", origin, "change its owner or --data")
        return
    yield Finding("data directory", "good", f"{place}{'' if place.exists() else ' (made at the first start)'}", origin)
    free = shutil.disk_usage(existing).free
    state: State = "bad" if free < TOO_LOW_BYTES else "note" if free < LOW_BYTES else "good"
    todo = "" if state == "good" else "100 million events take about 7 GB; make room or move the data directory"
    yield Finding("free space", state, f"{free / 1024**3:.1f} GiB", str(existing), todo)
    yield from _store(place, origin)


def _store(place: Path, origin: str) -> Iterator[Finding]:
    """Who owns the directory, how far its tables are migrated, and whether each id is said of one thing."""
    from pantau.embedded.desk import RemoteDesk
    from pantau.embedded.running import running_process

    try:
        running = running_process(place)
    except BadSetup as error:
        yield Finding("owner", "bad", str(error), origin, "ask that user, or choose another --data")
        return
    if running is not None:
        try:
            several = RemoteDesk(running).query("ids_said_of_several_things", {"at_most": _NAMED_IDS + 1}).rows
        except PantauError as error:
            yield Finding("owner", "bad", f"process {running.pid}: {error}", running.url, "end it and start it again")
            return
        yield Finding("owner", "good", f"process {running.pid} answers and keeps the tables current", running.url)
        yield _identities(several, running.url)
        return
    if not (place / "store").exists():
        yield Finding("tables", "good", "none yet; made at the first start", origin)
        return
    yield from _schema(place)


_NAMED_IDS = 3


def _identities(several: Sequence[Sequence[Any]], where: str) -> Finding:
    """Whether sources keep their word that an id is of one event; rows of ``ids_said_of_several_things``."""
    if not several:
        return Finding("identities", "good", "every id is said of one thing", where)
    named = ", ".join(f"{source} {id_} ({', '.join(some)})" for source, id_, _, some in several[:_NAMED_IDS])
    todo = "each counts; mend the sender, see pantau sources and docs/decisions/0003-identity-is-the-senders-word.md"
    more = ", …" if len(several) > _NAMED_IDS else ""
    return Finding("identities", "note", f"ids said of several things: {named}{more}", where, todo)


def _schema(place: Path) -> Iterator[Finding]:
    from storage.chdb_engine import ChdbEngine
    from storage.engine import EngineError
    from storage.migrate import migrations
    from storage.queries import sql

    newest = max(migration.id for migration in migrations())
    try:
        engine = ChdbEngine(place / "store")
        try:
            made = bool(engine.query("EXISTS TABLE schema_migrations").rows[0][0])
            rows = engine.query("SELECT max(id) FROM schema_migrations").rows if made else [(0,)]
            several: Sequence[Sequence[Any]] = ()
            if bool(engine.query("EXISTS TABLE events").rows[0][0]):
                several = engine.query(sql("ids_said_of_several_things"), {"at_most": _NAMED_IDS + 1}).rows
        finally:
            engine.close()
    except NotNow as error:
        yield Finding("owner", "bad", str(error), str(place), "a process holds it and left no run.json; end it")
        return
    except (EngineError, BadSetup) as error:
        yield Finding("tables", "bad", str(error).splitlines()[0], str(place), "restore the directory from a copy")
        return
    applied = int(rows[0][0])
    if applied > newest:
        todo = "they were made by a newer Pantau Layanan; use that one"
        yield Finding("tables", "bad", f"at {applied:04}, this version knows {newest:04}", str(place), todo)
        return
    pending = "" if applied == newest else f"; {newest - applied} more are applied at the next start"
    yield Finding("tables", "good", f"at {applied:04} of {newest:04}{pending}, no process owns them", str(place))
    yield _identities(several, str(place))


def _port(loaded: Loaded) -> Finding:
    from pantau.embedded.running import running_process

    settings = loaded.settings
    where, origin = f"{settings.host}:{settings.port}", loaded.origins["port"]
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as error:
        running = None if not settings.data_dir.exists() else running_process(settings.data_dir)
        if running is not None and running.url.endswith(f":{settings.port}"):
            return Finding("port", "good", f"{where} is served by process {running.pid}", origin)
        return Finding("port", "bad", f"{where} cannot be used: {error.strerror}", origin, "choose another --port")
    return Finding("port", "good", f"{where} is free", origin)


def _registry(file: Path | None, origin: str) -> Finding:
    from pantau.registry_file import load

    if file is None:
        return Finding("registry", "good", "none given: the one loaded last holds", origin)
    try:
        registry = load(file)
    except BadSetup as error:
        n = len(error.faults)
        value = f"{file}: {n} faults" if n else str(error).splitlines()[0]
        return Finding("registry", "bad", value, origin, f"pantau registry check {file} tells them with their lines")
    return Finding("registry", "good", f"{file}: {len(registry.units)} units", origin)
