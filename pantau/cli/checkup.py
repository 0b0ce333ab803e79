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
from typing import Any, Final, Literal

import msgspec

from pantau.domain.errors import BadSetup, NotNow, PantauError
from pantau.domain.indicators import Language, Text
from pantau.settings import Loaded, unknown
from pantau.texts import number_text

State = Literal["good", "note", "bad"]
LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")

OLDEST_PYTHON = (3, 11)
LOW_BYTES, TOO_LOW_BYTES = 2 * 1024**3, 200 * 1024**2
"""Free space below which doctor remarks on it, and below which it does not call the set-up good."""

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
"""WIB, WITA and WIT."""


NOTHING: Final = Text("", "")


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at: what was found, where that came from, and what to do if it is not good."""

    name: str
    state: State
    value: Text
    origin: str
    todo: Text = NOTHING

    def told(self, language: Language) -> "Told":
        """It in a language."""
        return Told(self.name, self.state, self.value.read(language), self.origin, self.todo.read(language))


class Told(msgspec.Struct, frozen=True):
    """A finding in one language; programs get it in English."""

    name: str
    state: State
    value: str
    origin: str
    todo: str


def _plain(text: str) -> Text:
    """What is the same in both languages: a number, a path, or what an error says of itself."""
    return Text(text, text)


_AGAIN: Final = Text("hapus folder .venv lalu mulai lagi", "delete the folder .venv and start again")


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
        advice = (
            Text(f"mungkin maksudnya {meant}", f"{meant} may be meant")
            if meant
            else Text(
                "hapus, atau lihat docs/reference/command-line.md",
                "take it away, or look in docs/reference/command-line.md",
            )
        )
        told = Text(f"{name} bukan setelan", f"{name} is no setting")
        yield Finding("variable", "note", told, "environment", advice)


def _python() -> Finding:
    fine = sys.version_info >= OLDEST_PYTHON
    oldest = ".".join(map(str, OLDEST_PYTHON))
    needed = Text(f"diperlukan Python {oldest} atau lebih baru", f"Python {oldest} or newer is needed")
    found = _plain(platform.python_version())
    return Finding("python", "good" if fine else "bad", found, sys.executable, NOTHING if fine else needed)


def _engine() -> Finding:
    """Whether the engine can be loaded and answers; in a directory of its own that is gone afterwards."""
    from storage.chdb_engine import ChdbEngine
    from storage.engine import EngineError

    advice = Text(
        "hapus folder .venv lalu mulai lagi; mesin data memerlukan x86-64 atau ARM64 dan glibc 2.17 atau lebih baru",
        "delete the folder .venv and start again; the engine needs x86-64 or ARM64 and glibc 2.17 or newer",
    )
    try:
        found = version("chdb-core")
        with tempfile.TemporaryDirectory() as folder:
            engine = ChdbEngine(Path(folder))
            try:
                answer = engine.query("SELECT version()").rows[0][0]
            finally:
                engine.close()
    except (ImportError, OSError, PackageNotFoundError, EngineError, BadSetup) as error:
        failed = Text(f"tidak dapat dimuat: {error}", f"cannot be loaded: {error}")
        return Finding("engine", "bad", failed, "chdb-core", advice)
    told = Text(f"menjawab sebagai ClickHouse {answer}", f"answers as ClickHouse {answer}")
    return Finding("engine", "good", told, f"chdb-core {found}")


def _zones() -> Finding:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        offsets = [datetime(2026, 1, 1, tzinfo=ZoneInfo(name)).strftime("%z") for name in ZONES]
    except ZoneInfoNotFoundError as error:
        return Finding("time zones", "bad", _plain(str(error)), "tzdata", _AGAIN)
    fine = offsets == ["+0700", "+0800", "+0900"]
    value = ", ".join(f"{zone} {offset}" for zone, offset in zip(ZONES, offsets, strict=True))
    return Finding("time zones", "good" if fine else "bad", _plain(value), f"tzdata {version('tzdata')}")


def _holidays(year: int) -> Iterator[Finding]:
    from pantau.holidays_id import holidays_of

    origin = f"holidays {version('holidays')}"
    days = holidays_of(year, year)
    joint = sum(day.kind == "cuti_bersama" for day in days)
    value = Text(
        f"{len(days) - joint} hari libur dan {joint} hari cuti bersama pada {year}",
        f"{len(days) - joint} holidays and {joint} days of cuti bersama in {year}",
    )
    todo = Text(
        "jam kerja menghitungnya sebagai hari kerja; tulis hari menurut SKB ke registry.toml",
        "working time counts them as worked; write the decree's days into registry.toml",
    )
    yield Finding("holidays", "good" if days and joint else "note", value, origin, NOTHING if joint else todo)


def _data(directory: Path, origin: str) -> Iterator[Finding]:
    place = directory.absolute()
    existing = next(path for path in (place, *place.parents) if path.exists())
    if not existing.is_dir():
        told = Text(f"{existing} bukan direktori", f"{existing} is not a directory")
        yield Finding("data directory", "bad", told, origin, Text("pilih --data lain", "choose another --data"))
        return
    if not os.access(existing, os.W_OK | os.X_OK):
        told = Text(f"{existing} tidak dapat ditulisi", f"{existing} cannot be written")
        todo = Text("ganti pemiliknya atau --data", "change its owner or --data")
        yield Finding("data directory", "bad", told, origin, todo)
        return
    made = NOTHING if place.exists() else Text(" (dibuat saat pertama dijalankan)", " (made at the first start)")
    yield Finding("data directory", "good", Text(f"{place}{made.id}", f"{place}{made.en}"), origin)
    free = shutil.disk_usage(existing).free
    state: State = "bad" if free < TOO_LOW_BYTES else "note" if free < LOW_BYTES else "good"
    room = Text(
        "100 juta kejadian memerlukan sekitar 7 GB; kosongkan ruang atau pindahkan direktori data",
        "100 million events take about 7 GB; make room or move the data directory",
    )
    size = Text(*(f"{number_text(free / 1024**3, language, 1)} GiB" for language in LANGUAGES))
    yield Finding("free space", state, size, str(existing), NOTHING if state == "good" else room)
    yield from _store(place, origin)


def _store(place: Path, origin: str) -> Iterator[Finding]:
    """Who owns the directory, how far its tables are migrated, and whether each id is said of one thing."""
    from pantau.embedded.desk import RemoteDesk
    from pantau.embedded.running import running_process

    try:
        running = running_process(place)
    except BadSetup as error:
        todo = Text("hubungi pengguna itu, atau pilih --data lain", "ask that user, or choose another --data")
        yield Finding("owner", "bad", _plain(str(error)), origin, todo)
        return
    if running is not None:
        try:
            several = RemoteDesk(running).query("ids_said_of_several_things", {"at_most": _NAMED_IDS + 1}).rows
        except PantauError as error:
            told = Text(f"proses {running.pid}: {error}", f"process {running.pid}: {error}")
            todo = Text("hentikan lalu jalankan lagi", "end it and start it again")
            yield Finding("owner", "bad", told, running.url, todo)
            return
        told = Text(
            f"proses {running.pid} menjawab dan memutakhirkan tabel",
            f"process {running.pid} answers and keeps the tables current",
        )
        yield Finding("owner", "good", told, running.url)
        yield _identities(several, running.url)
        return
    if not (place / "store").exists():
        none = Text("belum ada; dibuat saat pertama dijalankan", "none yet; made at the first start")
        yield Finding("tables", "good", none, origin)
        return
    yield from _schema(place)


_NAMED_IDS = 3


def _identities(several: Sequence[Sequence[Any]], where: str) -> Finding:
    """Whether sources keep their word that an id is of one event; rows of ``ids_said_of_several_things``."""
    if not several:
        fine = Text("setiap id menunjuk satu hal", "every id is said of one thing")
        return Finding("identities", "good", fine, where)
    named = ", ".join(f"{source} {id_} ({', '.join(some)})" for source, id_, _, some in several[:_NAMED_IDS])
    page = "docs/decisions/0003-identity-is-the-senders-word.md"
    todo = Text(
        f"masing-masing dihitung; perbaiki pengirimnya, lihat pantau sources dan {page}",
        f"each counts; mend the sender, see pantau sources and {page}",
    )
    more = ", …" if len(several) > _NAMED_IDS else ""
    told = Text(f"id yang menunjuk beberapa hal: {named}{more}", f"ids said of several things: {named}{more}")
    return Finding("identities", "note", told, where, todo)


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
        todo = Text(
            "ada proses yang memegangnya tanpa run.json; hentikan proses itu",
            "a process holds it and left no run.json; end it",
        )
        yield Finding("owner", "bad", _plain(str(error)), str(place), todo)
        return
    except (EngineError, BadSetup) as error:
        todo = Text("pulihkan direktori dari salinannya", "restore the directory from a copy")
        yield Finding("tables", "bad", _plain(str(error).splitlines()[0]), str(place), todo)
        return
    applied = int(rows[0][0])
    if applied > newest:
        todo = Text(
            "dibuat oleh Pantau Layanan yang lebih baru; pakai versi itu",
            "they were made by a newer Pantau Layanan; use that one",
        )
        told = Text(
            f"pada {applied:04}, versi ini mengenal {newest:04}", f"at {applied:04}, this version knows {newest:04}"
        )
        yield Finding("tables", "bad", told, str(place), todo)
        return
    pending = NOTHING
    if applied != newest:
        n = newest - applied
        pending = Text(f"; {n} lagi diterapkan saat dijalankan", f"; {n} more are applied at the next start")
    told = Text(
        f"pada {applied:04} dari {newest:04}{pending.id}, tidak dipegang proses mana pun",
        f"at {applied:04} of {newest:04}{pending.en}, no process owns them",
    )
    yield Finding("tables", "good", told, str(place))
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
            told = Text(f"{where} dilayani proses {running.pid}", f"{where} is served by process {running.pid}")
            return Finding("port", "good", told, origin)
        why = error.strerror
        failed = Text(f"{where} tidak dapat dipakai: {why}", f"{where} cannot be used: {why}")
        return Finding("port", "bad", failed, origin, Text("pilih --port lain", "choose another --port"))
    return Finding("port", "good", Text(f"{where} bebas", f"{where} is free"), origin)


def _registry(file: Path | None, origin: str) -> Finding:
    from pantau.registry_file import load

    if file is None:
        none = Text("tidak diberikan: yang terakhir dimuat berlaku", "none given: the one loaded last holds")
        return Finding("registry", "good", none, origin)
    try:
        registry = load(file)
    except BadSetup as error:
        n = len(error.faults)
        value = Text(f"{file}: {n} kesalahan", f"{file}: {n} faults") if n else _plain(str(error).splitlines()[0])
        todo = Text(
            f"pantau registry check {file} menyebutnya dengan nomor barisnya",
            f"pantau registry check {file} tells them with their lines",
        )
        return Finding("registry", "bad", value, origin, todo)
    units = len(registry.units)
    return Finding("registry", "good", Text(f"{file}: {units} unit", f"{file}: {units} units"), origin)
