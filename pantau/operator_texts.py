"""What the operator is told: a unit or a source that says nothing, and a message that reached nobody."""

from collections.abc import Sequence
from typing import Final

from pantau.alert_texts import ROLES, shortened, zoned_text
from pantau.domain.alerts.messages import Role
from pantau.domain.indicators import Language, Text
from pantau.texts import number_text

SOURCE_NAMES: Final = 5
"""So many units are named of a source that is silent."""


def no_data_text(unit: str, since: int, expected: int, zone: str, language: Language) -> str:
    """To the operator: a unit that says nothing. ``expected`` is in thousandths of a visit."""
    visits, moment = number_text(expected / 1000, language), zoned_text(since, zone, language)
    if language == "id":
        return (
            f"❔ TANPA DATA · {unit}\n"
            f"Tidak ada data kunjungan sejak {moment}; biasanya {visits} kunjungan dalam waktu itu.\n"
            "Periksa mesin antrean, jaringan, dan kiriman data. Peringatan yang terbuka tetap terbuka."
        )
    return (
        f"❔ NO DATA · {unit}\nNo data of visits since {moment}; usually {visits} visits come in that time.\n"
        "Check the queue machine, the network and the feed. Open alerts stay open."
    )


def silent_source_text(source: str, units: Sequence[str], since: int, zone: str, language: Language) -> str:
    """To the operator: a source that says nothing of any of its units; the first of them are named."""
    moment = zoned_text(since, zone, language)
    names = ", ".join(shortened(unit, 40) for unit in units[:SOURCE_NAMES])
    if len(units) > SOURCE_NAMES:
        names += f", … +{len(units) - SOURCE_NAMES}"
    if language == "id":
        return (
            f"❔ TANPA DATA · sumber {shortened(source, 60)}\n"
            f"Tidak ada data kunjungan sejak {moment} dari {len(units)} unit: {names}.\n"
            "Periksa sistem sumber, jaringan, dan kiriman data. Unit-unitnya tidak dikabarkan satu per satu. "
            "Peringatan yang terbuka tetap terbuka."
        )
    return (
        f"❔ NO DATA · source {shortened(source, 60)}\n"
        f"No data of visits since {moment} from {len(units)} units: {names}.\n"
        "Check the source system, the network and the feed. The units are not told of one by one. "
        "Open alerts stay open."
    )


def undelivered_text(unit: str, code: str, role: Role, why: str, at: int, zone: str, language: Language) -> str:
    """To the operator: a message that reached nobody, and why."""
    who, moment = ROLES.get(role, Text(role, role)).read(language), zoned_text(at, zone, language)
    reason = shortened(why, 120)
    if language == "id":
        return (
            f"⚠️ PESAN TIDAK SAMPAI · {shortened(unit, 60)} · kode {code}\n"
            f"Pesan kepada {who} gagal {moment}: {reason}.\n"
            "Sampaikan langsung kepadanya, lalu perbaiki alamatnya. Penerima berikutnya sudah atau segera diberi tahu."
        )
    return (
        f"⚠️ MESSAGE NOT DELIVERED · {shortened(unit, 60)} · code {code}\n"
        f"The message to {who} failed {moment}: {reason}.\n"
        "Tell them yourself, then mend the address. Whoever comes next has been told, or will be soon."
    )
