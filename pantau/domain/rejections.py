"""What is kept of an event that was refused: why, in words, and the original with personal data masked."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

from pantau.domain import personal
from pantau.domain.errors import Fault
from pantau.domain.events import CloudEvent
from pantau.domain.registry import Source
from pantau.domain.spans import Language as Language

Code = Literal[
    "personal",
    "malformed",
    "oversize",
    "unknown_kind",
    "missing",
    "unknown_field",
    "type",
    "contradiction",
    "source",
    "not_allowed",
    "unknown_unit",
    "clock",
    "future",
    "too_old",
    "bus",
]
"""Why an event was refused; of several reasons the first in this order names the rejection."""

ORDER: Final[dict[Code, int]] = {code: place for place, code in enumerate(Code.__args__)}  # type: ignore[attr-defined]

RETRYABLE: Final[frozenset[Code]] = frozenset(
    {"unknown_kind", "not_allowed", "unknown_unit", "clock", "future", "too_old", "bus"}
)
"""What can be mended on our side (registry, clock correction, a later version) so that the same bytes are accepted."""

PSEUDONYMISED: Final = ("ticket", "application", "complaint", "officer")
"""Fields that a source with ``personal = "pseudonymise"`` may fill with a NIK or a phone number."""

SHOWN: Final = 80
"""Letters of a wrong value that a fault shows."""

KEPT_OF_OVERSIZE: Final = 4096
"""Bytes kept of an event that was too large."""


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is wrong, with its code."""

    code: Code
    fault: Fault


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """A refused event. ``source`` is who sent it; ``id`` (masked) and raw ``time`` are its own, where readable.

    ``time`` and ``arrival`` are ms UTC.
    ``original`` is what was sent, with personal data masked; ``digest`` is a keyed hash of what was sent, by which the
    same event is known again. ``retryable``: these bytes can be accepted once the cause is mended.
    """

    source: str
    id: str | None
    time: int | None = None
    code: Code
    reasons: tuple[Fault, ...]
    original: bytes
    digest: str
    retryable: bool
    arrival: int


TEXTS: Final[dict[str, dict[Language, tuple[str, str]]]] = {
    "malformed": {
        "id": ("tidak terbaca: {detail}", "kirim satu objek JSON menurut CloudEvents 1.0"),
        "en": ("cannot be read: {detail}", "send one JSON object as CloudEvents 1.0 has it"),
    },
    "not_object": {
        "id": ("bukan satu objek JSON", "kirim satu objek JSON menurut CloudEvents 1.0"),
        "en": ("is not one JSON object", "send one JSON object as CloudEvents 1.0 has it"),
    },
    "oversize": {
        "id": ("lebih besar dari batas {limit} byte", "kurangi isi kejadian"),
        "en": ("larger than the limit of {limit} bytes", "make the event smaller"),
    },
    "bus_oversize": {
        "id": (
            "terlalu besar untuk bus: {detail}",
            "perkecil kejadian; atau naikkan max.message.bytes, lalu pantau rejects retry",
        ),
        "en": (
            "too large for the bus: {detail}",
            "make the event smaller; or raise max.message.bytes, then pantau rejects retry",
        ),
    },
    "bus": {
        "id": ("ditolak bus: {detail}", "perbaiki topik atau broker, lalu pantau rejects retry"),
        "en": ("refused by the bus: {detail}", "mend the topic or the broker, then pantau rejects retry"),
    },
    "unknown_kind": {
        "id": ("jenis kejadian tidak dikenal", "pakai {nearest}"),
        "en": ("unknown kind of event", "use {nearest}"),
    },
    "missing": {
        "id": ("wajib diisi: {expected}", "isi bidang ini"),
        "en": ("is required: {expected}", "fill in this field"),
    },
    "unknown_field": {
        "id": ("{kind} tidak mempunyai bidang bernama ini", "hapus, atau pakai {nearest}"),
        "en": ("{kind} has no field of this name", "remove it, or use {nearest}"),
    },
    "type": {
        "id": ("harus {expected}", "perbaiki di sistem asal atau di berkas pemetaan"),
        "en": ("must be {expected}", "mend it in the source system or in the mapping file"),
    },
    "source": {
        "id": ("pengirim ini adalah sumber {source}", "isi source dengan {source}, atau kirim dengan kunci sumber itu"),
        "en": ("this sender is the source {source}", "set source to {source}, or send with that source's own key"),
    },
    "unknown_unit": {
        "id": ("unit tidak ada di registri", "tambahkan ke registry.toml, atau perbaiki kodenya{nearest}"),
        "en": ("no such unit in the registry", "add it to registry.toml, or mend the code{nearest}"),
    },
    "not_allowed": {
        "id": (
            "sumber {source} tidak berhak atas unit ini",
            "tambahkan unit pada sumber itu di registry.toml, atau kirim dari sumber yang berhak",
        ),
        "en": (
            "the source {source} may not speak for this unit",
            "add the unit to that source in registry.toml, or send from a source that may",
        ),
    },
    "future": {
        "id": (
            "{ahead} mendahului waktu sekarang; batasnya {tolerance}",
            "setel jam sistem asal, atau tetapkan koreksi jam",
        ),
        "en": (
            "{ahead} ahead of now; the limit is {tolerance}",
            "set the source's clock, or declare a clock correction",
        ),
    },
    "too_old": {
        "id": ("sudah berumur {age}; batas sumber ini {limit}", "kirim sebagai impor, atau naikkan max_age sumber itu"),
        "en": ("{age} old; the limit of this source is {limit}", "send it as an import, or raise the source's max_age"),
    },
    "clock": {
        "id": (
            "tanggal {day} di luar {expected}",
            "periksa jam sistem asal, lalu tetapkan koreksi jam di registry.toml",
        ),
        "en": ("the date {day} is outside {expected}", "check the source's clock, then declare a clock correction"),
    },
    "personal": {
        "id": ("berisi data pribadi ({kinds})", "buang di berkas pemetaan{rule}"),
        "en": ("holds personal data ({kinds})", "drop it in the mapping file{rule}"),
    },
    "above_scale": {
        "id": ("lebih besar daripada skala {other}", "kirim skala yang dipakai mesin penilai"),
        "en": ("above the scale of {other}", "send the scale that the terminal uses"),
    },
    "no_answer": {
        "id": ("tidak satu unsur pun dijawab", "isi sedikitnya satu unsur, atau jangan kirim"),
        "en": ("not one element is answered", "fill in at least one element, or do not send it"),
    },
    "ends_first": {
        "id": ("berakhir sebelum mulai ({other})", "perbaiki urutan kedua waktu"),
        "en": ("ends before it starts ({other})", "mend the order of the two times"),
    },
    "same_unit": {
        "id": ("sama dengan unit asal", "kosongkan to_unit bila pindah di dalam unit"),
        "en": ("is the unit it comes from", "leave to_unit out for a transfer inside the unit"),
    },
    "impossible": {
        "id": ("di luar tahun 1970 sampai 2199", "perbaiki waktu ini, atau kosongkan"),
        "en": ("outside the years 1970 to 2199", "mend this time, or leave it out"),
    },
    "part_above_whole": {
        "id": ("lebih besar dari {other}", "perbaiki kedua angka"),
        "en": ("above {other}", "mend the two numbers"),
    },
    "bucket_order": {
        "id": ("batas atas tidak naik", "urutkan dari kecil ke besar; yang tanpa batas di akhir"),
        "en": ("the upper limits do not rise", "order them upwards, the one without limit last"),
    },
    "personal_field": {
        "id": ("bidang data pribadi tidak diterima", "buang bidang ini di berkas pemetaan"),
        "en": ("a field of personal data is not accepted", "drop this field in the mapping file"),
    },
}
"""Rule -> language -> (which rule is broken, what to do)."""


def flaw(
    code: Code, field: str, value: object, language: Language, *, text: str | None = None, **facts: object
) -> Flaw:
    """A flaw in words; the value is masked and shortened, and so is whatever else came from the sender."""
    if type(value) is str and len(value) <= SHOWN and all(type(fact) is str for fact in facts.values()):
        return _told_before(code, field, value, language, text, tuple(facts.items()))
    return _told(code, field, value, language, text, facts.items())


def _told(
    code: Code,
    field: str,
    value: object,
    language: Language,
    text: str | None,
    facts: Iterable[tuple[str, object]],
) -> Flaw:
    rule, todo = TEXTS[text or code][language]
    said = {name: personal.mask(str(fact)) for name, fact in facts}
    return Flaw(code, fault(field, value, rule.format_map(said), todo.format_map(said)))


_told_before = lru_cache(maxsize=4096)(_told)
"""What is refused once is often refused a thousand times."""


def fault(field: str, value: object, rule: str, todo: str) -> Fault:
    """A fault whose field name and value are safe to show."""
    shown = masked_text(value) if isinstance(value, str) else repr(personal.mask_tree(value))
    if value is None or value == "":
        shown = "∅"
    if personal.names_person(field.rpartition(".")[2]):
        shown = personal.MASKED
    shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
    return Fault(field=personal.mask(field), value=shown, rule=rule, todo=todo)


def reject(
    flaws: Iterable[Flaw],
    *,
    source: Source,
    id: str | None,
    original: bytes,
    secret: bytes,
    now: int,
    event_bytes: int,
    time: int | None = None,
) -> Rejection:
    """The record of a refusal. Whatever the reason, the original is masked wherever it holds personal data.

    Where the source may have pseudonyms they stand in the kept original too, so that it can still be accepted later.
    """
    ordered = sorted(flaws, key=lambda flaw: ORDER[flaw.code])
    key = secret if source.personal == "pseudonymise" else None
    kept, changed = masked_original(original, key)
    if len(original) > event_bytes:
        kept, changed = kept[:KEPT_OF_OVERSIZE], True
    return Rejection(
        source=source.name,
        id=None if id is None else _pseudonymised(id, key) if key else personal.mask(id),
        time=time,
        code=ordered[0].code,
        reasons=tuple(flaw.fault for flaw in ordered),
        original=kept,
        digest=personal.keyed_digest(original, secret),
        retryable=not changed and all(flaw.code in RETRYABLE for flaw in ordered),
        arrival=now,
    )


def reject_harmless(
    flaws: Iterable[Flaw], source: Source, id: str, time: int, original: bytes, secret: bytes, now: int
) -> Rejection:
    """As :func:`reject`, for an original that :func:`is_harmless`."""
    ordered = sorted(flaws, key=lambda flaw: ORDER[flaw.code])
    return Rejection(
        source=source.name,
        id=id,
        time=time,
        code=ordered[0].code,
        reasons=tuple([flaw.fault for flaw in ordered]),
        original=original,
        digest=personal.keyed_digest(original, secret),
        retryable=all(flaw.code in RETRYABLE for flaw in ordered),
        arrival=now,
    )


def is_harmless(original: bytes, *, names_known: bool = False) -> bool:
    """Whether a JSON document is kept as it was sent: a quick look that may say no for nothing.

    ``names_known`` says that every name in it is one of the vocabulary and no value is a float.
    """
    if b"\\" in original or personal.suspicious(original):
        return False
    try:
        return names_known or _as_harmless_as_its_bytes(msgspec.json.decode(original))
    except (ValueError, RecursionError):
        return False


def masked_original(original: bytes, key: bytes | None) -> tuple[bytes, bool]:
    """The original as it may be kept, and whether masking changed what it says; with a key, ids become pseudonyms."""
    return (original, False) if is_harmless(original) else masked_with_care(original, key)


def masked_with_care(original: bytes, key: bytes | None) -> tuple[bytes, bool]:
    """As :func:`masked_original`, with a look at every part."""
    try:
        sent = msgspec.json.decode(original)
        tree = _with_pseudonyms(sent, key) if key else sent
        masked = personal.mask_tree(tree)
    except (ValueError, RecursionError):  # not JSON, or nested beyond reason
        text = _text(original)
        shown = masked_text(text)
        return (original, False) if shown == text else (shown.encode("utf-8", "replace"), True)
    # the bytes may hold what the tree does not: the first of two equal keys
    hidden = tree != sent or bool(personal.find(_text(original)))
    kept = original if masked == sent and not hidden else msgspec.json.encode(masked)
    return kept, _as_read(masked) != _as_read(tree)


def _as_harmless_as_its_bytes(tree: Any) -> bool:
    """Whether bytes without escapes that look harmless hide nothing in their tree.

    A name of a field can be telling, and a float is masked as it is written out here, not as it was sent.
    """
    if isinstance(tree, dict):
        for name, value in tree.items():
            if value is not None and personal.names_person(name):
                return False
            if type(value) is not str and not _as_harmless_as_its_bytes(value):
                return False
        return True
    if isinstance(tree, list):
        return all(map(_as_harmless_as_its_bytes, tree))
    return not isinstance(tree, float)


def _as_read(tree: Any) -> Any:
    """What a validation reads of an event: not its extension attributes."""
    return {name: tree.get(name) for name in CloudEvent.__struct_fields__} if isinstance(tree, dict) else tree


def _with_pseudonyms(envelope: object, key: bytes) -> object:
    if not isinstance(envelope, dict):
        return envelope
    made = {name: _pseudonymised(value, key) if name == "id" else value for name, value in envelope.items()}
    data = envelope.get("data")
    if isinstance(data, dict):
        made["data"] = {
            name: _pseudonymised(value, key) if name in PSEUDONYMISED else value for name, value in data.items()
        }
    return made


def _pseudonymised(value: Any, key: bytes) -> Any:
    return personal.pseudonym(value, key) if isinstance(value, str) and personal.find(value) else value


def masked_text(text: str) -> str:
    """A text that may be broken JSON, with personal data and the values of fields named after it masked."""
    if '"' not in text and "\\" not in text:  # neither names nor escapes
        return personal.mask(text)
    plain = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text)
    masked = personal.mask(_NAMED_VALUE.sub(_empty, plain))
    return text if masked == plain else masked


_NAMED_VALUE: Final = re.compile(r'"([^"\\]{1,64})"\s*:\s*("(?:[^"\\]|\\.)*"?|[^\s,}\]"]+)')

_ESCAPED: Final = re.compile(r"\\u00([2-7][0-9A-Fa-f])")


def _empty(pair: re.Match[str]) -> str:
    return f'"{pair[1]}":"{personal.MASKED}"' if personal.names_person(pair[1]) else pair[0]


def _text(original: bytes) -> str:
    return original.decode("utf-8", "replace")
