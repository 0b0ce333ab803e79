"""What the office's five weeks are too short to arm: alerts, answers, messages, effects, told by hand.

The falling unit had one incident three weeks ago, taken on, done and recovered, and has one that is open and that
nobody took on; Disdukcapil's is taken on and past its date; the third unit is silenced, watched, and silent at night.
"""

from datetime import date, timedelta
from typing import Any, Final

from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.detection import Transition, Turn, Week, alert_id, monday
from pantau.domain.alerts.evidence import Cell, Scale
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.no_data import NoData
from pantau.domain.alerts.policy import Indicator
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.silences import ALL_UNITS, Silence, SilenceTurn
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.effects.assessments import Assessment
from pantau.domain.effects.evaluation import Effect
from pantau.domain.effects.programmes import Kind
from pantau.domain.zones import DAY, HOUR, MINUTE
from storage.alert_reading import Sent
from storage.alerts import AlertTables
from storage.effects import rows_to_keep
from storage.engine import Engine
from storage.queries import sql
from storage.store import Store

FALLING: Final = "kec-18.01.21"
OFFICE: Final = "disdukcapil-18.01"
QUIET: Final = "kec-18.01.06"
GROUP: Final = "adminduk"

_EPOCH: Final = date(1970, 1, 1)
_FIGURES: Final = {
    "late": Figure(indicator="late", n=118, days=2, before=910_000, now=790_000, k=93, usual=107),
    "time": Figure(indicator="time", n=118, days=2, before=9 * MINUTE, now=14 * MINUTE),
    "satisfaction": Figure(indicator="satisfaction", n=40, days=3, before=8_290, now=7_410),
}


def name_of_alert(unit: str, indicator: Indicator, number: int, group: str = GROUP) -> str:
    """The id of the ``number``-th fall of an indicator."""
    return alert_id(unit, group, indicator, 20_000, number)


def step(unit: str, indicator: Indicator, number: int, turn: Turn, at: int, group: str = GROUP) -> Recorded:
    """One step of an alert's life, found an hour after the half hour that decided it."""
    return Recorded(
        transition=Transition(
            at=at,
            unit=unit,
            group=group,
            indicator=indicator,
            turn=turn,
            alert=name_of_alert(unit, indicator, number, group),
            day=(at + 7 * HOUR) // DAY,
            since=at - 5 * HOUR,
            evidence=7_800_000,
            threshold=7_700_000,
            baseline=20_000,
        ),
        found_at=at + HOUR,
    )


def steps(now: int) -> list[Recorded]:
    """Every step, the first office first."""
    return [
        step(FALLING, "late", 1, "watched", now - 22 * DAY),
        step(FALLING, "late", 1, "falling", now - 21 * DAY),
        step(FALLING, "satisfaction", 1, "falling", now - 19 * DAY, "*"),
        step(FALLING, "late", 1, "recovered", now - 16 * DAY),
        step(FALLING, "satisfaction", 1, "recovered", now - 15 * DAY, "*"),
        step(FALLING, "late", 2, "falling", now - 26 * HOUR),
        step(FALLING, "time", 2, "falling", now - 2 * HOUR),
        step(OFFICE, "time", 1, "falling", now - 100 * DAY),
        step(OFFICE, "time", 1, "settled", now - 20 * DAY),
        step(OFFICE, "late", 1, "falling", now - 8 * DAY),
        step(QUIET, "late", 1, "falling", now - 3 * DAY),
        step(QUIET, "time", 1, "watched", now - 5 * HOUR),
    ]


def write_alerts(engine: Engine, now: int) -> None:
    """Write them, with what was answered, silenced and sent."""
    tables = AlertTables(engine)
    today = date(1970, 1, 1) + timedelta((now + 7 * HOUR) // DAY)
    number = (today - _EPOCH).days
    cell = Cell(100_000, 810_930, -157_000)
    scale = Scale({16: cell}, cell, 5_000, 7_700_000, 5_775_000)
    baseline = Baseline(monday(number), 40, 700, 650, {"late": scale}, {"late": 100_000})
    tables.keep_week(
        Week(monday(number), {(unit, GROUP): baseline for unit in (FALLING, OFFICE, QUIET)}, {}, {}), version=1
    )
    tables.record(
        (row, (_FIGURES[row.transition.indicator],) if row.transition.turn == "falling" else ()) for row in steps(now)
    )
    first, office = name_of_alert(FALLING, "late", 1), name_of_alert(OFFICE, "late", 1)
    for answer in (
        Acknowledgement(alert=first, at=now - 21 * DAY + 6 * HOUR, by="Sekcam", due=today - timedelta(14)),
        Acknowledgement(alert=first, at=now - 15 * DAY, by="Sekcam", done=True),
        Acknowledgement(alert=office, at=now - 7 * DAY, by="Kepala dinas", due=today - timedelta(1), note="rahasia"),
    ):
        tables.answer(answer)
    tables.silence(
        Silence(unit=QUIET, first=today - timedelta(1), last=today, reason="pindah", by="Operator", at=now - 30 * HOUR)
    )
    last_year = today - timedelta(365)
    for unit in (ALL_UNITS, QUIET):
        tables.silence(Silence(unit=unit, first=last_year, last=today, reason="Lebaran", by="Operator", at=1))
    tables.keep_silence_turns(
        [
            SilenceTurn(unit=unit, silenced_at=1, turn="silence_lifted", day=last_year, at=2, by="Operator")
            for unit in (ALL_UNITS, QUIET)
        ],
        found_at=2,
    )
    tables.keep_gaps([(NoData(QUIET, now - 10 * DAY, now - 10 * DAY, 12_000), now - 9 * DAY)], version=1)
    tables.post(_messages(now, first, name_of_alert(FALLING, "late", 2), office))


def _messages(now: int, first: str, open_one: str, office: str) -> list[Sent]:
    def sent(kind: str, role: str, unit: str, alert: str, due: int, **more: Any) -> Sent:
        told: dict[str, Any] = {"recipient": f"{role}/0", "state": "sent", "attempts": 1} | more
        return Sent(
            key=f"{alert}:{kind}:{role}",
            kind=kind,
            role=role,
            unit=unit,
            alert=alert,
            due_at=due,
            text="rahasia",
            text_en="secret",
            **told,
        )

    return [
        sent("fall", "camat", FALLING, first, now - 21 * DAY + HOUR),
        sent("recovered", "camat", FALLING, first, now - 15 * DAY + HOUR),
        sent("fall", "camat", FALLING, open_one, now - 25 * HOUR, attempts=3),
        sent("escalated", "sekcam", FALLING, open_one, now - HOUR, state="dead", attempts=9),
        sent("fall", "camat", OFFICE, office, now - 8 * DAY + HOUR),
        sent("escalated", "sekcam", OFFICE, office, now - 6 * DAY, state="dropped"),
        sent("no_data", "operator", OFFICE, "", now - 4 * DAY, recipient="", state="queued", attempts=0),
    ]


def effects(now: int) -> list[Assessment]:
    """Of all trainings, two programmes and two trainings: better, not proven, and too early to say."""
    better = Effect(
        verdict="better", effect=3.8, low=2.7, high=5.1, naive=7.9, common=4.1, before=76.0, after=83.9,
        trained=(FALLING,), comparison=(OFFICE, QUIET), weeks_before=20, weeks_after=8,
    )  # fmt: skip
    unproven = Effect(
        verdict="unproven", effect=-1.5, low=-4.25, high=1.25, naive=-6.0, common=-4.5, before=81.0, after=75.0,
        trained=(FALLING,), comparison=(OFFICE, QUIET), weeks_before=20, weeks_after=8,
    )  # fmt: skip
    early = Effect(verdict="too_little", reason="few_weeks_after")
    last = date(1970, 1, 1) + timedelta(now // DAY - 15)

    def told(kind: Kind, key: str, title: str, outcome: str, effect: Effect, *units: str) -> Assessment:
        return Assessment(
            kind=kind,
            programme=key,
            title=title,
            outcome=outcome,
            first_day=last,
            last_day=last,
            last_week=last,
            units_trained=units or (FALLING,),
            effect=effect,
        )

    return [
        told("all", "", "", "ikm", better),
        told("all", "", "", "service_time", unproven),
        told("programme", "pelayanan prima", "Pelayanan prima", "ikm", better),
        told("programme", "magang mpp", "Magang MPP", "ikm", early, QUIET),
        told("programme", "service excellence", "Service excellence", "ikm", early, *sorted((FALLING, QUIET))),
        told("training", "t1", "Pelayanan prima", "ikm", better),
        told("training", "t1", "Pelayanan prima", "kompetensi", unproven),
        told("training", "t2", "Magang MPP", "ikm", early, QUIET),
    ]


def write_effects(engine: Engine, now: int) -> None:
    """Store them as the nightly job does."""
    store = Store(engine)
    kept = rows_to_keep(lambda name, params: engine.query(sql(name), params), effects(now), now)
    store.insert(kept)
