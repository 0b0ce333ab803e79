"""Real servers on loopback that behave as services of channels do on bad days: they fail, stall, and lie with 200."""

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HttpServer(ThreadingHTTPServer):
    """Answers by path; remembers what it was sent. ``url`` ends without a slash."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.flaky = 0
        self.updates: list[dict[str, Any]] = []
        """What people wrote to a Telegram bot, the latest last."""


class _Handler(BaseHTTPRequestHandler):
    server: HttpServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append((self.path, dict(self.headers.items()), body))
        status, headers, answer = self._updates(body) if self.path.endswith("/getUpdates") else self._answer()
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _updates(self, body: bytes) -> tuple[int, dict[str, str], Any]:
        if "/botBUSY/" in self.path:
            return 409, {}, {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates"}
        offset = json.loads(body)["offset"]
        return 200, {}, {"ok": True, "result": [each for each in self.server.updates if each["update_id"] >= offset]}

    def _answer(self) -> tuple[int, dict[str, str], Any]:
        path = self.path
        if path.startswith("/slow"):
            time.sleep(1.5)
        if path.startswith("/flaky"):
            self.server.flaky += 1
            return (500 if self.server.flaky % 3 else 200), {}, {}
        if path.startswith("/busy"):
            return 429, {"retry-after": "40"}, {}
        if path.startswith("/gone"):
            return 410, {}, {}
        if path.endswith("/sendMessage"):
            if "limited" in path:
                return 429, {}, {"ok": False, "parameters": {"retry_after": 7}}
            if "blocked" in path:
                return 403, {}, {"ok": False, "description": "bot was blocked by the user"}
            return 200, {}, {"ok": True, "result": {"message_id": 41}}
        if path.endswith("/send"):
            token = self.headers.get("authorization", "")
            if token == "LIAR":
                return 200, {}, {"status": False, "reason": "target invalid"}
            if token == "OFFLINE":
                return 200, {}, {"status": False, "reason": "device disconnected"}
            return 200, {}, {"status": True, "id": ["80367170"]}
        if path.endswith("/messages"):
            if "/130429/" in path:
                return 429, {}, {"error": {"code": 130429, "message": "Rate limit hit"}}
            if "/131026/" in path:
                return 400, {}, {"error": {"code": 131026, "message": "Message undeliverable"}}
            return 200, {}, {"messages": [{"id": "wamid.1"}]}
        return 200, {}, {}

    def log_message(self, *_: object) -> None:
        pass


class SmtpServer(socketserver.ThreadingTCPServer):
    """Enough of SMTP to take a mail, to refuse it for now (452), for good (550), or to hang up after the body."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, behaviour: str = "ok") -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.behaviour = behaviour
        self.mails: list[str] = []
        self.port = int(self.server_address[1])


class _Smtp(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            verb = line.decode().strip().upper()
            if verb.startswith(("EHLO", "HELO", "MAIL")):
                self._say("250 fine")
            elif verb.startswith("RCPT"):
                codes = {"later": "452 mailbox full", "never": "550 no such user"}
                self._say(codes.get(self.server.behaviour, "250 fine"))
            elif verb == "DATA":
                self._say("354 go on")
                lines = []
                while (part := self.rfile.readline().decode()) != ".\r\n":
                    lines.append(part)
                self.server.mails.append("".join(lines))
                if self.server.behaviour == "hang_up":
                    return
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def running(server: Any) -> Iterator[Any]:
    """The server, until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
