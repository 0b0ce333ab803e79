"""What people answer to an alert, remembered: numbers of persons are masked before anything is stored."""

import msgspec

from pantau.domain.alerts.states import Acknowledgement
from pantau.domain.personal import mask
from storage.alerts import AlertTables


def remember(tables: AlertTables, answer: Acknowledgement) -> None:
    """Remember that somebody takes an alert on, or is done with it."""
    tables.answer(msgspec.structs.replace(answer, note=mask(answer.note), by=mask(answer.by)))
