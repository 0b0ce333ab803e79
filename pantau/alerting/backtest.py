"""How many messages a rule would have sent: the stored history folded as if the product had watched it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from pantau.alerting.evaluation import HISTORY_DAYS, closed_days, local_today
from pantau.alerting.telling import places_of
from pantau.domain.alerts.detection import Transition, monday, replay
from pantau.domain.alerts.incidents import Incident, incidents
from pantau.domain.alerts.messages import Message, plan
from pantau.domain.alerts.policy import Policy
from pantau.domain.registry import Registry
from pantau.domain.zones import DAY
from storage.alert_reading import Query, areas, read_half_hours, read_silences

WORKING_DAYS_OF_A_YEAR: Final = 240


class UnitBacktest(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit would have had: days that were watched, incidents, days with an open alert, and messages."""

    unit: str
    days: int
    incidents: int
    open_days: int
    messages: int


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """A backtest of the local days [first, upto). ``messages`` counts by kind, as if nobody had ever answered.

    ``found`` are the incidents, in order.
    """

    first: int
    upto: int
    units: tuple[UnitBacktest, ...]
    messages: dict[str, int]
    found: tuple[Incident, ...]

    @property
    def incidents_a_unit_year(self) -> float | None:
        """Incidents per unit and 240 working days; None where nothing was watched."""
        days = sum(unit.days for unit in self.units)
        return len(self.found) * WORKING_DAYS_OF_A_YEAR / days if days else None


def backtest(query: Query, registry: Registry, *, days: int, now: int, policy: Policy) -> Backtest:
    """Fold the last ``days`` local days with a rule. Silences that were ordered hold; answers are left out."""
    upto = local_today(registry, now) + 1
    first = upto - days
    turns: list[Transition] = []
    watched: dict[str, set[int]] = {}
    closed = closed_days(registry)
    for units_of_area in areas(registry):
        history = read_half_hours(
            query, registry, units_of_area, first_day=first - HISTORY_DAYS, upto_day=upto, now=now
        )
        turns += replay(history, first=monday(first), upto=upto, policy=policy, closed=closed)
        for (unit, _), known in history.items():
            watched.setdefault(unit, set()).update(number for number in known if number >= first)
    found = [each for each in incidents(turns) if each.first.day >= first]
    messages = plan(found, places=places_of(registry, now), silences=read_silences(query), now=now)
    kinds: dict[str, int] = {}
    for message in messages:
        kinds[message.kind] = kinds.get(message.kind, 0) + 1
    units = tuple(_of_unit(unit, watched[unit], found, messages, now) for unit in sorted(watched) if watched[unit])
    return Backtest(first=first, upto=upto, units=units, messages=kinds, found=tuple(found))


def _of_unit(
    unit: str, watched: set[int], found: Sequence[Incident], messages: Sequence[Message], now: int
) -> UnitBacktest:
    mine = [incident for incident in found if incident.unit == unit]
    open_days: set[int] = set()
    for incident in mine:
        last = (now if incident.closed is None else incident.closed) // DAY
        open_days |= {day for day in watched if incident.first.day <= day <= last}
    return UnitBacktest(
        unit=unit,
        days=len(watched),
        incidents=len(mine),
        open_days=len(open_days),
        messages=sum(message.unit == unit and message.kind != "shared" for message in messages),
    )
