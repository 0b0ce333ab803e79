"""A fault told in one language is told again in the other as if it had been told in it at first."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pantau.domain import rejections
from pantau.domain.errors import Fault
from pantau.domain.registry import Source
from pantau.domain.rejections import Rejection
from pantau.domain.retelling import Retelling
from pantau.domain.spans import Language
from pantau.domain.validation import Limits, accept
from producers.mapping import wording
from producers.mapping.wording import Wording
from tests.properties.test_validation_laws import NOW, PSEUDONYMS, REGISTRY, SECRET, SOURCE, spoilt
from tests.unit.envelopes import IMPORT, LIMITED, said

RETELLING = Retelling(wording.TEXTS)
languages = st.sampled_from(["id", "en"])


def told(raw: bytes, language: Language, source: Source, now: int = NOW) -> tuple[Fault, ...]:
    judged = accept(
        raw,
        registry=REGISTRY,
        source=source,
        now=now,
        secret=SECRET,
        limits=Limits(event_bytes=4096, language=language),
    )
    return judged.reasons if isinstance(judged, Rejection) else ()


@given(spoilt(), st.sampled_from([SOURCE, PSEUDONYMS, LIMITED, IMPORT]), st.integers(0, NOW))
def test_every_fault_is_told_again_as_the_other_language_would_have_told_it(
    envelope: dict[str, object], source: Source, now: int
) -> None:
    raw = msgspec.json.encode(envelope)
    indonesian, english = told(raw, "id", source, now), told(raw, "en", source, now)
    assert tuple(RETELLING.retell(fault, "en") for fault in indonesian) == english
    assert tuple(RETELLING.retell(fault, "id") for fault in english) == indonesian
    assert tuple(RETELLING.retell(fault, "id") for fault in indonesian) == indonesian


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", msgspec.json.encode(said(id="x" * 9000)), b'{"type":"a","type":"b"}'], ids=repr
)
def test_what_is_no_event_at_all_is_told_again_too(raw: bytes) -> None:
    indonesian, english = told(raw, "id", SOURCE), told(raw, "en", SOURCE)
    assert indonesian
    assert tuple(RETELLING.retell(fault, "en") for fault in indonesian) == english


@pytest.mark.parametrize("name", sorted(wording.TEXTS))
def test_faults_of_rows_are_told_again(name: str) -> None:
    facts = {"what": "%d/%m/%Y %H:%M, iso", "kind": "ticket.created"}
    indonesian, english = (Wording(language).fault(name, "dibuat", "besok", **facts) for language in ("id", "en"))
    assert RETELLING.retell(indonesian, "en") == english
    assert RETELLING.retell(english, "id") == indonesian


def test_a_text_has_one_name_in_both_languages_and_for_all_facts() -> None:
    faults = [
        rejections.flaw("too_old", "time", "1999", language, age=age, limit="7 hari").fault
        for language in ("id", "en")
        for age in ("3 hari", "9000 days")
    ]
    assert {RETELLING.name(fault) for fault in faults} == {"too_old"}


def test_a_fault_of_no_known_text_stays_as_it_is() -> None:
    fault = Fault(field="a", value="b", rule="something else", todo="mend it")
    assert RETELLING.retell(fault, "en") == fault
    assert RETELLING.name(fault) == "something else"
