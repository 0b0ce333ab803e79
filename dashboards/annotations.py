"""What happened, as annotations of an existing Grafana: trainings, other measures, alerts and holidays, by tag.

Our own boards ask the tables for these marks. Annotations are for boards that others made: they appear there by
themselves on whatever panel asks for the tag ``pantau``, ``pelatihan``, ``tindakan``, ``peringatan`` or ``libur``, or
for a unit's.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from dashboards.grafana import Grafana
from dashboards.model import HOLIDAY, OURS
from pantau.domain.alerts.detection import Transition, Turn
from pantau.domain.alerts.incidents import ENDS
from pantau.domain.alerts.policy import Indicator
from pantau.domain.registry import Registry
from pantau.domain.zones import day_start

_KEY: Final = "pantau-kunci:"


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """One mark on charts: from ``time`` to ``end`` (ms UTC). ``key`` stays the same however it is told."""

    key: str
    time: int
    end: int
    tags: tuple[str, ...]
    text: str

    @property
    def all_tags(self) -> list[str]:
        """Its tags and those by which it is found again."""
        return [OURS, f"{_KEY}{self.key}", *self.tags]


class Synced(msgspec.Struct):
    """What became of annotations."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0


def annotations_of(
    registry: Registry, interventions: Iterable[Mapping[str, Any]], turns: Iterable[Transition] = ()
) -> list[Annotation]:
    """Every holiday of the registry, the given rows of the query ``interventions_of``, and alerts from their turns.

    A training of several units is a mark at each of them. A day begins and ends in the unit's zone; a holiday in that
    of the first unit it concerns. An alert is a point in time while it is open, a span once it has ended.
    """
    found = [_of_measure(registry, row) for row in interventions] + _of_alerts(registry, turns)
    for holiday in registry.holidays:
        units = [unit for unit in registry.units if holiday.kabupaten in (None, unit.kabupaten)]
        if units:
            found.append(
                Annotation(
                    key=_key("holiday", holiday.day.isoformat(), holiday.kabupaten or ""),
                    **_span(registry.zone(units[0].code), holiday.day, holiday.day),
                    tags=(HOLIDAY,) + ((f"kabupaten:{holiday.kabupaten}",) if holiday.kabupaten else ()),
                    text=holiday.name,
                )
            )
    return sorted(found, key=lambda each: (each.time, each.key))


def sync(grafana: Grafana, wanted: Sequence[Annotation], *, dry_run: bool = False) -> Synced:
    """Make Grafana's annotations of ours exactly the wanted ones; those of others are not touched."""
    done = Synced()
    by_key = {each.key: each for each in wanted}
    for there in grafana.annotations(OURS):
        tags = [str(tag) for tag in there["tags"]]
        key = next((tag.removeprefix(_KEY) for tag in tags if tag.startswith(_KEY)), None)
        if key is None:
            continue
        one = by_key.pop(key, None)
        if one is None:
            done.removed += 1
            if not dry_run:
                grafana.remove_annotation(there["id"])
        elif (there["time"], there["timeEnd"], there["text"], sorted(tags)) == (
            *(one.time, one.end, one.text),
            sorted(one.all_tags),
        ):
            done.same += 1
        else:
            done.changed += 1
            if not dry_run:
                grafana.change_annotation(there["id"], time=one.time, end=one.end, tags=one.all_tags, text=one.text)
    for one in by_key.values():
        done.added += 1
        if not dry_run:
            grafana.add_annotation(time=one.time, end=one.end, tags=one.all_tags, text=one.text)
    return done


def _of_measure(registry: Registry, row: Mapping[str, Any]) -> Annotation:
    unit = registry.unit(row["unit"])
    first = date.fromisoformat(row["starts"])
    last = date.fromisoformat(row["ends"]) if row["ends"] else first
    return Annotation(
        key=_key("measure", row["unit"], row["source"], row["subject"]),
        **_span(registry.zone(row["unit"]), first, last),
        tags=("pelatihan" if row["siasn_type"] is not None else "tindakan", f"unit:{row['unit']}"),
        text=f"{row['title']} – {unit.name if unit else row['unit']}",
    )


_INDICATORS: Final[dict[Indicator, str]] = {"late": "Tepat janji", "time": "Waktu layanan", "satisfaction": "Kepuasan"}
_ENDS: Final[dict[Turn, str]] = {"recovered": "pulih", "settled": "menetap", "withdrawn": "dikoreksi data susulan"}


def _of_alerts(registry: Registry, turns: Iterable[Transition]) -> list[Annotation]:
    """A mark an alert, under the alert's own id: an end changes it and makes no second one."""
    begun: dict[str, Transition] = {}
    ended: dict[str, Transition] = {}
    for turn in sorted(turns):
        if turn.turn == "falling":
            begun.setdefault(turn.alert, turn)
        elif turn.turn in ENDS and turn.alert in begun:
            ended.setdefault(turn.alert, turn)
    found = []
    for alert, fall in begun.items():
        unit, end = registry.unit(fall.unit), ended.get(alert)
        told = f"{_INDICATORS[fall.indicator]} menurun" + (f", {_ENDS[end.turn]}" if end else "")
        found.append(
            Annotation(
                key=_key("alert", alert),
                time=fall.at,
                end=end.at if end else fall.at,
                tags=("peringatan", f"unit:{fall.unit}"),
                text=f"{told} – {unit.name if unit else fall.unit}",
            )
        )
    return found


def _span(zone: str, first: date, last: date) -> dict[str, int]:
    return {"time": day_start(zone, first), "end": day_start(zone, last + timedelta(days=1)) - 1}


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
