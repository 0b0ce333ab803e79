"""``pantau mqtt``: take the presses of counter buttons and smiley terminals from an MQTT broker."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pantau.cli.options import Lang, RegistryFile
from pantau.cli.source_options import MappingName, State, To

if TYPE_CHECKING:
    from producers.feeding import Named
    from producers.mapping import RowMapper
    from producers.replay import Summary


def mqtt(
    broker: Annotated[
        str,
        typer.Option(
            help="mqtt://user@host:1883, or mqtts:// for TLS; the password: PANTAU_MQTT_PASSWORD or a file named by "
            "PANTAU_MQTT_PASSWORD_FILE.",
        ),
    ],
    topics: Annotated[
        list[str], typer.Option("--topics", help="What to listen to, such as smiley/#; may be given more than once.")
    ],
    mapping: MappingName = "smiley_mqtt",
    to: To = "data",
    registry: RegistryFile = None,
    check: Annotated[
        bool, typer.Option("--check", help="Show what comes and what it becomes, until Ctrl-C; send nothing.")
    ] = False,
    ca: Annotated[
        Path | None, typer.Option(help="With mqtts: believe a broker whose certificate this file vouches for.")
    ] = None,
    state: State = None,
    lang: Lang = "id",
) -> None:
    """Take messages through a mapping: a digit, a word or a JSON object from each press.

    First look: pantau mqtt … --check, and press a button. A message is acknowledged only when it is durable, and the
    broker keeps what comes while this process is away: let terminals publish with QoS 1, and the broker persist. The
    mapping sees the columns #topic, #topic.1, #topic.2 …, #payload, #received, #id, and the fields of a JSON payload.
    Where a data directory is served (pantau serve), events are handed to that process.
    """
    from pantau.cli.destinations import feed_opener, state_directory
    from pantau.cli.source_options import told
    from pantau.logs import to_stderr
    from pantau.settings import load as load_settings
    from pantau.settings import revealed
    from producers.mapping import compile, load
    from producers.mqtt import Listener, address_of
    from producers.polling import for_typed_rows
    from producers.rounds import keep_asking, stopped_by_signals

    to_stderr()
    password = revealed(load_settings().settings.mqtt_password)
    address = address_of(broker)
    chosen = for_typed_rows(load(mapping))
    name = hashlib.sha256("\n".join((address.host, str(address.port), *topics, to)).encode()).hexdigest()[:24]
    ledger = None if check else state_directory(state, to) / f"mqtt-{name}.json"
    listener = Listener(address, topics, password=password, ca=ca, ledger=ledger)
    if check:
        mapper = compile(chosen, key=bytes(32))
        with stopped_by_signals() as stop, listener:
            keep_asking(listener, lambda: _showing(mapper), every=0, stop=stop)
        return
    opened = feed_opener(to, mapping=chosen, registry=registry, once=False)
    with stopped_by_signals() as stop, listener:
        keep_asking(listener, opened, every=0, stop=stop)
    told(listener.summary, lang)


class _Shown:
    """A feed that prints what comes and what it becomes."""

    def __init__(self, mapper: "RowMapper") -> None:
        self.mapper = mapper

    def take(self, rows: "Sequence[Named]", summary: "Summary") -> None:
        """Print rows and their events."""
        from producers.mapping import UnmappedRow

        for _, row in rows:
            summary.rows += 1
            typer.echo("  ".join(f"{name}={cell}" for name, cell in row.items()))
            try:
                for draft in self.mapper.events(row):
                    data = " ".join(f"{name}={value}" for name, value in draft.data.items())
                    typer.echo(f"    {draft.kind}  {draft.source} {draft.id}  {data}")
            except UnmappedRow as error:
                typer.echo(f"    cannot be mapped: {error}")

    def durable(self) -> None:
        """Nothing is kept."""


@contextmanager
def _showing(mapper: "RowMapper") -> "Iterator[_Shown]":
    yield _Shown(mapper)
