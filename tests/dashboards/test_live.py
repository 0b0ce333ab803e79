"""The live page's boards on the real engine: the rows of their queries, once for everybody, and nothing else."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from dashboards.expand import expand
from dashboards.live.board_choice import MOST_POINTS, Range, read_choice
from dashboards.live.board_files import drawn_boards, seconds
from dashboards.live.building import board_topic
from dashboards.live.hub import Hub
from dashboards.live.pages import routes
from dashboards.queries import board_sql
from pantau.domain.registry import Holiday, Registry
from pantau.domain.zones import day_start, from_local
from storage.engine import Answer, EngineError
from storage.queries import sql
from tests.dashboards.office import AS_OF, ZONE, Office, left_end
from tests.dashboards.test_queries import FALLING

BOARDS = sorted(drawn_boards())
INDONESIAN = [uid for uid in BOARDS if not uid.endswith("-en")]
OF_DAY = "pantau-ikhtisar"
ONE_UNIT = "pantau-unit"


class OfficeRuntime:
    """What the page needs of a process, on the office's engine; counts what was asked, refuses ``broken``."""

    def __init__(self, office: Office) -> None:
        assert office.registry is not None
        self.registry: Registry = office.registry
        self.asked: list[str] = []
        self.asked_with: list[tuple[str, Mapping[str, Any] | None]] = []
        self.broken = ""
        self._engine = office.engine
        self._lock = threading.Lock()

    def query(self, name: str, params: Mapping[str, Any]) -> Answer:
        return self.select(sql(name), params)

    def select(self, text: str, params: Mapping[str, Any] | None = None) -> Answer:
        with self._lock:
            self.asked.append(text)
            self.asked_with.append((text, params))
        if self.broken and self.broken in text:
            raise EngineError("this query takes too long")
        return self._engine.query(text, params)

    async def changes(self) -> AsyncIterator[int]:
        await asyncio.Event().wait()
        yield 0  # pragma: no cover - nothing changes here


@pytest.fixture
def runtime(office: Office) -> OfficeRuntime:
    return OfficeRuntime(office)


@pytest.fixture
def client(runtime: OfficeRuntime) -> Iterator[TestClient[Litestar]]:
    app = Litestar(route_handlers=routes(runtime, lambda: AS_OF), openapi_config=None)
    with TestClient(app) as client:
        yield client


def committed(uid: str) -> dict[str, Any]:
    language = "en" if uid.endswith("-en") else "id"
    folder = files("dashboards") / "boards" / language
    found = [json.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir() if path.name.endswith(".json")]
    return next(board for board in found if board["uid"] == uid)


def plain(value: Any) -> Any:
    match value:
        case datetime():
            return int(value.replace(tzinfo=UTC).timestamp() * 1000)
        case date():
            return value.isoformat()
        case None | int() | str() | float():
            return value
        case list():
            return ", ".join(map(str, value))
    return float(value)


@pytest.mark.parametrize("uid", INDONESIAN)
def test_a_frame_holds_the_rows_of_its_panels_query(client: TestClient[Litestar], office: Office, uid: str) -> None:
    """The committed text, expanded for what the answer says was chosen, asked of the engine here."""
    one = any(each.name == "unit" and not each.many for each in drawn_boards()[uid].variables)
    answer = client.get(f"/api/boards/{uid}/frames" + (f"?var-unit={FALLING}" if one else ""))
    assert answer.status_code == 200
    model, board = answer.json(), committed(uid)
    assert (model["as_of"], model["to_ms"], model["zone"]) == (AS_OF, AS_OF, ZONE)
    assert model["from_ms"] == left_end(board["time"]["from"])
    variables = {each["name"]: each["chosen"] for each in model["variables"]}
    span = Range(model["from_ms"], model["to_ms"])
    for panel in board["panels"]:
        if panel["type"] == "text":
            continue
        text = expand(
            panel["targets"][0]["rawSql"],
            time_from_ms=span.from_ms,
            time_to_ms=span.to_ms,
            interval_s=span.interval_s(seconds(panel.get("interval") or "1m")),
            variables=variables,
        )
        wanted = office.engine.query(text)
        frame = model["panels"][str(panel["id"])]
        assert not frame["failed"]
        assert [field["name"] for field in frame["fields"]] == [name for name, _ in wanted.columns]
        rows = [tuple(map(plain, row)) for row in wanted.rows]
        assert [*zip(*(field["values"] for field in frame["fields"]), strict=True)] == rows, panel["title"]
        assert rows, panel["title"]


@pytest.mark.parametrize("uid", INDONESIAN)
def test_both_languages_show_the_same_numbers(client: TestClient[Litestar], uid: str) -> None:
    one, other = (client.get(f"/api/boards/{each}/frames").json() for each in (uid, f"{uid}-en"))
    assert one["panels"] == other["panels"]
    assert [each["frame"] for each in one["marks"]] == [each["frame"] for each in other["marks"]]


@pytest.mark.parametrize("uid", [uid for uid in INDONESIAN if drawn_boards()[uid].holidays])
def test_holidays_of_the_range_and_the_place_are_marked(
    runtime: OfficeRuntime, client: TestClient[Litestar], uid: str
) -> None:
    known = runtime.registry
    runtime.registry = Registry(
        **{name: getattr(known, name) for name in ("kabupaten", "kecamatan", "hours", "units", "groups", "services")},
        holidays=[
            Holiday(day=date(2026, 10, 28), name="Hari jadi", kind="libur_nasional"),
            Holiday(
                day=date(2026, 11, 3), name="Hari setempat", kind="libur_daerah", kabupaten=known.units[0].kabupaten
            ),
            Holiday(day=date(2026, 11, 4), name="Di tempat lain", kind="libur_daerah", kabupaten="99.99"),
            Holiday(day=date(2026, 12, 25), name="Natal", kind="libur_nasional"),
        ],
    )
    model = client.get(f"/api/boards/{uid}/frames?from=now-90d").json()
    marked = next(each for each in model["marks"] if each["name"] == "Hari libur")["frame"]
    times, titles = (field["values"] for field in marked["fields"])
    assert titles == ["Hari jadi", "Hari setempat"]
    assert times == [day_start(ZONE, date(2026, 10, 28)), day_start(ZONE, date(2026, 11, 3))]


@pytest.mark.parametrize("uid", BOARDS)
def test_no_browser_is_told_a_query(client: TestClient[Litestar], uid: str) -> None:
    told = client.get(f"/api/boards/{uid}").text + client.get("/api/boards").text
    for word in ("SELECT", "rawSql", "FINAL", "FROM", "datasource"):
        assert word not in told


def test_a_choice_narrows_the_rows_and_all_is_every_value(client: TestClient[Litestar], office: Office) -> None:
    def units(query: str) -> list[str]:
        frame = client.get(f"/api/boards/{OF_DAY}/frames{query}").json()["panels"]["7"]
        values: list[str] = next(field["values"] for field in frame["fields"] if field["name"] == "code")
        return sorted(values)

    assert units("") == units("?var-unit=$__all") == office.units
    assert units(f"?var-unit={office.units[1]}") == office.units[1:2]
    assert units(f"?var-unit={office.units[2]}&var-unit={office.units[0]}") == [office.units[0], office.units[2]]


def offered(client: TestClient[Litestar], address: str) -> dict[str, list[list[str]]]:
    return {each["name"]: each["choices"] for each in client.get(address).json()["variables"]}


def units_by_training(office: Office, code: str, at_end: int = AS_OF) -> list[str]:
    """The units that are offered for one choice of training."""
    text = expand(
        board_sql("unit_choices_by_training"),
        time_from_ms=at_end - 86_400_000,
        time_to_ms=at_end,
        interval_s=60,
        variables={"kecamatan": kecamatan_of(office), "trained": [code]},
    )
    return sorted(unit for unit, _ in office.engine.query(text).rows)


def kecamatan_of(office: Office) -> list[str]:
    assert office.registry is not None
    return sorted({unit.kecamatan for unit in office.registry.units})


def test_units_are_chosen_by_their_training(client: TestClient[Litestar], office: Office) -> None:
    """One unit was trained fifteen days ago. What is not chosen is on no panel."""
    model = client.get(f"/api/boards/{OF_DAY}/frames?var-trained=trained").json()
    codes = [code for code, _ in next(each["choices"] for each in model["variables"] if each["name"] == "trained")]
    found = {code: units_by_training(office, code) for code in codes}
    (trained,) = found["trained"]
    assert found == {
        "any": office.units,
        "trained": [trained],
        "untrained": [unit for unit in office.units if unit != trained],
        "weeks_8": [trained],
        "weeks_26": [],
        "weeks_more": [],
    }
    assert next(each["values"] for each in model["panels"]["7"]["fields"] if each["name"] == "code") == [trained]
    assert client.get(f"/api/boards/{OF_DAY}/frames?var-trained=yes").status_code == 400


@pytest.mark.parametrize(
    ("days", "code"), [(0, "weeks_8"), (55, "weeks_8"), (56, "weeks_26"), (181, "weeks_26"), (182, "weeks_more")]
)
def test_weeks_since_training_begin_on_the_day_on_which_a_unit_was_trained(
    office: Office, days: int, code: str
) -> None:
    found = office.engine.query("SELECT unit, toDate(ends) FROM interventions FINAL WHERE kind = 'training'").rows
    ((unit, ended),) = found
    late = from_local(ZONE, datetime.combine(ended, time(23, 50))) + days * 86_400_000
    assert units_by_training(office, code, late) == [unit]


def test_a_unit_outside_of_the_chosen_kecamatan_is_not_offered(client: TestClient[Litestar], office: Office) -> None:
    assert office.registry is not None
    there, here = office.registry.unit(office.units[0]), office.registry.unit(FALLING)
    assert here
    assert there
    assert here.kecamatan != there.kecamatan
    address = f"/api/boards/{OF_DAY}/frames?var-kecamatan={here.kecamatan}"
    assert offered(client, address)["unit"] == [[here.code, here.name]]
    assert client.get(f"{address}&var-unit={there.code}").status_code == 400


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("var-unit=nowhere", "var-unit", "nowhere"),
        ("var-unit=') OR 1 = 1 --", "var-unit", "') OR 1 = 1 --"),
        ("var-shoe=42", "var-shoe", "42"),
        ("sql=SELECT 1", "sql", "SELECT 1"),
        ("from=yesterday", "from", "yesterday"),
        ("from=now-99999d", "from", "now-99999d"),
        ("from=now-9999d", "from", "now-9999d"),
        ("from=2026-13-01", "from", "2026-13-01"),
        ("from=now&to=now-1h", "from", "now"),
        ("to=$__toTime", "to", "$__toTime"),
    ],
)
def test_what_is_not_known_is_refused_by_name(client: TestClient[Litestar], query: str, field: str, value: str) -> None:
    answer = client.get(f"/api/boards/{OF_DAY}/frames?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    (fault,) = answer.json()["faults"]
    assert (fault["field"], fault["value"]) == (field, value)
    assert fault["todo"]


def test_a_stream_of_what_cannot_be_asked_does_not_begin(client: TestClient[Litestar]) -> None:
    """What only the tables can refuse, a unit that is not offered, the stream tells as missing."""
    for query in ("var-shoe=42", "from=yesterday", "sql=SELECT 1"):
        assert client.get(f"/api/boards/{OF_DAY}/stream?{query}").status_code == 400


def test_two_values_where_one_is_meant_are_refused(client: TestClient[Litestar], office: Office) -> None:
    one, other, _ = office.units
    for query in (f"var-unit={one}&var-unit={other}", "var-unit=$__all"):
        answer = client.get(f"/api/boards/{ONE_UNIT}/frames?{query}")
        assert answer.status_code == 400
        assert answer.json()["faults"][0]["rule"] == "takes one value"


@pytest.mark.parametrize("address", ["/api/boards/nothing", "/api/boards/nothing/frames", "/api/boards/nothing/stream"])
def test_an_unknown_board_is_a_problem_with_a_way_out(client: TestClient[Litestar], address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "/api/boards" in answer.json()["detail"]


def test_grafanas_own_words_in_an_address_do_no_harm(client: TestClient[Litestar]) -> None:
    query = "orgId=1&var-ds=pantau-clickhouse&refresh=10s&kiosk&lang=en&timezone=browser&from=now/d&to=now"
    assert client.get(f"/api/boards/{OF_DAY}/frames?{query}").status_code == 200


def test_a_query_that_fails_takes_only_its_own_panel_with_it(
    client: TestClient[Litestar], runtime: OfficeRuntime
) -> None:
    runtime.broken = "counter_days"
    panels = client.get(f"/api/boards/{OF_DAY}/frames").json()["panels"]
    assert [number for number, frame in panels.items() if frame["failed"]] == ["6"]
    assert panels["1"]["fields"][0]["values"] != []


async def _first(viewer: AsyncIterator[bytes]) -> dict[str, Any]:
    await anext(viewer)  # when to connect again
    name, data = (await anext(viewer)).decode().strip().split("\n")
    assert name == "event: board"
    model: dict[str, Any] = msgspec.json.decode(data.removeprefix("data: "))
    return model


def test_a_hundred_viewers_cost_one_run_of_the_queries(
    runtime: OfficeRuntime, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However they write their choice: the order of values and a value twice make no other choice."""
    for pause in ("LEAST_GAP_S", "REFRESH_S"):  # a machine that stands still for a while makes no second run
        monkeypatch.setattr(f"dashboards.live.hub.{pause}", 3600.0)
    one, other, _ = office.units
    board = drawn_boards()[OF_DAY]
    written = ([("var-unit", one), ("var-unit", other)], [("var-unit", other), ("var-unit", one), ("var-unit", one)])

    async def run() -> list[dict[str, Any]]:
        hub = Hub(runtime, lambda: AS_OF)
        viewers: list[Any] = [hub.watch({board_topic(read_choice(board, written[n % 2]))}) for n in range(100)]
        models = await asyncio.gather(*map(_first, viewers))
        for viewer in viewers:
            await viewer.aclose()
        return models

    models = asyncio.run(run())
    assert len(models) == 100
    assert all(model == models[0] for model in models)
    assert len(runtime.asked) == len({*runtime.asked})
    assert len(runtime.asked) <= len(board.queries) + len(board.variables)


@pytest.mark.parametrize("days", [0.01, 0.5, 1, 7, 30, 90, 365])
@pytest.mark.parametrize("least", [60, 900, 86_400])
def test_a_time_range_is_cut_in_few_buckets_of_a_width_that_people_know(days: float, least: int) -> None:
    span = Range(0, round(days * 86_400_000))
    width = span.interval_s(least)
    assert width >= least
    assert days * 86_400 / width <= MOST_POINTS
    assert 604_800 % width == 0


def test_days_are_those_of_the_office_and_nothing_lies_after_now(client: TestClient[Litestar]) -> None:
    def ends(query: str) -> tuple[int, int]:
        model = client.get(f"/api/boards/{OF_DAY}/frames?{query}").json()
        return model["from_ms"], model["to_ms"]

    midnight = left_end("now/d")
    assert ends("") == ends("from=now/d&to=now") == ends("from=now/d&to=now/d") == (midnight, AS_OF)
    assert ends("from=2026-11-10&to=2026-11-10") == (midnight, AS_OF)
    assert ends("from=2026-11-08&to=2026-11-09") == (midnight - 2 * 86_400_000, midnight - 1)
    assert ends(f"from={midnight}&to={AS_OF}") == (midnight, AS_OF)
    assert ends("from=now-7d/d&to=now-1d/d") == (midnight - 7 * 86_400_000, midnight - 1)


def test_where_nothing_has_happened_every_number_is_unknown(nobody: Office, office: Office) -> None:
    quiet = OfficeRuntime(Office(nobody.engine, office.registry))
    app = Litestar(route_handlers=routes(quiet, lambda: AS_OF), openapi_config=None)
    with TestClient(app) as client:
        for uid in BOARDS:
            answer = client.get(f"/api/boards/{uid}/frames")
            assert answer.status_code == 200, uid
            for frame in answer.json()["panels"].values():
                assert not frame["failed"]
                assert {value for field in frame["fields"] for value in field["values"]} <= {None}
