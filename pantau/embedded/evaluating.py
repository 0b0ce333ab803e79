"""Computes the effects of trainings every night, in the one process or in the notifier of a server."""

from collections.abc import Callable

import structlog

from pantau.domain.registry import Registry
from pantau.domain.zones import day_start, local_day
from pantau.embedded.desk import Desk
from pantau.embedded.rounds import Round
from storage.effects import assessments, computed_at, stored

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30.0
"""How often it is looked whether a night was missed: soon after a start, and cheap while none was."""

HOUR_MS = 3_600_000
AT_HOUR = 2
"""The local hour after which a night's computation is due: days are closed, offices are not open yet."""


def evaluating(desk: Desk) -> Round:
    """Computes effects once a night; a night that was missed is made up for."""
    return Round("evaluating", EVERY_SECONDS, lambda stop: evaluate(desk, stop))


def evaluate(desk: Desk, stop: Callable[[], bool] = lambda: False) -> int:
    """Compute and keep every effect, if none was since the last night; returns how many were. Nothing if stopped."""
    now = desk.now()
    if computed_at(desk.query) >= _due(desk.registry, now):
        return 0
    found = []
    for assessment in assessments(desk.query, desk.registry, now):
        found.append(assessment)
        if stop():
            return 0
    if found or stored(desk.query):  # what is no longer known to have been held goes too
        desk.keep_effects(found)
        log.info("effects computed", effects=len(found))
    return len(found)


def _due(registry: Registry, now: int) -> int:
    """The last instant at which it was two in the morning, where most units are."""
    zones = [unit.zone for unit in registry.units]
    zone = max(sorted(set(zones)), key=zones.count, default="UTC")
    today = day_start(zone, local_day(zone, now)) + AT_HOUR * HOUR_MS
    return today if today <= now else today - 24 * HOUR_MS
