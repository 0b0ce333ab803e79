"""``pantau effect``: what trainings changed, against units not trained yet, in one of four verdicts."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pantau.cli.options import DATA, Data, Lang

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pantau.domain.effects.assessments import Assessment
    from pantau.embedded.desk import Desk


class Measured(StrEnum):
    """By what an effect is judged; the names of :data:`pantau.domain.effects.outcomes.OUTCOMES`."""

    kompetensi = "kompetensi"
    perilaku = "perilaku"
    service_time = "service_time"
    ikm = "ikm"
    promise = "promise"
    biaya = "biaya"
    sarana = "sarana"


def effect(
    programme: Annotated[
        str | None, typer.Argument(help="Only trainings whose title or code holds this.", show_default=False)
    ] = None,
    data: Data = DATA,
    outcome: Annotated[list[Measured] | None, typer.Option(help="Only this outcome; may be given again.")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="Only trainings of this unit, by code.")] = None,
    detail: Annotated[
        bool,
        typer.Option(
            "--detail", help="Also chance, second opinion, kinds of training, hours, who it is compared with."
        ),
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="Compute anew and keep it, instead of what last night gave.")
    ] = False,
    lang: Lang = "id",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Say what trainings changed: all of them together, each programme (one title at several units), each training.

    The effect is the change at trained units less that at units not trained yet in the same weeks. Verdicts: Membaik,
    Belum terbukti, Menurun, Data belum cukup. pantau serve computes them every night; the last column is the estimate
    up to now. What is judged, the rules and what an effect cannot say: docs/effects.md.

    Examples:

      pantau effect                                      everything, as of last night

      pantau effect "pelayanan prima" --detail           one programme, with everything beside it

      pantau effect --unit disdukcapil --outcome kompetensi --outcome service_time --lang en

      pantau effect --now --json                         compute and keep, for programs

    Exit codes: 0 printed, 2 no training or unit is called so, 4 the process that owns the data does not answer.
    """
    from pantau.cli.desks import open_desk
    from pantau.domain.effects.outcomes import OUTCOMES
    from pantau.domain.errors import BadSetup
    from storage.effects import stored

    outcomes = {each.value for each in outcome or ()} or {each.key for each in OUTCOMES}
    with open_desk(data) as desk:
        registry = desk.registry
        for code in unit or ():
            if registry.unit(code) is None:
                raise BadSetup(f"--unit {code}: the registry has no such unit; see pantau registry show")
        kept = stored(desk.query)
        if now or not kept:
            computed, at = _compute(desk), desk.now()
        else:
            computed, at = [each.assessment for each in kept], min(each.computed_at for each in kept)
        shown = [
            each
            for each in computed
            if each.outcome in outcomes
            and (not programme or _called(each, programme))
            and (not unit or {*unit} & {*each.units_trained})
        ]
        if computed and not shown:
            raise BadSetup(f"no training is called {programme!r} there; pantau effect without a name shows all")
        live = _live(desk, shown)
    order = {each.key: index for index, each in enumerate(OUTCOMES)}
    kinds = ("all", "programme", "training")
    shown.sort(key=lambda each: (kinds.index(each.kind), each.first_day, each.programme, order[each.outcome]))
    if as_json:
        _print_json(shown, live, at, lang)
        return
    from rich.console import Console

    from pantau.cli.effect_table import for_people, nothing

    console = Console()
    if not shown:
        console.print(nothing(lang))
    for part in for_people(shown, live, {each.code: each.name for each in registry.units}, lang, detail=detail):
        console.print(part)


def _compute(desk: "Desk") -> "list[Assessment]":
    """Judge everything and keep it."""
    from storage.effects import assessments

    computed = [*assessments(desk.query, desk.registry, desk.now())]
    desk.keep_effects(computed)
    return computed


def _called(assessment: "Assessment", text: str) -> bool:
    return text.casefold() in f"{assessment.title} {assessment.programme}".casefold()


def _live(desk: "Desk", shown: "Sequence[Assessment]") -> dict[tuple[str, str, str], float]:
    """The estimates up to the running week."""
    from pantau.cli.effect_table import key
    from pantau.domain.effects.outcomes import OUTCOMES
    from storage.effects import assessments

    wanted = {each.outcome for each in shown}
    outcomes = [each for each in OUTCOMES if each.key in wanted]
    asked = {key(each) for each in shown}
    found = assessments(desk.query, desk.registry, desk.now(), outcomes=outcomes, live=True) if asked else ()
    return {key(each): each.effect.effect for each in found if key(each) in asked and each.effect.effect is not None}


def _print_json(
    shown: "Sequence[Assessment]", live: dict[tuple[str, str, str], float], computed_at: int, lang: "Lang"
) -> None:
    import msgspec

    from pantau.cli.effect_table import key
    from pantau.effect_texts import sentence, verdict_text

    document = {
        "computed_at": computed_at,
        "effects": [
            {
                **msgspec.to_builtins(each),
                "verdict": verdict_text(each.effect, lang),
                "sentence": sentence(each, lang),
                "up_to_now": live.get(key(each)),
            }
            for each in shown
        ],
    }
    typer.echo(msgspec.json.encode(document).decode())
