"""The plain way to the same numbers: one dummy variable a unit and a week, and NumPy's least squares."""

import numpy as np

from pantau.domain.effects.panels import Bools, Floats
from pantau.domain.effects.two_way import residuals


def expected(outcome: Floats, used: Bools, weight: Floats | None = None) -> Floats:
    """Unit plus week effect of every unit-week, fitted on those used."""
    units, weeks = outcome.shape
    rows = np.zeros((units * weeks, units + weeks))
    for unit in range(units):
        for week in range(weeks):
            rows[unit * weeks + week, [unit, units + week]] = 1
    root = np.sqrt(np.where(used, 1.0 if weight is None else weight, 0.0)).ravel()
    found = np.linalg.lstsq(rows * root[:, None], np.where(used, outcome, 0.0).ravel() * root, rcond=None)[0]
    values: Floats = (rows @ found).reshape(units, weeks)
    return values


def regression(outcome: Floats, regressors: Floats, used: Bools) -> tuple[Floats, Floats]:
    """Coefficients of regressors beside unit and week dummies, and their classical standard errors."""
    units, weeks = outcome.shape
    row, column = np.nonzero(used)
    unit = (row[:, None] == np.arange(units)).astype(float)
    week = (column[:, None] == np.arange(1, weeks)).astype(float)
    design = np.column_stack([regressors[:, row, column].T, unit[:, unit.any(0)], week[:, week.any(0)]])
    y = outcome[row, column]
    found, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
    variance = ((y - design @ found) ** 2).sum() / (len(y) - rank)
    errors = np.sqrt(np.diag(variance * np.linalg.pinv(design.T @ design)))
    return found[: len(regressors)], errors[: len(regressors)]


def slopes(outcome: Floats, regressors: Floats, used: Bools) -> Floats:
    """The same coefficients from what the product's effects leave of all (Frisch, Waugh and Lovell)."""
    rest = residuals(np.concatenate([np.where(used, outcome, 0)[None], regressors])[None], used[None].astype(float))[0]
    flat = rest.reshape(len(rest), -1)
    found: Floats = np.linalg.lstsq(flat[1:].T, flat[0], rcond=None)[0]
    return found
