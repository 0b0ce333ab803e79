"""``pantau alerts``: which indicators fall, who takes them on, what is silenced, and what a rule would have sent."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from pantau.cli.alert_table import Row
    from pantau.domain.spans import Language
    from pantau.embedded.desk import Desk

app = typer.Typer(name="alerts", help="Indicators that fall: list, answer, silence, try a rule.", no_args_is_help=True)

_WORDS: "Final[dict[str, dict[Language, str]]]" = {
    "none": {"id": "Tidak ada peringatan yang terbuka.", "en": "No alert is open."},
    "answered": {"id": "{code}: ditindaklanjuti oleh {by}", "en": "{code}: taken on by {by}"},
    "finished": {"id": "{code}: selesai, dicatat oleh {by}", "en": "{code}: done, says {by}"},
    "silenced": {
        "id": "{unit} dibisukan sampai {day}; berakhir sendiri bila pulih",
        "en": "{unit} is silenced until {day}; it ends by itself with the recovery",
    },
    "lifted": {"id": "{unit} tidak dibisukan lagi", "en": "{unit} is no longer silenced"},
    "no_silences": {"id": "Tidak ada yang dibisukan.", "en": "Nothing is silenced."},
    "looked": {"id": "{n} pesan baru di kotak keluar", "en": "{n} new messages in the outbox"},
    "no_messages": {"id": "Belum ada pesan.", "en": "No messages yet."},
}

Code = Annotated[str, typer.Argument(help="The code of the alert, as in messages and in pantau alerts list.")]
By = Annotated[str, typer.Option("--by", help="Who says so: a role or a name.")]


@app.command("list")
def list_alerts(
    data: Data = DATA,
    every: Annotated[bool, typer.Option("--all", help="Also those that have ended, and what is only watched.")] = False,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line, for programs.")] = False,
) -> None:
    """List the alerts that are open, with what fell, since when, and who takes them on; then lost grades of the IKM.

    Exit 0 when none is open, else 1.
    """
    from pantau.cli.alert_table import alert_rows, lost_grades, print_alerts
    from pantau.cli.desks import open_desk

    with open_desk(data) as desk:
        rows = alert_rows(desk, every=every)
        lost = [*lost_grades(desk, lang)]
    if as_json:
        _print_json(rows)
    elif not rows:
        typer.echo(_WORDS["none"][lang])
    else:
        print_alerts(rows, lang)
    for line in [] if as_json else lost:
        typer.echo(line)
    raise typer.Exit(1 if any(row.state in ("falling", "acknowledged", "silenced") for row in rows) else 0)


@app.command()
def show(
    code: Code,
    data: Data = DATA,
    lang: Lang = "id",
) -> None:
    """Tell the whole life of an alert: every step with its evidence, every answer, every message in full."""
    from pantau.cli.alert_table import story
    from pantau.cli.desks import open_desk

    with open_desk(data) as desk:
        for line in story(desk, _alert(desk, code), lang):
            typer.echo(line)


@app.command()
def ack(
    code: Code,
    by: By,
    note: Annotated[str, typer.Option(help="What is being done.")] = "",
    due: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Until when.")] = None,
    done: Annotated[bool, typer.Option("--done", help="It has been done.")] = False,
    data: Data = DATA,
    lang: Lang = "id",
) -> None:
    """Take an alert on, so that nobody else is told of it; or say that what was promised is done."""
    from pantau.cli.desks import open_desk
    from pantau.domain.alerts.states import Acknowledgement, is_due_day
    from pantau.domain.errors import BadSetup
    from pantau.domain.zones import local_day

    with open_desk(data) as desk:
        alert, now = _alert(desk, code), desk.now()
        if due is not None and not is_due_day(due.date(), local_day(_zone_of(desk, alert), now)):
            raise BadSetup(f"--due {due.date()}: a due day is from today on, at most a year ahead")
        answer = Acknowledgement(alert=alert, at=now, by=by, note=note, due=due.date() if due else None, done=done)
        desk.answer_alert(answer)
    typer.echo(_WORDS["finished" if done else "answered"][lang].format(code=code.upper(), by=by))


@app.command()
def silence(
    unit: Annotated[str, typer.Argument(help="The unit's code; * for all.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last silent day.")],
    reason: Annotated[str, typer.Option(help="Why, for whoever wonders later.")],
    by: By,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first silent day. [default: today]")
    ] = None,
    indicator: Annotated[
        Literal["late", "time", "satisfaction"] | None, typer.Option(help="Only this one. [default: all]")
    ] = None,
    data: Data = DATA,
    lang: Lang = "id",
) -> None:
    """Send no messages about a unit for some days: a planned closure, a new system. Alerts are found all the same."""
    from pantau.cli.desks import open_desk
    from pantau.domain.alerts.silences import ALL_UNITS, LONGEST_DAYS, Silence
    from pantau.domain.errors import BadSetup
    from pantau.domain.personal import mask
    from pantau.domain.zones import local_day
    from pantau.texts import day_text

    with open_desk(data) as desk:
        if unit != ALL_UNITS and desk.registry.unit(unit) is None:
            raise BadSetup(f"there is no unit {unit!r}; see pantau registry show")
        zone = desk.registry.zone(unit if unit != ALL_UNITS else desk.registry.unit_codes[0])
        first = since.date() if since else local_day(zone, desk.now())
        try:
            ordered = Silence(
                unit=unit,
                first=first,
                last=until.date(),
                reason=mask(reason),
                by=mask(by),
                at=desk.now(),
                indicator=indicator,
            )
        except ValueError as error:
            raise BadSetup(str(error)) from error
        if ordered.last - first >= timedelta(days=LONGEST_DAYS):
            raise BadSetup(f"a silence lasts at most {LONGEST_DAYS} days; {first} to {ordered.last} is longer")
        today = local_day(zone, desk.now())
        if not today <= ordered.last <= today + timedelta(days=366):
            raise BadSetup(f"the last silent day is from today on and at most a year ahead, not {ordered.last}")
        desk.silence(ordered)
    typer.echo(_WORDS["silenced"][lang].format(unit=unit, day=day_text(until.date(), lang)))


@app.command()
def lift(
    unit: Annotated[str, typer.Argument(help="The unit's code; * for a silence of all.")],
    by: By,
    data: Data = DATA,
    lang: Lang = "id",
) -> None:
    """End the silences of a unit now, before their last day; what is open is told in the next sending hours."""
    from pantau.cli.desks import open_desk
    from pantau.domain.alerts.silences import ALL_UNITS, SilenceTurn
    from pantau.domain.errors import BadSetup
    from pantau.domain.personal import mask
    from pantau.domain.zones import local_day
    from storage.alert_reading import read_silence_turns, read_silences

    with open_desk(data) as desk:
        known = desk.registry.unit(unit)
        today = local_day(known.zone if known else desk.registry.zone(desk.registry.unit_codes[0]), desk.now())
        ended = {(turn.unit, turn.silenced_at) for turn in read_silence_turns(desk.query) if turn.turn != "silenced"}
        open_ones = [
            each
            for each in read_silences(desk.query)
            if each.unit == unit and each.last >= today and (each.unit, each.at) not in ended
        ]
        if not open_ones:
            for_all = "" if unit == ALL_UNITS else f"; one of all units is lifted with {ALL_UNITS!r}"
            raise BadSetup(f"{unit!r} is not silenced; see pantau alerts silences{for_all}")
        for each in open_ones:
            turn = SilenceTurn(
                at=desk.now(), unit=unit, silenced_at=each.at, turn="silence_lifted", day=today, by=mask(by)
            )
            desk.lift_silence(turn)
    typer.echo(_WORDS["lifted"][lang].format(unit=unit))


@app.command()
def silences(
    data: Data = DATA,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over, and how each ended.")] = False,
    lang: Lang = "id",
) -> None:
    """List who is silenced, until when, why, and by whom."""
    from pantau.cli.desks import open_desk
    from pantau.cli.silence_table import print_silences, silence_rows

    with open_desk(data) as desk:
        rows = silence_rows(desk, every=every)
    if rows:
        print_silences(rows, lang)
    else:
        typer.echo(_WORDS["no_silences"][lang])


@app.command()
def messages(
    data: Data = DATA,
    days: Annotated[int, typer.Option(min=1, help="Of so many days.")] = 30,
    full: Annotated[bool, typer.Option("--full", help="Print each message in full.")] = False,
    lang: Lang = "id",
) -> None:
    """List the messages of the outbox and how far their delivery is."""
    from pantau.cli.alert_table import print_messages
    from pantau.cli.desks import open_desk
    from pantau.domain.zones import DAY
    from storage.alert_reading import read_outbox

    with open_desk(data) as desk:
        sent = read_outbox(desk.query, since=desk.now() - days * DAY)
        registry = desk.registry
    if not sent:
        typer.echo(_WORDS["no_messages"][lang])
        return
    print_messages(sent, registry, lang, full=full)


@app.command()
def evaluate(data: Data = DATA, lang: Lang = "id") -> None:
    """Evaluate now what has closed, and put into the outbox what is due; pantau serve does so by itself."""
    from pantau.cli.desks import open_desk

    with open_desk(data) as desk:
        n = desk.look_for_alerts()
    typer.echo(_WORDS["looked"][lang].format(n=n))


@app.command()
def run(
    data: Data = DATA,
    host: Annotated[str, typer.Option(help="Address of its metrics.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of its metrics: when each kind of round last went well.")] = 8332,
) -> None:
    """Look for alerts and deliver them, and compute effects of trainings at night, for the tables of a server.

    Runs until Ctrl-C; pantau serve does all of it by itself. One process for an installation is enough.
    Addresses are those of PANTAU_ALERT_ADDRESSES. With PANTAU_BUS every step of an alert is told on pantau.alerts; with
    PANTAU_PAGE_URL and PANTAU_SECRET messages carry the link to the alert's page, which pantau web serves.
    """
    from pantau.cli.desks import open_desk
    from pantau.distributed.notifier import run_notifier
    from pantau.logs import to_stderr
    from pantau.settings import load

    to_stderr()
    with open_desk(data) as desk:
        run_notifier(
            desk,
            load().settings,
            host=host,
            port=port,
            on_start=lambda: typer.echo(f"looks for alerts in {data}; Ctrl-C ends it", err=True),
        )


@app.command()
def backtest(
    data: Data = DATA,
    days: Annotated[int, typer.Option(min=1, max=1830, help="So many days up to today.")] = 365,
    rule: Annotated[Literal["quiet", "sooner"], typer.Option(help="The rule to begin with.")] = "quiet",
    late: Annotated[float | None, typer.Option(min=1, help="Threshold of the late share, in nats.")] = None,
    time: Annotated[float | None, typer.Option(min=1, help="Threshold of the service time, in nats.")] = None,
    satisfaction: Annotated[float | None, typer.Option(min=1, help="Threshold of satisfaction, in nats.")] = None,
    day_cap: Annotated[
        float | None, typer.Option(min=0.1, max=10, help="How much of the threshold one day may add; above 1 no cap.")
    ] = None,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Say how many messages a rule would have sent over the stored history, and when; nothing is sent or stored.

    A threshold given by hand is that of an office with 80 visits (satisfaction: 20 raters) a day or more, as those of
    the two rules are: where there are fewer, as much less is asked as by them, up to 1.4 nats (satisfaction: 1).
    """
    import msgspec

    from pantau.alerting.backtest import backtest as run
    from pantau.cli.alert_table import print_backtest
    from pantau.cli.desks import open_desk
    from pantau.domain.alerts.policy import ALERT_SOONER, MICRO, QUIET, Indicator

    policy = QUIET if rule == "quiet" else ALERT_SOONER
    given: dict[Indicator, float | None] = {"late": late, "time": time, "satisfaction": satisfaction}
    thresholds = {**policy.thresholds, **{name: round(value * MICRO) for name, value in given.items() if value}}
    policy = msgspec.structs.replace(policy, thresholds=thresholds, day_cap=day_cap or policy.day_cap)
    with open_desk(data) as desk:
        found = run(desk.query, desk.registry, days=days, now=desk.now(), policy=policy)
        registry = desk.registry
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        print_backtest(found, registry, lang)


def _alert(desk: "Desk", code: str) -> str:
    """The newest alert with a code. Raises BadSetup for a code that nothing has."""
    from pantau.domain.alerts.detection import code_of
    from pantau.domain.errors import BadSetup
    from storage.alert_reading import read_transitions

    wanted = code.strip().upper()
    matching = [
        row.transition.alert
        for row, _ in read_transitions(desk.query, since=0)
        if code_of(row.transition.alert) == wanted
    ]
    if not matching:
        raise BadSetup(f"no alert has the code {code!r}; see pantau alerts list --all")
    return matching[-1]


def _zone_of(desk: "Desk", alert: str) -> str:
    """The time zone of an alert's unit; that of the first unit where the registry no longer has it."""
    from storage.alert_reading import read_transitions

    unit = next(
        row.transition.unit for row, _ in read_transitions(desk.query, since=0) if row.transition.alert == alert
    )
    return desk.registry.zone(unit if desk.registry.unit(unit) else desk.registry.unit_codes[0])


def _print_json(rows: "list[Row]") -> None:
    import msgspec

    for row in rows:
        typer.echo(msgspec.json.encode(row).decode())
