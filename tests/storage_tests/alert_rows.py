"""Everything the product does with the tables of alerts. The small week is too short to arm one: it is told by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from pantau.alerting.evaluation import Evaluation
from pantau.alerting.telling import Telling
from pantau.bus.alerts import key_of
from pantau.domain.alerts.bands import BandNotice
from pantau.domain.alerts.baselines import Baseline
from pantau.domain.alerts.detection import Track, Transition, Week, code_of, monday
from pantau.domain.alerts.evidence import Cell, Scale, Sum
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.no_data import NoData, Silent
from pantau.domain.alerts.recorded import Recorded
from pantau.domain.alerts.silences import Silence
from pantau.domain.alerts.states import Acknowledgement
from storage.alert_reading import Receipt, Reply, read_answers, read_messages, read_transitions_of, read_with_code
from storage.alerts import AlertTables
from storage.engine import Engine
from tests.storage_tests.week import AS_OF, DAY, HOUR, REGISTRY

TODAY = 20_767
"""10 November 2026."""

UNITS = ("dukcapil", "samsat")

FIGURE = Figure(indicator="late", n=10, days=2, before=900_000, now=700_000, k=7, usual=9)


def _baseline() -> Baseline:
    cell = Cell(100_000, 810_930, -157_000)
    scale = Scale({16: cell}, cell, 5_000, 7_700_000, 5_775_000)
    return Baseline(monday(TODAY), 40, 700, 650, {"late": scale}, {"late": 100_000})


def _transition() -> Transition:
    return Transition(
        at=AS_OF - 2 * HOUR,
        unit="dukcapil",
        group="adminduk",
        indicator="late",
        turn="falling",
        alert="00000000000a11ce",
        day=TODAY,
        since=AS_OF - DAY,
        evidence=7_800_000,
        threshold=7_700_000,
        baseline=monday(TODAY),
    )


def everything_of_alerts(engine: Engine) -> dict[str, Any]:
    """Write and read every table of alerts, evaluate and tell; what was found."""
    tables = AlertTables(engine)
    assert not Evaluation(tables).evaluate(REGISTRY, AS_OF - 30 * DAY), "before anything was known"
    stream = ("dukcapil", "adminduk")
    week = Week(
        monday(TODAY),
        {stream: _baseline()},
        {
            stream: {
                "late": Track(Sum(day=TODAY, raw=5, n=3, evidence=4_100_000), True, _baseline(), "00000000000a11ce", 1)
            }
        },
        {stream: frozenset({TODAY - 1, TODAY - 2})},
    )
    tables.keep_week(week, version=1)
    tables.record([(Recorded(transition=_transition(), found_at=AS_OF - HOUR), (FIGURE,))])
    tables.answer(Acknowledgement(alert="0f", at=AS_OF, by="Camat", note="ya, “baik”", due=date(2026, 11, 20)))
    tables.silence(
        Silence(
            unit="samsat",
            first=date(2026, 11, 9),
            last=date(2026, 11, 12),
            reason="pindah gedung",
            by="Operator",
            at=AS_OF,
        )
    )
    tables.keep_gaps([(NoData("samsat", AS_OF - DAY, AS_OF - HOUR, 12_345), None)], version=1)
    tables.keep_gaps([(NoData("camat", AS_OF - DAY, AS_OF - HOUR, 12_345), AS_OF)], version=2)
    tables.keep_band_notices([_notice()])
    evaluation = Evaluation(tables)
    found: dict[str, Any] = {
        "added": evaluation.evaluate(REGISTRY, AS_OF),
        "again": evaluation.evaluate(REGISTRY, AS_OF),
        "silent": evaluation.silent(REGISTRY, AS_OF),
        "told": Telling(tables).tell(REGISTRY, Silent(), AS_OF),
    }
    evaluation.lost_grades(REGISTRY, AS_OF)
    found |= {
        "week": tables.week(UNITS, monday(TODAY)) == week,
        "newest week": tables.newest_week(UNITS, TODAY),
        "history": tables.transitions(since=0),
        "answers": tables.answers(),
        "silences": tables.silences(),
        "silence turns": tables.silence_turns(),
        "gaps": tables.gaps(since=0),
        "notices": tables.band_notices(since=0),
        "outbox": tables.outbox(since=0),
        "unannounced": tables.unannounced(since=0, most=10),
    }
    assert [turn.turn for turn in found["silence turns"]] == ["silenced"]
    assert found["notices"] == [_notice()]
    assert "samsat/silence" in {key_of(event) for event in found["unannounced"]}
    turn = msgspec.structs.replace(found["silence turns"][0], turn="silence_lifted", day=date(2026, 11, 10), by="Op")
    tables.keep_silence_turns([turn], found_at=AS_OF + 1)
    found["silences then"] = tables.silences()
    assert [silence.lifted for silence in found["silences then"]] == [date(2026, 11, 10)]
    found["unannounced"] = tables.unannounced(since=0, most=10)
    tables.announced([event.id for event in found["unannounced"][:2]], at=AS_OF)
    found["unannounced then"] = tables.unannounced(since=0, most=10)
    assert found["unannounced then"] == found["unannounced"][2:]
    reply = Reply(key="0a", channel="telegram", sender="0b", text="OK K7Q2 “ya”", at=AS_OF)
    tables.receive([reply, msgspec.structs.replace(reply, key="0c", at=AS_OF - 1)])
    tables.receive([msgspec.structs.replace(reply, outcome="taken", text="", version=2)])
    tables.receive([reply])
    found["inbox"] = tables.inbox()
    assert [each.key for each in found["inbox"]] == ["0c"], "one that is brought again is not read again"
    found["cursor"] = tables.cursor("bot")
    for position in (7, 9, 8):
        tables.keep_cursor("bot", position)
    found["cursor then"] = tables.cursor("bot")
    assert [found["cursor"], found["cursor then"]] == [0, 9]
    receipt = Receipt(channel="whatsapp", receipt="0d", status="read", at=AS_OF)
    tables.keep_receipts([receipt, msgspec.structs.replace(receipt, status="sent")])
    tables.keep_receipts([receipt], applied=True)
    tables.keep_receipts([receipt])
    found["receipts"] = tables.receipts(since=0)
    assert [each.status for each in found["receipts"]] == ["sent"], "what is told again is not applied again"
    alert = _transition().alert
    found["with code"] = read_with_code(tables.query, code_of(alert).lower())
    found["of it"] = (read_messages(tables.query, alert), read_answers(tables.query, "0f"))
    found["of the unit"] = read_transitions_of(tables.query, "dukcapil")
    assert found["of the unit"] == [row for row in found["history"] if row[0].transition.unit == "dukcapil"]
    assert found["of the unit"]
    assert found["with code"] == [(alert, "dukcapil")]
    assert found["of it"] == (found["told"], found["answers"])
    assert [sent.kind for sent in found["told"]] == ["fall"]
    assert found["week"]
    return found


def _notice() -> BandNotice:
    return BandNotice(
        unit="dukcapil",
        day=TODAY,
        before="B",
        now="C",
        value=Decimal("75.10"),
        value_before=Decimal("81.20"),
        upper=Decimal("76.30"),
        raters=44,
    )
