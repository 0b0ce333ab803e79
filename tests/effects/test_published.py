"""The textbook's effect of training grants on scrap: Wooldridge, Introductory Econometrics, example 14.1."""

import csv
from pathlib import Path

import numpy as np
import pytest

from pantau.domain.effects.panels import Floats
from pantau.domain.effects.two_way import fit
from tests.effects.dummies import regression, slopes

_FILE = Path(__file__).parent.parent / "data" / "jtrain" / "scrap.csv"


@pytest.fixture(scope="module")
def firms() -> tuple[Floats, Floats]:
    """The log scrap rate of 54 firms in 1987 to 1989, and whether they had a grant that year and the year before."""
    with _FILE.open() as file:
        rows = [*csv.DictReader(file)]
    codes = sorted({row["fcode"] for row in rows})
    scrap, grants = np.full((len(codes), 3), np.nan), np.zeros((2, len(codes), 3))
    for row in rows:
        at = codes.index(row["fcode"]), int(row["year"]) - 1987
        scrap[at] = float(row["lscrap"])
        grants[0][at], grants[1][at] = float(row["grant"]), float(row["grant_1"])
    return scrap, grants


def test_training_grants_lower_scrap_as_the_textbook_says(firms: tuple[Floats, Floats]) -> None:
    """grant -.252 (.151), grant_1 -.422 (.210), d88 -.080, d89 -.247."""
    scrap, grants = firms
    used = np.ones(scrap.shape, dtype=bool)
    coefficients, errors = regression(scrap, grants, used)
    assert scrap.shape == (54, 3)
    assert coefficients.round(3).tolist() == [-0.252, -0.422]
    assert errors.round(3).tolist() == [0.151, 0.210]
    np.testing.assert_allclose(slopes(scrap, grants, used), coefficients, rtol=1e-10)
    net = scrap - np.tensordot(coefficients, grants, 1)
    week = fit(net[None, None], np.ones((1, *scrap.shape))).week[0, 0]
    assert (week[1:] - week[0]).round(3).tolist() == [-0.080, -0.247]
