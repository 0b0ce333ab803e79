"""Every setting of the product, declared once: name, type, default, unit, meaning.

A setting is taken from the command line, else from its variable ``PANTAU_NAME``, else (secrets only) from the file that
``PANTAU_NAME_FILE`` names, else from its default. Import this only in verbs that need it: reading it costs 0.1 s.
"""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dashboards.live.viewers import Access, read_access
from pantau.domain.errors import BadSetup, Fault
from pantau.gateway.limits import GatewayLimits

PREFIX = "PANTAU_"

_LIMITS = GatewayLimits()

ELSEWHERE = frozenset({"PANTAU_CACHE", "PANTAU_DATA", "PANTAU_TEST_CLICKHOUSE", "PANTAU_TEST_KAFKA"})
"""Variables with our prefix that are no settings of the product: where tests find real data sets, servers and jars."""


def _setting(default: Any, unit: str, meaning: str, **bounds: Any) -> Any:
    return Field(default, description=meaning, json_schema_extra={"unit": unit}, **bounds)


class Settings(BaseSettings):
    """The values in force. Made by :func:`load`, which also tells where each came from."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True)

    data_dir: Path = _setting(Path("data"), "directory", "Where events, visits and windows are kept.")
    host: str = _setting(
        "127.0.0.1", "address", "Where gateway and page listen; other machines reach only 0.0.0.0 or its own address."
    )
    port: int = _setting(8320, "port", "Port of gateway and page; 0 takes a free one.", ge=0, le=65535)
    registry: Path | None = _setting(
        None, "file", "A registry.toml to put in force at the start; without it the one loaded last holds."
    )
    lang: str = _setting("id", "id or en", "The language of reports: Indonesian or English.", pattern="^(id|en)$")
    fsync: bool = _setting(
        False,
        "true or false",
        "Whether what pantau serve acknowledges survives a loss of power too; see docs/storage.md.",
    )
    page_url: str | None = _setting(
        None, "https://host", "How people reach the page; links in alerts begin with it. None: as it listens."
    )
    alert_addresses: Path | None = _setting(
        None, "file", "A TOML file with the addresses that alerts go to; none: alerts.txt beside the data."
    )
    reply_hooks: Path | None = _setting(
        None, "file", "A TOML file that lets WhatsApp and Fonnte bring replies to alerts; none: they bring none."
    )
    key: SecretStr | None = _setting(None, "API key", "With what pantau replay --to URL shows who it is.")
    bus: str | None = _setting(None, "kafka://host:port,…", "The brokers that events travel through; none: embedded.")
    store: str | None = _setting(
        None, "clickhouse://user@host:port/database", "The server that holds the tables of workers and the page."
    )
    store_password: SecretStr | None = _setting(None, "password", "The password of the store's user.")
    answers_store: str | None = _setting(
        None,
        "clickhouse://user@host:port/database",
        "As whom pantau web writes what people answer to alerts; none: it does not serve the alerts' page.",
    )
    answers_password: SecretStr | None = _setting(None, "password", "The password of that user.")
    secret: SecretStr | None = _setting(
        None, "64 hex digits", "The key of pseudonyms and digests; the same for every process of an installation."
    )
    worker_group: str = _setting("pantau", "name", "Workers of one group share the partitions of the bus.")
    worker_host: str = _setting("127.0.0.1", "address", "Where a worker's health and metrics listen.")
    worker_port: int = _setting(8331, "port", "Port of a worker's health and metrics.", ge=1, le=65535)
    worker_facts: int = _setting(
        200_000, "facts", "Visits and other facts that a worker keeps in memory, about 1 KB each.", ge=1_000
    )
    worker_cells: int | None = _setting(
        None,
        "cells",
        "Cells of windows that a worker keeps in memory, about 0.1 KB each; none: as many as its memory holds, 2 to 12 "
        "million.",
        ge=1_000,
    )
    worker_gather_seconds: float = _setting(
        0.25, "seconds", "How long a worker waits for more records before it merges what came.", gt=0, le=10
    )
    worker_announce_seconds: float = _setting(
        2.0,
        "seconds",
        "How often a worker says on pantau.indicators what changed; it rests nine times as long as that took.",
        gt=0,
    )
    worker_session_seconds: float = _setting(
        10.0, "seconds", "After how long without a heartbeat a worker's partitions go to others.", ge=1
    )
    worker_stalled_seconds: float = _setting(
        120.0, "seconds", "After how long with records waiting and none let go of a worker is not live.", gt=0
    )
    viewers: Path | None = _setting(
        None, "file", "A viewers.toml that says who may see the page, and of which kecamatan; none: whoever reaches it."
    )
    identity_header: str | None = _setting(
        None, "name of a header", "In which a reverse proxy says who looks; believed from trusted_proxies alone."
    )
    trusted_proxies: str = _setting(
        "127.0.0.1 ::1", "addresses", "From which the identity header is believed, with spaces between them."
    )
    sql_port: int | None = _setting(
        None, "port", "Where pantau serve answers SQL for a Grafana, read-only; none: nowhere.", ge=0, le=65535
    )
    sql_host: str = _setting(
        "127.0.0.1", "address", "On which address; other machines reach only 0.0.0.0 or its own address."
    )
    sql_token: SecretStr | None = _setting(None, "token", "The password with which SQL is asked; at least 16 letters.")
    web_clock: str = _setting(
        "wall",
        "wall or newest",
        "What pantau web takes for now: this machine's clock, or the newest event, to look at a replay.",
        pattern="^(wall|newest)$",
    )
    database_password: SecretStr | None = _setting(
        None, "password", "With what pantau poll shows a database who it is."
    )
    mqtt_password: SecretStr | None = _setting(None, "password", "With what pantau mqtt shows a broker who it is.")
    spool_dir: Path = _setting(
        Path("spool"), "directory", "Where a gateway keeps what the bus has not taken yet; one gateway each."
    )
    spool_bytes: int = _setting(
        1_000_000_000, "bytes", "What the spool may take on the disk; then senders are told 503.", ge=1_000_000
    )
    spool_after_seconds: float = _setting(
        2.0, "seconds", "How long the bus may be silent before events go to the spool.", gt=0
    )
    gateway_request_bytes: int = _setting(_LIMITS.request_bytes, "bytes", "Largest body of one request.", gt=0)
    gateway_batch_events: int = _setting(_LIMITS.batch_events, "events", "Most events in one request.", gt=0)
    gateway_event_bytes: int = _setting(_LIMITS.event_bytes, "bytes", "Largest single event.", gt=0)
    gateway_events_per_second: int = _setting(
        _LIMITS.events_per_second, "events a second", "What one key may send on average.", gt=0
    )
    gateway_burst_events: int = _setting(
        _LIMITS.burst_events, "events", "What one key may send at once after a pause; at least a full request.", gt=0
    )
    gateway_refusal_cost: int = _setting(
        _LIMITS.refusal_cost, "events", "As how many events of its allowance a refused one counts.", gt=0
    )
    gateway_durable_wait_seconds: float = _setting(
        _LIMITS.durable_wait_seconds,
        "seconds",
        "How long a request waits to be durable before it is answered 503.",
        gt=0,
    )
    gateway_retry_after_seconds: int = _setting(
        _LIMITS.retry_after_seconds, "seconds", "When a sender answered 503 is asked to try again.", gt=0
    )

    def gateway_limits(self) -> GatewayLimits:
        """What the gateway lets one sender send. Raises BadSetup for limits that contradict each other."""
        prefix = "gateway_"
        names = [name for name in type(self).model_fields if name.startswith(prefix)]
        return GatewayLimits(**{name.removeprefix(prefix): getattr(self, name) for name in names})

    def access(self) -> Access:
        """Who may see the page. Raises BadSetup for a list of viewers that cannot be read or is contradictory."""
        return read_access(self.viewers, header=self.identity_header, proxies=self.trusted_proxies)


class Declared(msgspec.Struct, frozen=True):
    """What is to be known about one setting."""

    name: str
    variable: str
    type: str
    default: str
    unit: str
    meaning: str
    secret: bool


class Loaded(msgspec.Struct, frozen=True):
    """The settings in force, and where each came from: command line, a variable, a variable with ``_FILE``, default."""

    settings: Settings
    origins: dict[str, str]


def catalogue() -> list[Declared]:
    """Every setting, in order of declaration; what the documentation and ``pantau doctor`` show."""
    found = []
    for name, field in Settings.model_fields.items():
        secret = "Secret" in str(field.annotation)
        extra = field.json_schema_extra
        assert isinstance(extra, dict), "every setting is declared by _setting"
        found.append(
            Declared(
                name=name,
                variable=PREFIX + name.upper(),
                type=_type_name(field.annotation),
                default="none" if field.default is None else str(field.default),
                unit=str(extra["unit"]),
                meaning=field.description or "",
                secret=secret,
            )
        )
    return found


def load(given: Mapping[str, object] | None = None) -> Loaded:
    """The settings in force; ``given`` are those of the command line, of which None means not given.

    Raises BadSetup that names each variable with a wrong value.
    """
    given = {name: value for name, value in (given or {}).items() if value is not None}
    files = _secret_files()
    try:
        settings = _Reader(**{**files, **given})  # type: ignore[arg-type]  # pydantic judges the types
    except ValidationError as error:
        faults = tuple(_fault(each, given) for each in error.errors())
        raise BadSetup("; ".join(map(str, faults)), faults) from None
    return Loaded(settings, {each.name: _origin(each, given, files) for each in catalogue()})


def revealed(secret: SecretStr | None) -> str | None:
    """The text of a secret; None for one that is not given."""
    return None if secret is None else secret.get_secret_value()


def unknown() -> dict[str, str | None]:
    """Variables that begin like ours and are none of ours, each with the one that was probably meant."""
    ours = {each.variable for each in catalogue()} | {each.variable + "_FILE" for each in catalogue() if each.secret}
    strange = [name for name in os.environ if name.startswith(PREFIX) and name not in ours | ELSEWHERE]
    found = {}
    for name in sorted(strange):
        plain = name.removesuffix("_FILE")  # of something that is no secret
        found[name] = plain if plain in ours else next(iter(get_close_matches(name, ours, 1)), None)
    return found


class _Reader(Settings):
    """The settings, from what is handed in and from the environment and nowhere else (no dotenv, no secrets folder)."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings


def _secret_files() -> dict[str, SecretStr]:
    """Secrets whose ``PANTAU_NAME_FILE`` is set. Both variables at once is an error: it is not clear which is meant."""
    found = {}
    for each in catalogue():
        path = os.environ.get(each.variable + "_FILE") if each.secret else None
        if path is None:
            continue
        if each.variable in os.environ:
            raise BadSetup(f"{each.variable} and {each.variable}_FILE are both set; keep one of them")
        try:
            found[each.name] = SecretStr(Path(path).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetup(f"{each.variable}_FILE = {path}: cannot be read: {error}") from error
    return found


def _origin(each: Declared, given: Mapping[str, object], files: Mapping[str, object]) -> str:
    if each.name in given:
        return "command line"
    if each.name in files:
        return each.variable + "_FILE"
    return each.variable if each.variable in map(str.upper, os.environ) else "default"


def _fault(error: Any, given: Mapping[str, object]) -> Fault:
    name = str(error["loc"][0]) if error["loc"] else ""
    declared = {each.name: each for each in catalogue()}.get(name)
    if declared is None:
        return Fault(
            field=name,
            value="…",
            rule="is not a setting",
            todo=f"known are {', '.join(each.name for each in catalogue())}",
        )
    where = f"--{name.replace('_', '-')}" if name in given else declared.variable
    value = "…" if declared.secret else str(error["input"])
    rule = str(error["msg"]).removeprefix("Value error, ")
    return Fault(
        field=where, value=value, rule=rule[:1].lower() + rule[1:], todo=f"a {declared.type} is meant ({declared.unit})"
    )


def _type_name(annotation: Any) -> str:
    text = str(getattr(annotation, "__name__", annotation)).replace("pathlib.", "")
    for name, plain in (
        ("Path", "path"),
        ("str", "text"),
        ("SecretStr", "text"),
        ("bool", "switch"),
        ("int", "whole number"),
        ("float", "number"),
    ):
        if text.split(" |")[0].endswith(name):
            return plain
    raise TypeError(f"{annotation}: a type that no setting had so far; give it a plain name here")
