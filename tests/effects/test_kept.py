"""What was computed is kept on a server as in a directory, and travels between processes unchanged."""

import json
from datetime import date

import msgspec
import typer
from typer.testing import CliRunner

from pantau.cli.effect import effect
from pantau.distributed.desk import ServerDesk
from pantau.domain.effects.assessments import Assessment, OfType
from pantau.domain.effects.doses import Dose
from pantau.domain.effects.evaluation import Effect, Second, SecondWeek, Week
from pantau.domain.effects.pre_trend import PreTrend
from storage.address import open_server
from storage.effects import computed_at, stored
from storage.migrate import migrate
from tests.effects.offices import REGISTRY

DAY = date(2026, 8, 12)
FOUND = Effect(
    verdict="better", effect=2.1, low=0.9, high=3.3, p=0.004, naive=3.5, common=1.4, before=78.0, after=81.5,
    inference="permutation", trained=("u0",), comparison=("u1", "u2"), weeks_before=20, weeks_after=8, n_before=400,
    n_after=160, n_comparison=900, pre_trend=PreTrend(0.4, 8),
    second=Second(1.8, 0.7, 1.9, 0.8, (SecondWeek(0, 1.9, 0.8),)),
    path=(Week(-1, 78.0, 78.2, 1), Week(0, 81.0, 79.5, 1)),
)  # fmt: skip


def assessment(outcome: str, found: Effect) -> Assessment:
    return Assessment(
        kind="training",
        programme="siasn/ST-1",
        title="Pelayanan prima",
        outcome=outcome,
        first_day=DAY,
        last_day=DAY,
        last_week=date(2026, 10, 5),
        units_trained=("u0",),
        effect=found,
        types=(OfType(4, found),),
        dose=Dose(0.5, -0.1, 1.1, 0.2, 9),
    )


IKM = assessment("ikm", FOUND)
TOO_LITTLE = assessment("promise", Effect(verdict="too_little", reason="few_answers"))


def test_an_assessment_travels_unchanged() -> None:
    for encode, decode in (
        (msgspec.msgpack.encode, msgspec.msgpack.decode),
        (msgspec.json.encode, msgspec.json.decode),
    ):
        assert decode(encode([IKM, TOO_LITTLE]), type=list[Assessment]) == [IKM, TOO_LITTLE]


def test_a_server_keeps_the_last_ones_and_the_verb_tells_them(clickhouse: str) -> None:
    engine = open_server(clickhouse)
    migrate(engine)
    engine.close()
    desk = ServerDesk(clickhouse)
    try:
        desk.load_registry(REGISTRY)
        assert computed_at(desk.query) == 0
        desk.keep_effects([IKM, TOO_LITTLE])
        assert [each.assessment for each in stored(desk.query)] == [IKM, TOO_LITTLE]
        desk.keep_effects([IKM])
        assert [each.assessment for each in stored(desk.query)] == [IKM], "what is no longer asked about is gone"
        assert abs(computed_at(desk.query) - desk.now()) < 60_000
        shown = desk.query("effects_shown", {"kinds": ["training"], "outcomes": ["ikm"]}).dicts()
        assert [(row["verdict"], row["effect"], row["naive"], row["units_compared"]) for row in shown] == [
            ("better", 2.1, 3.5, 2)
        ]
        asked = {"kind": "training", "programme": "siasn/ST-1", "outcome": "ikm"}
        assert desk.query("effect_weeks_shown", asked).rows == [(-1, 78.0, 78.2), (0, 81.0, 79.5)]
    finally:
        desk.close()
    app = typer.Typer()
    app.command()(effect)
    result = CliRunner().invoke(app, ["--json", "--data", clickhouse])
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.stdout)["effects"]
    assert told["sentence"] == (
        "Membaik: IKM +2,1 poin (antara +0,9 dan +3,3) setelah pelatihan Rab 12 Agu 2026, dibanding 2 unit yang "
        "belum dilatih pada pekan yang sama. Sebelum dan sesudah saja: +3,5 poin, di antaranya +1,4 poin terjadi "
        "juga tanpa pelatihan dan sudah dikurangkan."
    )
