"""As much of Grafana 12 and 13 as we call, as a real HTTP server: paths by uid, its errors, its habits.

What it refuses is what those versions refuse (facts of their documentation): paths by number are gone, a folder must be
there, a data source's password is never told, an older version is in conflict unless overwritten, a service account
without the role is told 403, and deletions may answer with nothing at all (204).
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_of_the_tests"
Json = dict[str, Any]


class Refused(Exception):
    """An answer that is none of success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Stub:
    """One Grafana with one organisation, in memory."""

    def __init__(self) -> None:
        self.folders: dict[str, Json] = {}
        self.sources: dict[str, Json] = {}
        self.boards: dict[str, tuple[Json, Json]] = {}
        self.notes: dict[int, Json] = {}
        self.asked: list[tuple[str, str]] = []
        self.role = "Admin"
        self.fails: Callable[[str, str], int | None] = lambda method, path: None
        """A status to answer with instead, or None."""
        handler = type("Handler", (_Handler,), {"stub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/grafana"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def written(self) -> list[tuple[str, str]]:
        """The calls that change something."""
        return [(method, path) for method, path in self.asked if method != "GET"]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        """What Grafana says; None is a 204."""
        parts = path.strip("/").split("/")
        if method != "GET" and self.role == "Viewer":
            raise Refused(403, "You'll need additional permissions to perform this action")
        match method, parts:
            case "GET", ["folders", uid]:
                return _found(self.folders, uid, "folder not found")
            case "POST", ["folders"]:
                if body["uid"] in self.folders:
                    raise Refused(409, "a folder with the same uid already exists")
                self.folders[body["uid"]] = {"uid": body["uid"], "title": body["title"], "version": 1}
                return self.folders[body["uid"]]
            case "PUT", ["folders", uid]:
                folder = _found(self.folders, uid, "folder not found")
                if not body.get("overwrite") and body.get("version") != folder["version"]:
                    raise Refused(412, "the folder has been changed by someone else")
                folder |= {"title": body["title"], "version": folder["version"] + 1}
                return folder
            case "GET", ["datasources", "uid", uid]:
                return _told(_found(self.sources, uid, "Data source not found"))
            case "POST", ["datasources"]:
                if any(source["name"] == body["name"] for source in self.sources.values()):
                    raise Refused(409, "data source with the same name already exists")
                self.sources[body["uid"]] = body | {"id": len(self.sources) + 1, "readOnly": False}
                return {"message": "Datasource added", "datasource": _told(self.sources[body["uid"]])}
            case "PUT", ["datasources", "uid", uid]:
                source = _found(self.sources, uid, "Data source not found")
                if source["readOnly"]:
                    raise Refused(403, "Cannot update read-only data source")
                source |= body
                return {"message": "Datasource updated", "datasource": _told(source)}
            case "GET", ["dashboards", "uid", uid]:
                board, meta = _found(self.boards, uid, "Dashboard not found")
                return {"dashboard": board, "meta": meta}
            case "POST", ["dashboards", "db"]:
                return self._save(body)
            case "GET", ["annotations"]:
                wanted = set(query.get("tags", []))
                return [note for note in self.notes.values() if wanted <= set(note["tags"])]
            case "POST", ["annotations"]:
                number = max(self.notes, default=0) + 1
                self.notes[number] = {"id": number, "alertId": 0} | body
                return {"message": "Annotation added", "id": number}
            case "PUT", ["annotations", number]:
                note = _found(self.notes, int(number), "annotation not found")
                note |= body
                return {"message": "Annotation updated"}
            case "DELETE", ["annotations", number]:
                _found(self.notes, int(number), "annotation not found")
                del self.notes[int(number)]
                return None
        raise Refused(404, "Not found")

    def _save(self, body: Json) -> Json:
        board = body["dashboard"]
        if not board.get("title"):
            raise Refused(400, "Dashboard title cannot be empty")
        if body["folderUid"] not in self.folders:
            raise Refused(400, "folder not found")
        there = self.boards.get(board["uid"])
        if there and there[1]["provisioned"]:
            raise Refused(400, "Cannot save provisioned dashboard")
        version = there[0]["version"] if there else 0
        if there and not body.get("overwrite") and board.get("version") != version:
            raise Refused(412, "The dashboard has been changed by someone else")
        number = there[0]["id"] if there else len(self.boards) + 1
        saved = board | {"id": number, "version": version + 1}
        self.boards[board["uid"]] = (saved, {"folderUid": body["folderUid"], "provisioned": False})
        return {"uid": board["uid"], "status": "success", "version": version + 1, "url": f"/d/{board['uid']}"}


def _found(table: dict[Any, Any], key: Any, message: str) -> Any:
    if key not in table:
        raise Refused(404, message)
    return table[key]


def _told(source: Json) -> Json:
    """A data source as it is told: which secrets there are, never what they are."""
    secret = source.get("secureJsonData", {})
    return {key: value for key, value in source.items() if key != "secureJsonData"} | {
        "secureJsonFields": dict.fromkeys(secret, True)
    }


class _Handler(BaseHTTPRequestHandler):
    stub: Stub

    def _do(self) -> None:
        parts = urlsplit(self.path)
        size = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(size) or b"null")
        path = parts.path.removeprefix("/grafana/api")
        self.stub.asked.append((self.command, path))
        try:
            if self.headers.get("authorization") != f"Bearer {TOKEN}":
                raise Refused(401, "Invalid API key")
            if status := self.stub.fails(self.command, path):
                raise Refused(status, "as the test wishes")
            answer, status = self.stub.answer(self.command, path, parse_qs(parts.query), body), 200
        except Refused as refused:
            answer, status = {"message": refused.message}, refused.status
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(204 if answer is None else status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _do

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
