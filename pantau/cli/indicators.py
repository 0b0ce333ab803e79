"""``pantau indicators``: any indicator of any slice, with n and its definition beside it."""

from enum import StrEnum
from typing import Annotated

import typer

from pantau.cli.options import DATA, Data, Lang


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
    from pantau.domain.written_requests import request_of
    from storage.indicators import indicators as answer

    written = {
        "indicator": names,
        "unit": unit,
        "kecamatan": kecamatan,
        "kabupaten": kabupaten,
        "service": service,
        "channel": channel,
        "counter": counter,
        "by": [dimension.value for dimension in by or ()],
        "from": _one(first),
        "to": _one(last),
        "as_of": _one(as_of),
        "percentile": _one(percentile),
        "within": _one(within),
        "zero_waits": _one(zero_waits),
        "leavers": _one(leavers),
        "ikm_weight": _one(ikm_weight),
        "complaint_days": _one(complaint_days),
    }
    given = {name: values for name, values in written.items() if values}
    with open_desk(data) as desk:
        request = request_of(given, desk.registry, now=desk.now(), language=lang)
        table = answer(desk.query, desk.registry, request)
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


def _one(value: object) -> list[str]:
    """The text of an option that was given, if it was."""
    return [] if value is None else [str(value)]
