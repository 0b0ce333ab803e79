"""Published answers on mpdta (teen employment and minimum wages, Callaway & Sant'Anna 2021): ours to the last digits.

The reference figures are those that R's ``did`` printed, as the tests of csdid (GitHub d2cml-ai/csdid, MIT) keep them.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from pantau.domain.effects.group_time import event_study, group_times, overall, simple
from pantau.domain.effects.imputation import Reach, impute
from pantau.domain.effects.panels import NEVER, Floats, Ints, Panel, Timing
from tests.effects.dummies import expected, regression, slopes

pytestmark = pytest.mark.real

Counties = tuple[Floats, Ints]

NEVER_TREATED = {
    (2004, 2004): (-0.0105032462209624, 0.0232510363681664), (2004, 2005): (-0.0704231581031467, 0.0309847667572767),
    (2004, 2006): (-0.137258738889403, 0.0364356642876865), (2004, 2007): (-0.100811363085404, 0.0343592258346732),
    (2006, 2004): (0.00652011242423301, 0.0233268051418047), (2006, 2005): (-0.00275081875051882, 0.0195585610358817),
    (2006, 2006): (-0.00459460695286304, 0.0177551966592763), (2006, 2007): (-0.0412244715462175, 0.0202291807041068),
    (2007, 2004): (0.0305066555832928, 0.01503356028013), (2007, 2005): (-0.00272589288611625, 0.0163958328955344),
    (2007, 2006): (-0.0310871193896889, 0.0178775113133435), (2007, 2007): (-0.0260544107191966, 0.0166554353492522),
}  # fmt: skip
"""(first treated, year): effect and standard error, against counties that never raised the wage."""

NOT_YET_TREATED = {
    (2004, 2004): (-0.0193723636759221, 0.0223101128836806), (2004, 2005): (-0.0783190990620607, 0.0303902285433973),
    (2004, 2006): (-0.136274346328678, 0.03540338496891), (2004, 2007): (-0.100811363085404, 0.0343592258346732),
    (2006, 2004): (-0.00256255094261098, 0.0225302351453388), (2006, 2005): (-0.00193924609578875, 0.019042158605819),
    (2006, 2006): (0.00466087631997615, 0.0163355842468236), (2006, 2007): (-0.0412244715462175, 0.0202291807041068),
    (2007, 2004): (0.0297593647610311, 0.0145335416386514), (2007, 2005): (-0.0024106128000969, 0.0160312963755178),
    (2007, 2006): (-0.0310871193896889, 0.0178775113133435), (2007, 2007): (-0.0260544107191966, 0.0166554353492522),
}  # fmt: skip

EVENT_STUDY = {
    -3: (0.0305066555832928, 0.01503356028013), -2: (-0.000563084626385429, 0.01329164473655),
    -1: (-0.0244587449711696, 0.0142364022105193), 0: (-0.0199318167892593, 0.0118263640580582),
    1: (-0.0509573670651939, 0.016893476268678), 2: (-0.137258738889403, 0.0364356642876865),
    3: (-0.100811363085404, 0.0343592258346733),
}  # fmt: skip


@pytest.fixture(scope="module")
def counties(real_data: Path) -> Counties:
    """Log employment of 500 counties in 2003 to 2007, and the column in which each raised the wage."""
    with (real_data / "did_mpdta" / "mpdta.csv").open() as file:
        rows = [*csv.DictReader(file)]
    codes = sorted({row["countyreal"] for row in rows})
    outcome, group = np.full((len(codes), 5), np.nan), np.full(len(codes), NEVER)
    for row in rows:
        county = codes.index(row["countyreal"])
        outcome[county, int(row["year"]) - 2003] = float(row["lemp"])
        if first := int(float(row["first.treat"])):
            group[county] = first - 2003
    return outcome, group


def _close(found: tuple[float, float], published: tuple[float, float]) -> None:
    np.testing.assert_allclose(found, published, rtol=0, atol=5e-14)


@pytest.mark.parametrize(("comparison", "published"), [("never", NEVER_TREATED), ("not_yet", NOT_YET_TREATED)])
def test_the_twelve_group_time_effects(
    counties: Counties, comparison: str, published: dict[tuple[int, int], tuple[float, float]]
) -> None:
    found = group_times(*counties, comparison="never" if comparison == "never" else "not_yet")
    assert [(each.group + 2003, each.time + 2003) for each in found] == [*published]
    for each in found:
        _close((each.effect, each.error), published[each.group + 2003, each.time + 2003])


def test_every_summary(counties: Counties) -> None:
    _, group = counties
    found = group_times(*counties, comparison="never")
    for since, total in event_study(found, group).items():
        _close((total.effect, total.error), EVENT_STUDY[since])
    for total, published in (
        (simple(found, group), (-0.0399512751551763, 0.0120340127701854)),
        (overall(found, group), (-0.0772398214573151, 0.0199649890618494)),
    ):
        _close((total.effect, total.error), published)
    later = group_times(*counties, comparison="not_yet")
    _close((overall(later, group).effect, overall(later, group).error), (-0.0773993139705847, 0.0195601769463944))


def test_the_imputation_estimator(counties: Counties) -> None:
    """-0.0477099 (R's did_imputation and ETWFE); before and after alone say -0.0295, two fifths less."""
    outcome, group = counties
    panel = Panel(tuple(map(str, range(500))), 0, outcome, np.ones(outcome.shape, dtype=np.int64))
    found = impute(panel, Timing(group, group, group), np.ones(500, dtype=bool), Reach(5, 1, 1, pooled=True))
    assert found is not None
    assert found.effect == pytest.approx(-0.04770992, abs=5e-9)
    assert found.effect == pytest.approx(found.naive - found.common, abs=1e-12)
    untouched = np.arange(5) < group[:, None]
    plain = (outcome - expected(outcome, untouched))[~untouched].mean()
    assert found.effect == pytest.approx(plain, abs=1e-10)


def test_two_way_fixed_effects(counties: Counties) -> None:
    outcome, group = counties
    treated = (np.arange(5) >= group[:, None]).astype(float)[None]
    used = np.ones(outcome.shape, dtype=bool)
    assert slopes(outcome, treated, used)[0] == pytest.approx(-0.036549, abs=5e-7)
    assert slopes(outcome, treated, used)[0] == pytest.approx(regression(outcome, treated, used)[0][0])
