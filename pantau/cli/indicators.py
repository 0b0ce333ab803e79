"""``pantau indicators``: any indicator of any slice, with n and its definition beside it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from datetime import date

    from pantau.domain.registry import Registry
    from pantau.domain.requests import Request


class By(StrEnum):
    """What a table can be grouped by."""

    unit = "unit"
    kecamatan = "kecamatan"
    kabupaten = "kabupaten"
    service = "service"
    channel = "channel"
    counter = "counter"
    trained = "trained"
    since_training = "since_training"
    intervention = "intervention"
    day = "day"
    week = "week"
    month = "month"
    hour = "hour"
    half_hour = "30m"
    five_minutes = "5m"


class Percentile(StrEnum):
    """How percentiles are read."""

    nearest_rank = "nearest_rank"
    exact = "exact"


class Counted(StrEnum):
    """Whether something is in the number."""

    counted = "counted"
    not_counted = "not_counted"


class LeaversIn(StrEnum):
    """Whether people who left are in the promise."""

    standard = "standard"
    counted = "counted"
    not_counted = "not_counted"


class Weight(StrEnum):
    """How much an SKM element weighs."""

    ninth = "1/9"
    rounded = "0.11"


Many = list[str] | None


def indicators(
    names: Annotated[Many, typer.Argument(help="Indicators; see --list.", show_default=False)] = None,
    data: Data = DATA,
    unit: Annotated[Many, typer.Option(help="Only this unit.")] = None,
    kecamatan: Annotated[Many, typer.Option(help="Only units of this kecamatan, by code.")] = None,
    kabupaten: Annotated[Many, typer.Option(help="Only units of this kabupaten, by code.")] = None,
    service: Annotated[Many, typer.Option(help="Only this service; - is an unknown one.")] = None,
    channel: Annotated[Many, typer.Option(help="Only this channel; - is an unknown one.")] = None,
    counter: Annotated[Many, typer.Option(help="Only this counter; - is an unknown one.")] = None,
    by: Annotated[list[By] | None, typer.Option(help="Group by it; may be given again.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First local day, as 2026-11-10.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last local day, included.")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="The instant for facts that time makes (waiting, backlog); now if not given."
        ),
    ] = None,
    percentile: Annotated[Percentile | None, typer.Option(help="From histograms (≤ 1 %), or exactly.")] = None,
    within: Annotated[str | None, typer.Option(metavar="TIME", help="Limit of the .within shares: 30 s, 15 min.")] = (
        None
    ),
    zero_waits: Annotated[Counted | None, typer.Option(help="Waits of exactly zero.")] = None,
    leavers: Annotated[LeaversIn | None, typer.Option(help="People who left, in promise and .within.")] = None,
    ikm_weight: Annotated[Weight | None, typer.Option(help="Weight of an SKM element.")] = None,
    complaint_days: Annotated[int | None, typer.Option(min=0, help="Days after which a complaint is late.")] = None,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, for spreadsheets.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="Name every indicator and end.")] = False,
) -> None:
    """Print indicators of a slice, with n, definitions and the choices that change a number.

    NAMES are indicators (wait_to_start.p90), their beginnings (wait_to_start) or all; without one, the main ones.
    Units, services, channels and counters may be given several times. An unknown number is a dash with its reason.

    Examples:

      pantau indicators                                             the main numbers of everything, all days

      pantau indicators wait_to_start promise --by unit --from 2026-11-01

      pantau indicators served service_time.mean --unit disdukcapil --by counter

      pantau indicators ikm nrr --by kecamatan --lang en --json

      pantau indicators wait_to_call --percentile exact --within "30 s" --zero-waits not_counted

      pantau indicators promise rating --by trained --by month --csv

      pantau indicators waiting_now longest_wait_now backlog --by unit --as-of "2026-11-10 10:32"

    Exit codes: 0 printed, 2 a name, place, day or grouping is wrong, 4 the process that owns the data does not answer.
    """
    from rich.console import Console

    from pantau.cli import indicator_table
    from pantau.domain.errors import BadSetup
    from pantau.domain.indicator_catalogue import fixed

    if list_all:
        Console().print(indicator_table.listing([*fixed().values()], lang))
        return
    if as_json and as_csv:
        raise BadSetup("--json and --csv exclude each other; choose one")
    import msgspec

    from pantau.cli.desks import open_desk
    from pantau.domain.requests import Request
    from storage.indicators import indicators as answer

    with open_desk(data) as desk:
        registry = desk.registry
        request = Request(
            as_of=desk.now(),
            names=tuple(names or ()),
            units=tuple(unit or ()),
            kecamatan=tuple(kecamatan or ()),
            kabupaten=tuple(kabupaten or ()),
            services=tuple(service or ()),
            channels=tuple(channel or ()),
            counters=tuple(counter or ()),
            by=tuple(dimension.value for dimension in by or ()),
            first_day=_day(first, "from"),
            last_day=_day(last, "to"),
            language=lang,
            percentile=percentile.value if percentile else None,
            zero_waits=zero_waits.value if zero_waits else None,
            leavers=leavers.value if leavers else None,
            ikm_weight=ikm_weight.value if ikm_weight else None,
            within_ms=_limit(within),
            complaint_days=complaint_days,
        )
        if as_of is not None:
            request = msgspec.structs.replace(request, as_of=_instant(as_of, request, registry))
        table = answer(desk.query, registry, request)
        empty = all(line.value.value is None for line in table.lines)
        refused = sum(int(row["things"]) for row in desk.query("rejects_waiting").dicts()) if empty else 0
    if as_json:
        typer.echo(msgspec.json.encode(table).decode())
    elif as_csv:
        typer.echo(indicator_table.as_csv(table), nl=False)
    else:
        console = Console()
        for part in indicator_table.for_people(table, lang):
            console.print(part)
    if refused:  # nothing is known, and that may be why
        typer.echo(indicator_table.WHERE_THE_DATA_IS[lang].format(n=refused, data=data), err=True)


def _day(text: str | None, option: str) -> "date | None":
    from datetime import date

    from pantau.domain.errors import BadSetup

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadSetup(f"--{option} {text!r} is not a day; write it like 2026-11-10") from error


def _limit(text: str | None) -> int | None:
    """A limit in ms; a bare number counts seconds."""
    from pantau.domain.durations import parse
    from pantau.domain.errors import BadSetup

    if text is None:
        return None
    try:
        if text.strip().isdigit():
            return int(text) * 1000
        ms = parse(text).ms
    except ValueError as error:
        raise BadSetup(f"--within {text!r}: {error}") from error
    if ms is None:
        raise BadSetup(f"--within {text!r}: a limit is a time, not working days")
    return ms


def _instant(text: str, request: "Request", registry: "Registry") -> int:
    """An instant in ms; a time without an offset is read on the wall clock of the slice's first unit."""
    from datetime import datetime

    from pantau.domain.errors import BadSetup
    from pantau.domain.requests import units_of
    from pantau.domain.zones import from_local

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSetup(f"--as-of {text!r} is not a time; write it like 2026-11-10 10:32") from error
    if moment.tzinfo is not None:
        return round(moment.timestamp() * 1000)
    units = units_of(request, registry)
    return from_local(registry.zone(units[0]) if units else "UTC", moment)
