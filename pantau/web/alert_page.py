"""The page behind a signed link: GET shows an alert and changes nothing, POST takes it on.

Links are opened by people and by previews of messengers alike, so that only the button acts. It works without
JavaScript on any telephone.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

import anyio.to_thread
import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from dashboards.words import Say
from pantau.alert_texts import moment_text
from pantau.alerting.links import is_signed
from pantau.alerting.together import read_together
from pantau.domain.alerts.states import Acknowledgement, State, is_due_day
from pantau.domain.errors import NotNow
from pantau.domain.indicators import Language, Text
from pantau.domain.personal import mask
from pantau.domain.registry import Registry
from pantau.domain.zones import local_day
from pantau.texts import day_text
from pantau.web.pages import HEADERS, page
from storage.alert_reading import read_answers, read_with_code
from storage.engine import Answer

LARGEST_BODY: Final = 4_096
LONGEST_NOTE: Final = 300
LONGEST_NAME: Final = 60
REPEATED_WITHIN_MS: Final = 3_600_000

_WORDS: Final = {
    "title": Text("Peringatan", "Alert"),
    "state": Text("Keadaan", "State"),
    "by": Text("Nama atau jabatan", "Name or role"),
    "note": Text("Tindakan yang diambil", "What is being done"),
    "due": Text("Tenggat (boleh kosong)", "Due (may be empty)"),
    "take": Text("Saya tindaklanjuti", "I take this on"),
    "done": Text("Sudah selesai", "It is done"),
    "answers": Text("Jawaban", "Answers"),
    "nobody": Text("Belum ada yang menindaklanjuti.", "Nobody has taken this on yet."),
    "invalid": Text(
        "Tautan ini tidak berlaku. Mohon buka tautan dari pesan terbaru, atau hubungi operator.",
        "This link is not valid. Open the link of the newest message, or ask the operator.",
    ),
    "name_missing": Text("Isi nama atau jabatan, paling banyak 60 huruf.", "Give a name or role, at most 60 letters."),
    "too_long": Text("Isian tindakan paling banyak 300 huruf.", "What is being done has at most 300 letters."),
    "bad_due": Text("Tulis tanggal seperti 2026-11-20.", "Write a date such as 2026-11-20."),
    "due_over": Text(
        "Pilih tenggat dari hari ini sampai setahun lagi.", "Choose a due day from today to a year ahead."
    ),
    "away": Text(
        "Data sedang tidak dapat dibaca; mohon coba beberapa saat lagi.",
        "The data cannot be read now; try again in a moment.",
    ),
    "no_message": Text("Belum ada pesan untuk peringatan ini.", "There is no message about this alert yet."),
}


_FIELD_OF: Final = {"name_missing": "by", "too_long": "note", "bad_due": "due", "due_over": "due"}
"""What may be wrong with an answer, and at which field."""


class AlertDesk(Protocol):
    """What the page needs: what is kept of alerts, the key that links are signed with, and somebody who remembers."""

    @property
    def registry(self) -> Registry: ...  # noqa: D102

    def query(self, name: str, params: Mapping[str, Any] | None = None) -> Answer: ...  # noqa: D102
    def secret(self) -> bytes: ...  # noqa: D102
    def now(self) -> int: ...  # noqa: D102
    def answer_alert(self, answer: Acknowledgement) -> None: ...  # noqa: D102


def routes(desk: AlertDesk) -> list[HTTPRouteHandler]:
    """``GET`` and ``POST /a/{code}?k=signature``."""

    @get("/a/{code:str}", include_in_schema=False)
    async def show(code: FromPath[str], k: FromQuery[str] = "", lang: FromQuery[str] = "id") -> Response[str]:
        language: Language = "en" if lang == "en" else "id"
        return await anyio.to_thread.run_sync(_shown, desk, code, k, language)

    @post("/a/{code:str}", include_in_schema=False)
    async def answer(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[str]:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_BODY:
                return _page("id", [_WORDS["too_long"].read("id")], status=413)
        form = {name: values[-1].strip() for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        return await anyio.to_thread.run_sync(_answered, desk, code, form)

    return [show, answer]


def _alert(desk: AlertDesk, code: str, given: str) -> tuple[str, str] | None:
    """The alert of a code for which the signature is right, and its unit; a wrong code and a wrong one look alike."""
    secret = desk.secret()
    return next((found for found in read_with_code(desk.query, code) if is_signed(secret, found[0], given)), None)


def _shown(
    desk: AlertDesk,
    code: str,
    k: str,
    language: Language,
    form: Mapping[str, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response[str]:
    """The page; with what was filled in and what is wrong with it, where a form was refused."""
    try:
        found = _alert(desk, code, k)
        if found is None:
            return _page(language, [_WORDS["invalid"].read(language)], status=404)
        alert, unit = found
        together = read_together(desk.query, alert, unit)
        texts = [sent for sent in together.messages() if sent.kind != "reply"]
        answers = together.answers()
        zone = desk.registry.zone(unit)
        state = together.state(local_day(zone, desk.now()))
    except NotNow:
        return _page(language, [_WORDS["away"].read(language)], status=503)
    message = (
        (texts[-1].text if language == "id" else texts[-1].text_en) if texts else _WORDS["no_message"].read(language)
    )
    said = []
    for each in answers:
        due = f", {day_text(each.due, language)}" if each.due else ""
        done = f" · {_WORDS['done'].read(language)}" if each.done else ""
        said.append(f"{moment_text(each.at, zone, language)} · {each.by}: {each.note}{due}{done}")
    lines = [line for line in message.splitlines() if f"/a/{code.upper()}?" not in line]  # who reads it here is there
    filled = {**(form or {}), "code": code.upper(), "k": k}
    return _page(language, lines, state=state, answers=said, form=filled, wrong=wrong, status=status)


def _answered(desk: AlertDesk, code: str, form: Mapping[str, str]) -> Response[str]:
    language: Language = "en" if form.get("lang") == "en" else "id"
    k = form.get("k", "")
    try:
        found = _alert(desk, code, k)
    except NotNow:
        return _page(language, [_WORDS["away"].read(language)], status=503)
    if found is None:
        return _page(language, [_WORDS["invalid"].read(language)], status=404)
    by, note, due_text = (form.get(name, "") for name in ("by", "note", "due"))
    wrong = ""
    due: date | None = None
    if not 0 < len(by) <= LONGEST_NAME:
        wrong = "name_missing"
    elif len(note) > LONGEST_NOTE:
        wrong = "too_long"
    elif due_text:
        try:
            due = date.fromisoformat(due_text)
        except ValueError:
            wrong = "bad_due"
    now = desk.now()
    if due is not None and not is_due_day(due, local_day(desk.registry.zone(found[1]), now)):
        wrong = "due_over"
    if wrong:
        return _shown(desk, code, k, language, form, wrong, 400)
    done = form.get("done") == "1"
    given = Acknowledgement(alert=found[0], at=now, by=mask(by), note=mask(note), due=due, done=done)
    try:
        if not _is_repeated(given, read_answers(desk.query, found[0])):
            desk.answer_alert(given)
    except NotNow:
        filled = {**form, "code": code.upper(), "k": k}
        return _page(language, [_WORDS["title"].read(language)], form=filled, wrong="away", status=503)
    suffix = "&lang=en" if language == "en" else ""
    where = f"/a/{code.upper()}?k={k}{suffix}"
    return Response("", status_code=303, headers={**HEADERS, "location": where}, media_type="text/plain")


def _is_repeated(given: Acknowledgement, answers: Sequence[Acknowledgement]) -> bool:
    """Whether the last answer says the same and is young: a button was pressed twice, or the form sent again."""
    if not answers:
        return False
    last = answers[-1]
    return given.at - last.at < REPEATED_WITHIN_MS and msgspec.structs.replace(given, at=last.at) == last


def _page(
    language: Language,
    lines: Sequence[str],
    *,
    state: State | None = None,
    answers: Sequence[str] | None = None,
    form: Mapping[str, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response[str]:
    """A page of lines, the first as its title; ``form`` is what its form holds, ``wrong`` the key of what is wrong."""
    return page(
        "alert.html",
        _WORDS,
        language,
        status=status,
        lines=lines,
        state=None if state is None else Say(language)(f"state.{state}"),
        answers=answers,
        form=form,
        wrong=wrong,
        wrong_field=_FIELD_OF.get(wrong),
        longest_name=LONGEST_NAME,
        longest_note=LONGEST_NOTE,
    )
