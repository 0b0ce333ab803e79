"""Ways a message goes out: a file, a webhook, Telegram, a Fonnte-type gateway, WhatsApp Cloud API, e-mail; or apprise.

Each tells the truth about an attempt: a status of 200 may carry a refusal, a refused connection may be tried again, an
answer that never came may mean that the message arrived. None of the services takes an idempotency key, so a message
may arrive twice; it then carries the same code, and says that it was sent again.
"""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import httpx
import msgspec

from pantau.alerting.receipts import note_of
from pantau.domain.alerts.delivery import IN_DOUBT, Attempt
from pantau.domain.errors import BadSetup

CONNECT_SECONDS: Final = 4.0
READ_SECONDS: Final = 20.0
_NOTE: Final = 200


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent. ``key`` is the same at every attempt; ``thread`` is shared by the messages of one alert."""

    key: str
    thread: str
    kind: str
    unit: str
    text: str

    @property
    def subject(self) -> str:
        """The first line."""
        return self.text.partition("\n")[0]


def send(address: str, letter: Letter, *, read_seconds: float = READ_SECONDS) -> Attempt:
    """Send a letter to an address and say how it went. Blocks, at most some twenty seconds.

    An address that cannot be used is refused, and not shown. Raises BadSetup, which shows none, for one of no known
    kind.
    """
    try:
        parts = urlsplit(address)
        return WAYS.get(parts.scheme, _apprise)(parts, letter, read_seconds)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return Attempt("retry", f"not reached: {type(error).__name__}")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, ValueError) as error:
        return Attempt("refused", f"the address cannot be used: {type(error).__name__}; see docs/alerts.md")
    except httpx.HTTPError as error:
        return Attempt("unclear", f"{IN_DOUBT}: {type(error).__name__}")


def _file(parts: SplitResult, letter: Letter, _: float) -> Attempt:
    path = Path(unquote(parts.path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{letter.text}\n\n")
    except OSError as error:
        return Attempt("retry", f"not written: {error.strerror}")
    return Attempt("sent", path.name)


def _webhook(parts: SplitResult, letter: Letter, read_seconds: float) -> Attempt:
    body = msgspec.json.encode(letter)
    headers = {"content-type": "application/json", "idempotency-key": letter.key}
    answer = _post(parts.geturl(), read_seconds, content=body, headers=headers)
    return _by_status(answer) or Attempt("sent", f"HTTP {answer.status_code}")


def _telegram(parts: SplitResult, letter: Letter, read_seconds: float) -> Attempt:
    """``telegram://TOKEN@CHAT``; the token holds a colon, so it stands as user and password."""
    token = parts.netloc.rpartition("@")[0]
    chat = parts.netloc.rpartition("@")[2]
    api = _option(parts, "api", "https://api.telegram.org")
    answer = _post(f"{api}/bot{unquote(token)}/sendMessage", read_seconds, json={"chat_id": chat, "text": letter.text})
    told = _json(answer)
    wait = told.get("parameters", {}).get("retry_after") if isinstance(told.get("parameters"), dict) else None
    failed = _by_status(answer, retry_after=wait)
    if failed is not None:
        return failed
    if told.get("ok") is not True:
        return Attempt("refused", _short(told.get("description", "not ok")))
    result = told.get("result")
    return Attempt("sent", f"message {result.get('message_id')}" if isinstance(result, dict) else "")


def _fonnte(parts: SplitResult, letter: Letter, read_seconds: float) -> Attempt:
    """``fonnte://TOKEN@TARGET``: a gateway that answers 200 with ``{"status": false}`` when it refuses."""
    host = _option(parts, "host", "https://api.fonnte.com")
    form = {"target": parts.hostname or "", "message": letter.text, "countryCode": "62"}
    answer = _post(f"{host}/send", read_seconds, data=form, headers={"authorization": unquote(parts.username or "")})
    failed = _by_status(answer)
    if failed is not None:
        return failed
    told = _json(answer)
    if told.get("status") is True:
        ids = told.get("id")
        return Attempt("sent", note_of("fonnte", ids[0] if isinstance(ids, list) and ids else ids))
    reason = _short(told.get("reason") or told.get("detail") or "status false")
    later = any(word in reason.casefold() for word in ("disconnect", "pending", "limit", "quota", "busy"))
    return Attempt("retry" if later else "refused", reason)


_WHATSAPP_LATER: Final = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131048, 131056})
"""Codes of the Cloud API that pass by themselves: rate limits and trouble on its side."""


def _whatsapp(parts: SplitResult, letter: Letter, read_seconds: float) -> Attempt:
    """``whatsapp://TOKEN@PHONE_ID/TARGET?template=NAME``: a template with the lines of the message as one variable.

    What answers a message of theirs needs no template.
    """
    api = _option(parts, "api", "https://graph.facebook.com/v21.0")
    body: dict[str, Any] = {"messaging_product": "whatsapp", "to": parts.path.strip("/")}
    if letter.kind == "reply":  # whoever wrote within a day may be answered freely
        body |= {"type": "text", "text": {"body": letter.text}}
    else:
        text = " · ".join(letter.text.splitlines())  # a variable of a template holds no line break
        body |= {
            "type": "template",
            "template": {
                "name": _option(parts, "template", "pantau_alert"),
                "language": {"code": _option(parts, "lang", "id")},
                "components": [{"type": "body", "parameters": [{"type": "text", "text": text}]}],
            },
        }
    headers = {"authorization": f"Bearer {unquote(parts.username or '')}"}
    answer = _post(f"{api}/{parts.hostname}/messages", read_seconds, json=body, headers=headers)
    told = _json(answer)
    error = told.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        return Attempt("retry" if code in _WHATSAPP_LATER else "refused", _short(f"{code}: {error.get('message')}"))
    failed = _by_status(answer)
    if failed is not None:
        return failed
    sent = told.get("messages")
    if isinstance(sent, list) and sent:
        return Attempt("sent", note_of("whatsapp", sent[0].get("id", "")))
    return Attempt("unclear", f"{IN_DOUBT} that says what became of it")


def _smtp(parts: SplitResult, letter: Letter, read_seconds: float) -> Attempt:
    """``smtp://[user:password@]host[:port]/?from=…&to=…``; ``smtps://`` speaks TLS from the begin, else STARTTLS."""
    sender, to = _option(parts, "from", "pantau@localhost"), _option(parts, "to", "")
    if not to:
        raise ValueError("to whom is missing")
    host = parts.hostname or "localhost"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, letter.subject
    domain = sender.rpartition("@")[2] or "localhost"
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{_digest(letter.key)}@{domain}>"
    mail["References"] = f"<{_digest(letter.thread)}@{domain}>"
    mail.set_content(letter.text)
    body_sent = False
    try:
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=read_seconds, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=read_seconds)
        with server:
            if parts.scheme == "smtp" and server.ehlo()[0] == 250 and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            body_sent = True
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        return Attempt("retry" if 400 <= code < 500 else "refused", f"SMTP {code}")
    except smtplib.SMTPResponseException as error:
        return Attempt("retry" if 400 <= error.smtp_code < 500 else "refused", f"SMTP {error.smtp_code}")
    except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
        what = type(error).__name__
        return Attempt("unclear", f"{IN_DOUBT}: {what}") if body_sent else Attempt("retry", f"not reached: {what}")
    except OSError as error:
        return Attempt("retry", f"not reached: {type(error).__name__}")
    return Attempt("sent", str(mail["Message-ID"]))


def _apprise(parts: SplitResult, letter: Letter, read_seconds: float) -> Attempt:
    """Any service that apprise knows, such as ``slack://…``. It hides the answer: what failed is tried again."""
    import apprise  # a hundred services: half a second that most processes never need

    address = parts.geturl()
    sender = apprise.Apprise()
    if not sender.add(f"{address}{'&' if parts.query else '?'}rto={read_seconds:g}&cto={CONNECT_SECONDS:g}"):
        known = ", ".join(sorted(WAYS))
        raise BadSetup(f"no channel is called {parts.scheme or 'nothing'!r}; known are {known} and those of apprise")
    head, _, rest = letter.text.partition("\n")
    is_sent = sender.notify(body=rest or head, title=head if rest else "", body_format=apprise.NotifyFormat.TEXT)
    return Attempt("sent", "apprise") if is_sent else Attempt("retry", "apprise: not sent")


Way = Callable[[SplitResult, Letter, float], Attempt]

WAYS: Final[Mapping[str, Way]] = {
    "file": _file,
    "http": _webhook,
    "https": _webhook,
    "telegram": _telegram,
    "fonnte": _fonnte,
    "whatsapp": _whatsapp,
    "smtp": _smtp,
    "smtps": _smtp,
}


def _post(url: str, read_seconds: float, **more: Any) -> httpx.Response:
    timeout = httpx.Timeout(read_seconds, connect=CONNECT_SECONDS)
    return httpx.post(url, timeout=timeout, follow_redirects=False, **more)


def _by_status(answer: httpx.Response, *, retry_after: Any = None) -> Attempt | None:
    """What a status says by itself; None for one of success."""
    if 200 <= answer.status_code < 300:
        return None
    note = f"HTTP {answer.status_code}"
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        told = retry_after if retry_after is not None else answer.headers.get("retry-after", "")
        wait = int(told) * 1000 if str(told).isdigit() else None
        return Attempt("retry", note, wait)
    return Attempt("refused", note)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _option(parts: SplitResult, name: str, default: str) -> str:
    return parse_qs(parts.query).get(name, [default])[0]


def _short(value: object) -> str:
    return str(value)[:_NOTE]


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
