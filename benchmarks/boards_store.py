# ruff: noqa: E501 - lines of SQL
"""A store of ten million visits for :mod:`benchmarks.boards`: written by SQL, in minutes, as the pipeline would leave it.

A hundred units in ten kecamatan over 400 days, 350 visits a unit and working day, one in ten of them an application;
queue machines begin their numbers anew each day, as most do. Facts and events are made from row numbers by hashing,
windows from the facts by the query that ``pantau verify`` compares with. ``history`` is empty: no board reads it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pantau.domain.histogram import EDGES
from pantau.domain.registry import Registry
from pantau.registry_file import parse
from storage.engine import Engine
from storage.migrate import migrate
from storage.queries import sql
from storage.registries import write_reference
from storage.store import Store

UNITS: Final = 100
A_DAY: Final = 350
TODAY: Final = date(2026, 11, 10)
AS_OF: Final = int(datetime(2026, 11, 10, 4, 20, tzinfo=UTC).timestamp()) * 1000
"""A Tuesday, 11.20 WIB."""

FIRST: Final = TODAY - timedelta(days=400)
MONDAY: Final = FIRST - timedelta(days=FIRST.weekday())
DAYS: Final = sum((MONDAY + timedelta(days=number)).weekday() < 5 for number in range((TODAY - MONDAY).days + 1))
"""Working days from that Monday to today."""

UNIT: Final = "concat('u', leftPad(toString(u), 3, '0'))"


def registry() -> Registry:
    """Who the hundred units are; a call within 30 minutes is promised."""
    lines = [
        '[defaults]\nzone = "WIB"\nhours = "kantor"\n[hours.kantor]\nmon-fri = ["07:30-16:00"]',
        '[[kabupaten]]\ncode = "18.01"\nname = "Lampung Selatan"',
        *(f'[[kecamatan]]\ncode = "18.01.{k:02}"\nname = "Kecamatan {k}"\nkabupaten = "18.01"' for k in range(10)),
        '[[service_group]]\ncode = "semua"\nname = "Semua"',
        *(
            f'[[service]]\ncode = "s{k}"\nname = "Layanan {k}"\ngroup = "semua"\nkind = "ticket"'
            for k in range(5)
        ),
        '[[service]]\ncode = "izin"\nname = "Izin"\ngroup = "semua"\nkind = "application"',
        '[[standard]]\nmeasure = "wait_to_call"\nwithin = "30 minutes"',
        *(
            f'[[unit]]\ncode = "u{u:03}"\nname = "Kantor {u}"\nkecamatan = "18.01.{u // 10:02}"'
            for u in range(UNITS)
        ),
        '[[source]]\nname = "/antrian/*"\nlive = true\nnumbers_restart = "daily"',
        '[[source]]\nname = "/berkas/*"\nlive = true',
    ]  # fmt: skip
    return parse("\n".join(lines))


def fill(engine: Engine, visits: int, say: Callable[[str], None]) -> None:
    """Write the store into an empty database: about ``visits`` visits, the earliest days left out if there are fewer."""
    migrate(engine)
    write_reference(Store(engine), registry())
    first = max(0, DAYS - max(1, visits // (UNITS * A_DAY)))
    for begin in range(first, DAYS - 1, 20):
        _days(engine, begin, min(begin + 20, DAYS - 1))
        say(f"facts and events up to working day {min(begin + 20, DAYS - 1)} of {DAYS}")
    _days(engine, DAYS - 1, DAYS)
    for statement in (*_answers(first), *_alerts(), *_trainings()):
        engine.execute(statement)
    for u in range(UNITS):
        engine.execute(
            sql("write_windows_of_facts")
            .replace("{target:Identifier}", "windows")
            .replace("{select}", sql("windows_of_facts")),
            {
                "facts": str(engine.query("SELECT currentDatabase()").rows[0][0]),
                "zone": "Asia/Jakarta",
                "units": [f"u{u:03}"],
                "every_page": True,
                "pages": [],
                "edges": [*EDGES],
            },
        )
        if u % 10 == 9:
            say(f"windows of {u + 1} units")
    engine.execute(
        "OPTIMIZE TABLE windows FINAL"
    )  # written unit by unit here, day by day and merged since in a real one
    say("windows merged")


def _days(engine: Engine, begin: int, end: int) -> None:
    engine.execute(_visits(begin, end))
    engine.execute(_events(begin, end))
    engine.execute(_counters(begin, end))


def _rows(begin: int, end: int) -> str:
    """One row a visit of the working days: day, unit, its number on that day, and hashes to draw from."""
    a_day = UNITS * A_DAY
    return f"""(
        SELECT number AS n, intDiv(n, {a_day}) AS w, intDiv(n % {a_day}, {A_DAY}) AS u, n % {A_DAY} AS k,
               toDate('{MONDAY}') + intDiv(w, 5) * 7 + w % 5 AS on_day, cityHash64(n) AS h, cityHash64(n, 1) AS g,
               toInt64(toUnixTimestamp(toDateTime(on_day, 'UTC')) * 1000 + 1800000 + k * 80000 + h % 60000) AS created_ms
        FROM numbers({begin * a_day}, {(end - begin) * a_day})
    )"""


def _visits(begin: int, end: int) -> str:
    def at(name: str) -> str:
        return f"if(ifNull({name}_ms <= {AS_OF}, 0), fromUnixTimestamp64Milli(toInt64({name}_ms), 'UTC'), NULL) AS {name}_at"

    return f"""INSERT INTO visits (unit, source, subject, kind, service, channel, counter, created_at, called_at, started_at,
        ended_at, created_provenance, called_provenance, started_provenance, ended_provenance, outcome, calls, spells,
        returns, wait_to_call_ms, wait_to_start_ms, wait_to_leave_ms, service_ms, turnaround_ms, working_ms, promise,
        promise_ms, due_at, kept, history, version)
    SELECT {UNIT} AS unit, if(is_file, '/berkas/', '/antrian/') || unit,
           if(is_file, 'application:' || leftPad(toString(n), 8, '0'), toString(on_day) || '@A-' || leftPad(toString(k), 3, '0')),
           if(is_file, 'application', 'ticket'), if(is_file, 'izin', 's' || toString(k % 5)), 'loket',
           if(isNull(called_at), NULL, 'L' || toString(1 + g % 4)),
           fromUnixTimestamp64Milli(toInt64(created_ms), 'UTC') AS created_at, {at("called")}, {at("started")}, {at("ended")},
           0, 0, 0, 0, if(isNull(ended_at), 'open', ending) AS outcome, isNotNull(called_at), isNotNull(started_at),
           is_file AND g % 7 = 0, if(isNull(called_at), NULL, wait_ms), if(isNull(started_at), NULL, wait_ms + 10000),
           if(outcome = 'left', wait_ms, NULL), if(outcome = 'served', serve_ms, NULL),
           if(isNull(ended_at), NULL, ended_ms - created_ms), if(is_file AND isNotNull(ended_at), ended_ms - created_ms, NULL),
           if(is_file, 'turnaround', 'wait_to_call'), if(is_file, 432000000, 1800000),
           if(is_file, fromUnixTimestamp64Milli(toInt64(created_ms + 432000000), 'UTC'), NULL),
           if(isNull(ended_at) OR outcome = 'no_show', NULL,
              if(is_file, ended_ms - created_ms <= 432000000, wait_ms <= 1800000)), '', n
    FROM (
        SELECT *, k % 10 = 9 AS is_file, toInt64(60000 + g % 2000000) AS wait_ms, toInt64(120000 + intDiv(g, 7) % 600000) AS serve_ms,
               multiIf(is_file, 'issued', h % 20 = 0, 'no_show', h % 20 = 1, 'left', 'served') AS ending,
               if(is_file OR ending = 'left', NULL, created_ms + wait_ms) AS called_ms,
               if(ending = 'served', called_ms + 10000, NULL) AS started_ms,
               toNullable(multiIf(is_file, toInt64(created_ms + 86400000 + g % 500000000), ending = 'served', created_ms + wait_ms + 10000 + serve_ms,
                                  ending = 'no_show', created_ms + wait_ms + 120000, created_ms + wait_ms)) AS ended_ms
        FROM {_rows(begin, end)}
        WHERE created_ms <= {AS_OF}
    )"""


def _events(begin: int, end: int) -> str:
    first, last = (str(MONDAY + timedelta(days=w // 5 * 7 + w % 5)) for w in (begin, end - 1))
    return f"""INSERT INTO events (unit, source, subject, id, content, kind, time, arrival, seq, data)
    SELECT unit, source, subject, subject || '/' || told.1, cityHash64(subject, told.1), told.1, assumeNotNull(told.2) AS time,
           time + toIntervalMillisecond(500 + cityHash64(subject) % 3000), version, '{{}}'
    FROM visits
    ARRAY JOIN arrayFilter(told -> isNotNull(told.2), [
        (if(kind = 'ticket', 'ticket.created', 'application.submitted'), created_at), ('ticket.called', called_at),
        ('service.started', started_at), (if(kind = 'ticket', 'service.ended', 'application.issued'), ended_at)]) AS told
    WHERE created_at >= toDateTime64('{first}', 3, 'UTC') AND created_at < toDateTime64('{last}', 3, 'UTC') + INTERVAL 1 DAY"""


def _counters(begin: int, end: int) -> str:
    return f"""INSERT INTO counter_days (unit, source, subject, counter, opened_at, closed_at, open_since, open_ms, spells, state,
        history, version)
    SELECT {UNIT} AS unit, '/antrian/' || unit, toString(on_day) || '@' || counter, 'L' || toString(1 + k) AS counter,
           toDateTime64(on_day, 3, 'UTC') + INTERVAL 25 MINUTE, if(is_now, NULL, toDateTime64(on_day, 3, 'UTC') + INTERVAL 9 HOUR),
           if(is_now, toDateTime64(on_day, 3, 'UTC') + INTERVAL 25 MINUTE, NULL), if(is_now, 0, 30900000), 1,
           if(is_now, 'open', 'closed'), '', n
    FROM (SELECT *, on_day = toDate('{TODAY}') AS is_now FROM {_rows(begin, end)} WHERE k < 4)"""


def _answers(first: int) -> list[str]:
    """Answers, presses and complaints."""
    elements = ", ".join(f"1 + least(3, 1 + cityHash64(n, {10 + place}) % 3)" for place in range(9))
    at = "fromUnixTimestamp64Milli(toInt64(created_ms + 3600000), 'UTC')"
    some = f"FROM {_rows(first, DAYS)} WHERE created_ms + 3600000 <= {AS_OF} AND"
    return [
        f"""INSERT INTO surveys (unit, source, subject, at, provenance, service, persyaratan, prosedur, waktu, biaya, produk,
            kompetensi, perilaku, pengaduan, sarana, complete, straight, history, version)
        SELECT {UNIT}, '/skm', toString(n), {at}, 0, 's' || toString(k % 5), {elements}, 1, 0, '', n {some} h % 50 = 0""",
        f"""INSERT INTO ratings (unit, source, subject, at, provenance, service, score, scale, score_100, history, version)
        SELECT {UNIT}, '/tombol', toString(n), {at}, 0, 's' || toString(k % 5), 3 + g % 3, 5, 100 * (3 + g % 3), '', n
        {some} h % 40 = 0""",
        f"""INSERT INTO complaints (unit, source, subject, service, opened_at, resolved_at, opened_provenance,
            resolved_provenance, resolution_ms, history, version)
        SELECT {UNIT}, '/lapor', toString(n), 's' || toString(k % 5), {at},
               if(g % 10 = 0, NULL, {at} + toIntervalHour(10 + g % 100)), 0, 0, if(g % 10 = 0, NULL, 3600000 * (10 + g % 100)), '', n
        {some} h % 5000 = 0""",
    ]


def _alerts() -> list[str]:
    """Four falls a unit in 400 days, each of them answered, told and recovered but the last of every tenth unit."""
    falls = f"""(
        SELECT intDiv(number, 4) AS u, number % 4 AS k, {UNIT} AS unit, 'alert' || toString(number) AS alert,
               ['late', 'time', 'satisfaction'][1 + number % 3] AS indicator,
               fromUnixTimestamp64Milli(toInt64({AS_OF} - 86400000 * (5 + (3 - k) * 95) - u * 3600000), 'UTC') AS fell_at,
               fell_at + INTERVAL 9 DAY AS back_at
        FROM numbers({4 * UNITS})
    )"""
    figures = """concat('[{"indicator":"', indicator, '","n":118,"days":2,"before":910000,"now":790000}]')"""
    return [
        f"""INSERT INTO alert_transitions (unit, service_group, indicator, alert, turn, at, day, since, evidence, threshold,
            baseline, late, figures, found_at)
        SELECT unit, 'semua', indicator, alert, step.1, step.2 AS at, toDate(at), at - INTERVAL 5 HOUR, 7800000, 7700000,
               toDate(at), 0, if(step.1 = 'falling', {figures}, '[]'), at
        FROM {falls}
        ARRAY JOIN [('watched', fell_at - INTERVAL 1 DAY), ('falling', fell_at), ('recovered', back_at)] AS step
        WHERE at <= fromUnixTimestamp64Milli({AS_OF}) AND NOT (step.1 = 'recovered' AND k = 3 AND u % 10 = 0)""",
        f"""INSERT INTO alert_answers (alert, at, name, note, due, done)
        SELECT alert, fell_at + INTERVAL 5 HOUR, 'Sekcam', '', toDate(fell_at) + 7, k < 3 FROM {falls} WHERE u % 3 > 0""",
        f"""INSERT INTO alert_outbox (key, recipient, kind, role, unit, alert, due_at, text, text_en, state, attempts, next_at,
            leased_until, note, version)
        SELECT alert || step.1, step.2, step.1, step.2, unit, alert, fell_at + toIntervalHour(step.3), '', '', 'sent', 1,
               fell_at, fell_at, '', 1
        FROM {falls} ARRAY JOIN [('fall', 'camat', 1), ('escalated', 'sekcam', 30), ('recovered', 'camat', 220)] AS step""",
        f"""INSERT INTO alert_weeks (unit, service_group, week, baseline, tracks, unusual, version)
        SELECT {UNIT}, 'semua', toMonday(toDate('{TODAY}')) - 7 * intDiv(number, {UNITS}), '{{}}', '', [], 1
        FROM (SELECT number, number % {UNITS} AS u FROM numbers({57 * UNITS}))""",
        f"""INSERT INTO alert_silences SELECT {UNIT}, toDate('{TODAY}') - 1, toDate('{TODAY}'), NULL, 'pindah', 'Operator',
            fromUnixTimestamp64Milli({AS_OF - 86_400_000})
        FROM (SELECT number * 7 AS u FROM numbers(5))""",
        f"""INSERT INTO data_gaps SELECT {UNIT}, since, since, 12000, since + INTERVAL 5 HOUR, 1
        FROM (SELECT number * 5 AS u, fromUnixTimestamp64Milli(toInt64({AS_OF} - 86400000 * (number + 1))) AS since FROM numbers(20))""",
        f"""INSERT INTO rejected_events SELECT toString(number), '/antrian/u000', '', 'time', '[]', '', number % 2, 1, at, at, 'open', 1
        FROM (SELECT number, fromUnixTimestamp64Milli(toInt64({AS_OF} - 600000 * number)) AS at FROM numbers(5000))""",
    ]


def _trainings() -> list[str]:
    """A third of the units trained, and what each training changed."""
    outcomes = "['kompetensi', 'perilaku', 'service_time', 'ikm', 'promise', 'biaya', 'sarana']"
    content = """concat('{"units_trained":["', unit, '"]}')"""
    return [
        f"""INSERT INTO interventions (unit, source, subject, kind, at, title, siasn_type, jp, participants, starts, ends,
            completed, history, version)
        SELECT {UNIT}, '/bkd', toString(u), 'training', toDateTime64('{TODAY}', 3) - toIntervalDay(40 + u), 'Pelayanan prima', 4,
               20, 8, toString(toDate('{TODAY}') - 40 - u), NULL, 1, '', 1
        FROM (SELECT number * 3 AS u FROM numbers({UNITS // 3}))""",
        f"""INSERT INTO effects (kind, programme, outcome, title, verdict, reason, effect, low, high, naive, common, before, after,
            trained, comparison, weeks_before, weeks_after, first_day, last_day, last_week, content, computed_at, version)
        SELECT 'training', toString(u), outcome, 'Pelayanan prima', 'unproven', '', 1.5, -1, 4, 3, 1.5, 70, 73, [unit], ['u001'],
               20, 8, toDate('{TODAY}') - 40 - u, toDate('{TODAY}') - 40 - u, toDate('{TODAY}') - 40 - u, {content}, now64(3), 1
        FROM (SELECT number * 3 AS u, {UNIT} AS unit FROM numbers({UNITS // 3})) ARRAY JOIN {outcomes} AS outcome""",
    ]
