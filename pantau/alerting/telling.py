"""Puts into the outbox what people must be told: the plan of the core, with figures, causes and training, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from pantau.alert_texts import DigestRow, Told, digest_text, message_text
from pantau.alerting.evaluation import open_days
from pantau.alerting.figures import Figures, figures_now, figures_of
from pantau.alerting.receipts import unreached
from pantau.alerting.training import latest_training
from pantau.domain.alerts.causes import Cause, causes
from pantau.domain.alerts.detection import Transition, code_of
from pantau.domain.alerts.digests import Digest, digests, held_back
from pantau.domain.alerts.figures import Figure
from pantau.domain.alerts.half_hours import ALL
from pantau.domain.alerts.incidents import Incident, incidents
from pantau.domain.alerts.messages import STALE_MS, Message, Place, Role, Rules, plan, sending_time, unsent
from pantau.domain.alerts.no_data import Silent
from pantau.domain.alerts.silences import ALL_UNITS, silence_turns
from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.registry import Registry
from pantau.domain.zones import DAY, MINUTE, day_start, local_day
from pantau.operator_texts import no_data_text, silent_source_text, undelivered_text
from storage.alert_reading import Sent, group_of, read_slices
from storage.alerts import AlertTables

REMEMBERED_DAYS: Final = 400
CAUSES_COMPARED_DAYS: Final = 56
"""Days before a fall whose visits are what its causes are compared with."""

OPERATOR: Final = "operator"


class Telling:
    """Composes messages from the recorded history and hands them to the outbox, each under its key once."""

    def __init__(
        self,
        tables: AlertTables,
        *,
        link_to: Callable[[str], str] = lambda _: "",
        recipients: Callable[[Registry, Role, str], list[str]] = lambda *_: [],
        can_reply: Callable[[str], bool] = lambda _: False,
        rules: Rules | None = None,
    ) -> None:
        """``link_to`` gives the address at which an alert is answered; empty where no page is served.

        ``recipients`` names the addresses of a role at a unit; where none is known the message stays in the outbox.
        ``can_reply`` says whether what one of them writes back is read.
        """
        self._tables = tables
        self._link_to = link_to
        self._recipients = recipients
        self._can_reply = can_reply
        self._rules = rules or Rules()
        self._figures: dict[Transition, Figures] = {}
        self._late: set[str] = set()

    def tell(self, registry: Registry, silent: Silent, now: int) -> list[Sent]:
        """Put into the outbox what is due at ``now`` and was not handed over before; returns that."""
        history = self._tables.transitions(since=now - REMEMBERED_DAYS * DAY)
        found = incidents(row.transition for row, _ in history)
        self._late = {row.transition.alert for row, _ in history if row.late}
        self._figures = {row.transition: figures for row, figures in history}
        places = places_of(registry, now)
        self._keep_silence_turns(registry, found, now)
        answers, known = self._tables.answers(), self._tables.outbox(since=now - REMEMBERED_DAYS * DAY)
        silences = self._tables.silences()
        begun = {sent.alert: sent.due_at for sent in known if sent.kind in ("fall", "unstable")}
        planned = plan(
            found,
            places=places,
            answers=answers,
            silences=silences,
            now=now,
            told=begun,
            unreached=unreached(known),
            rules=self._rules,
        )
        keys = {sent.key for sent in known}
        addressed: list[Sent] = []
        for message in unsent(planned, found, keys, now):
            told = self._told(registry, message, found, answers, now)
            addressed += [
                _sent(message, msgspec.structs.replace(told, can_reply=self._can_reply(recipient)), recipient)
                for recipient in self._names(registry, message.role, message.unit)
            ]
        back = held_back(found, places=places, silences=silences, told=begun, now=now, rules=self._rules)
        plain = [
            self._digest(registry, each, answers, now)
            for each in digests([each for each in found if each not in back], places, now)
            if each.key not in keys
        ]
        plain += [each for each in self._undelivered(registry, known, now) if each.key not in keys]
        plain += [each for each in self._silent(registry, silent, places, now) if each.key not in keys]
        addressed += [
            msgspec.structs.replace(each, recipient=recipient)
            for each in plain
            for recipient in self._names(registry, each.role, each.unit)
        ]
        self._tables.post(addressed)
        return addressed

    def _keep_silence_turns(self, registry: Registry, found: Sequence[Incident], now: int) -> None:
        """Record what became of silences; one of all units expires when the day has ended everywhere."""

        def begin_of(unit: str, day: date) -> int:
            zones = {registry.zone(each) for each in registry.unit_codes if unit in (each, ALL_UNITS)}
            return max((day_start(zone, day) for zone in zones), default=day_start("UTC", day))

        silences = self._tables.silences()
        if silences:
            known = self._tables.silence_turns()
            self._tables.keep_silence_turns(
                silence_turns(silences, found, known=known, begin_of=begin_of, now=now), found_at=now
            )

    def _names(self, registry: Registry, role: Role, unit: str) -> list[str]:
        return self._recipients(registry, role, unit) or [""]

    def _told(
        self,
        registry: Registry,
        message: Message,
        found: Sequence[Incident],
        answers: Sequence[Acknowledgement],
        now: int,
    ) -> Told:
        incident = next(each for each in found if any(alert.alert == message.alert for alert in each.alerts))
        ended = message.kind in ("recovered", "passed")
        rows = incident.ends if ended and incident.ends else _open_alerts(incident)
        figures, satisfaction = self._figures_of(registry, rows, now)
        alerts = {alert.alert for alert in incident.alerts}
        mine = [answer for answer in answers if answer.alert in alerts]
        roles = [role for role, _ in self._rules.ladder]
        following = roles.index(message.role) + 1 if message.role in roles else 0
        days = range(incident.first.since // DAY, (incident.closed or now) // DAY + 1)
        return Told(
            message=message,
            unit=name_of(registry, message.unit),
            zone=registry.zone(message.unit),
            since=min(alert.since for alert in (incident.alerts if ended else rows)),
            figures=figures,
            causes=() if ended or message.kind == "shared" else self._causes(registry, rows, now),
            satisfaction=None if ended else satisfaction,
            training=None
            if ended or message.kind == "shared"
            else latest_training(
                self._tables.query, message.unit, rows[0].indicator, local_day(registry.zone(message.unit), now)
            ),
            answer=mine[-1] if mine else None,
            link=self._link_to(message.alert),
            next_role=roles[following] if following < len(roles) else None,
            ended=incident.ends[-1].turn if ended and incident.ends else "recovered",
            lasted_days=open_days(registry, message.unit, days),
            units=tuple(name_of(registry, unit) for unit in message.units),
            names={service.code: service.name for service in registry.services},
        )

    def _causes(self, registry: Registry, rows: Sequence[Transition], now: int) -> tuple[Cause, ...]:
        first, last = rows[0], rows[-1]
        services = [each.code for each in registry.services if group_of(registry, each.code) == first.group]
        until = now if now - last.at >= DAY else min(last.at + 30 * MINUTE, now)
        query, unit, since = self._tables.query, first.unit, min(row.since for row in rows)
        chosen = [] if first.group == ALL else services
        current = read_slices(query, registry, unit, chosen, since=since, until=until)
        before = since - CAUSES_COMPARED_DAYS * DAY
        usual = read_slices(query, registry, unit, chosen, since=before, until=since)
        wanted = (
            ("element",) if first.indicator == "satisfaction" else ("part", "hour", "service", "counter", "element")
        )
        return tuple(cause for cause in causes(current, usual) if cause.kind in wanted)

    def _figures_of(self, registry: Registry, rows: Iterable[Transition], now: int) -> tuple[Figures, Figure | None]:
        listed = [*rows]
        return figures_of(listed, {**self._figures, **figures_now(self._tables, registry, listed, now)})

    def _digest(self, registry: Registry, digest: Digest, answers: Sequence[Acknowledgement], now: int) -> Sent:
        kecamatan = next((each.name for each in registry.kecamatan if each.code == digest.kecamatan), digest.kecamatan)
        units = registry.units_of(digest.kecamatan)
        zone = units[0].zone
        taken = {answer.alert: answer.by for answer in answers}
        rows = []
        for phase, listed in (("begun", digest.begun), ("ended", digest.ended), ("open", digest.open)):
            for incident in listed:
                if phase == "open" and incident in digest.begun:
                    continue
                turns = incident.ends if phase == "ended" and incident.ends else _open_alerts(incident)
                by = next((taken[alert.alert] for alert in incident.alerts if alert.alert in taken), "")
                late = incident.first.alert in self._late
                rows.append(
                    DigestRow(
                        name_of(registry, incident.unit),
                        code_of(incident.first.alert),
                        self._figures_of(registry, turns, now)[0],
                        incident.first.since,
                        zone,
                        "late" if late and phase == "begun" else phase,
                        by,
                    )
                )
        area = kecamatan if kecamatan.startswith("Kec") else f"Kec. {kecamatan}"
        texts = {language: digest_text(area, digest.at, zone, rows, language) for language in _LANGUAGES}
        return Sent(
            key=digest.key,
            recipient="",
            kind="digest",
            role="camat",
            unit=units[0].code,
            alert="",
            due_at=digest.at,
            next_at=digest.at,
            text=texts["id"],
            text_en=texts["en"],
        )

    def _undelivered(self, registry: Registry, known: Iterable[Sent], now: int) -> list[Sent]:
        """To the operator: messages about alerts that reach nobody, so that he mends the address and tells them."""
        found = []
        for sent in known:
            if sent.state != "dead" or not sent.alert or sent.kind == "reply" or sent.role == OPERATOR:
                continue
            if now - sent.next_at > STALE_MS:
                continue
            zone = registry.zone(sent.unit) if registry.unit(sent.unit) else "UTC"
            name, code = name_of(registry, sent.unit), code_of(sent.alert)
            texts = {
                lang: undelivered_text(name, code, sent.role, sent.note, sent.next_at, zone, lang)
                for lang in _LANGUAGES
            }
            found.append(_to_operator("undelivered", f"undelivered:{sent.key}:{sent.recipient}", sent.unit, now, texts))
        return found

    def _silent(self, registry: Registry, silent: Silent, places: Mapping[str, Place], now: int) -> list[Sent]:
        """To the operator: sources that fell silent, once each, and units without data that they do not explain."""
        found: list[Sent] = []
        explained: set[str] = set()
        for each in silent.sources:
            first = next((unit for unit in each.explained if unit in places), None)
            if first is None:
                continue
            explained.update(each.explained)
            zone, at = registry.zone(first), sending_time(places[first].calendar, each.at, self._rules)
            units = [name_of(registry, unit) for unit in dict.fromkeys((*each.explained, *each.units))]
            texts = {lang: silent_source_text(each.source, units, each.since, zone, lang) for lang in _LANGUAGES}
            if at <= now:
                found.append(_to_operator("no_data", f"{each.source}:no_data:{each.since}", first, at, texts))
        for gap in silent.units:
            if gap.unit not in places or gap.unit in explained:
                continue
            zone, name = registry.zone(gap.unit), name_of(registry, gap.unit)
            at = sending_time(places[gap.unit].calendar, gap.at, self._rules)
            texts = {lang: no_data_text(name, gap.since, gap.expected, zone, lang) for lang in _LANGUAGES}
            if at <= now:
                found.append(_to_operator("no_data", f"{gap.unit}:no_data:{gap.since}", gap.unit, at, texts))
        return found


def _open_alerts(incident: Incident) -> tuple[Transition, ...]:
    """The falls of an incident that have not ended; all of them once it is over."""
    ended = {each.alert for each in incident.ends}
    return tuple(alert for alert in incident.alerts if alert.alert not in ended) or incident.alerts


def _to_operator(kind: str, key: str, unit: str, at: int, texts: Mapping[str, str]) -> Sent:
    """A message of no alert; whoever runs the installation is told."""
    return Sent(
        key=key,
        recipient="",
        kind=kind,
        role=OPERATOR,
        unit=unit,
        alert="",
        due_at=at,
        next_at=at,
        text=texts["id"],
        text_en=texts["en"],
    )


def _sent(message: Message, told: Told, recipient: str) -> Sent:
    return Sent(
        key=message.key,
        recipient=recipient,
        kind=message.kind,
        role=message.role,
        unit=message.unit,
        alert=message.alert,
        due_at=message.at,
        next_at=message.at,
        text=message_text(told, "id"),
        text_en=message_text(told, "en"),
    )


_LANGUAGES: Final = ("id", "en")


def places_of(registry: Registry, now: int) -> dict[str, Place]:
    """Where each unit belongs and when it works."""
    return {
        unit.code: Place(
            unit=unit.code,
            kecamatan=unit.kecamatan,
            kabupaten=unit.kabupaten,
            calendar=registry.calendar(unit.code, now),
        )
        for unit in registry.units
    }


def name_of(registry: Registry, unit: str) -> str:
    """A unit's name, or its code where the registry no longer knows it."""
    known = registry.unit(unit)
    return known.name if known else unit
