"""An existing Grafana over its HTTP API: the only module that knows grafana-api.

That library is no longer kept up, so only calls are used that Grafana 12 and 13 still serve: dashboards and folders by
uid, annotations, and for what it lacks (data sources by uid) its plain GET, POST and PUT. Nothing is asked by number.
File provisioning is the main way to boards; this is for a Grafana that others run.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from pantau.domain.errors import BadSetup, NotNow

Json = dict[str, Any]
T = TypeVar("T")

ANSWER_SECONDS: Final = 20.0
AT_MOST: Final = 10_000
"""Annotations of ours that are asked for at once."""


class Grafana:
    """One organisation of a Grafana. Every call raises BadSetup for what a person must mend, NotNow for a server that
    does not answer.
    """

    def __init__(self, url: str, *, token: str | None = None, user: str | None = None, password: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadSetup(f"{url} is no address of a Grafana; write http://host:3000 or https://host/grafana")
        if token is None and user is None:
            raise BadSetup("no token of a service account is given: set GRAFANA_TOKEN (role Admin, for data sources)")
        prefix = parts.path.strip("/")
        self._url = url
        self._face = GrafanaFace(
            auth=token if token is not None else (user, password),
            host=parts.hostname,
            port=parts.port,
            url_path_prefix=f"{prefix}/" if prefix else "",
            protocol=parts.scheme,
            timeout=ANSWER_SECONDS,
        )

    def folder(self, uid: str) -> Json | None:
        """A folder, if there is one."""
        return self._maybe(lambda: self._face.folder.get_folder(uid))

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        self._ask(lambda: self._face.folder.create_folder(title, uid))

    def rename_folder(self, uid: str, title: str) -> None:
        """Give a folder another title."""
        self._ask(lambda: self._face.folder.update_folder(uid, title, overwrite=True))

    def datasource(self, uid: str) -> Json | None:
        """A data source, if there is one."""
        return self._maybe(lambda: self._face.api.GET(f"/datasources/uid/{uid}"))

    def create_datasource(self, source: Mapping[str, Any]) -> None:
        """Make a data source."""
        self._ask(lambda: self._face.datasource.create_datasource(dict(source)))

    def update_datasource(self, source: Mapping[str, Any]) -> None:
        """Make a data source what it should be, by its uid."""
        self._ask(lambda: self._face.api.PUT(f"/datasources/uid/{source['uid']}", json=dict(source)))

    def board(self, uid: str) -> tuple[Json, Json] | None:
        """A dashboard and what Grafana says about it (folder, version, provisioned), if there is one."""
        found = self._maybe(lambda: self._face.dashboard.get_dashboard(uid))
        return (found["dashboard"], found["meta"]) if found else None

    def save_board(self, board: Mapping[str, Any], *, folder: str, message: str) -> None:
        """Write a dashboard over whatever has its uid."""
        what = {"dashboard": dict(board), "folderUid": folder, "overwrite": True, "message": message}
        self._ask(lambda: self._face.dashboard.update_dashboard(what))

    def annotations(self, tag: str) -> list[Json]:
        """The annotations of the organisation that carry a tag."""
        return self._ask(lambda: self._face.annotations.get_annotation(tags=[tag], limit=AT_MOST)) or []

    def add_annotation(self, *, time: int, end: int, tags: Sequence[str], text: str) -> None:
        """Write an annotation for every board that asks for one of its tags; times in ms UTC."""
        self._ask(lambda: self._face.annotations.add_annotation(time_from=time, time_to=end, tags=[*tags], text=text))

    def change_annotation(self, number: int, *, time: int, end: int, tags: Sequence[str], text: str) -> None:
        """Write an annotation anew."""
        self._ask(
            lambda: self._face.annotations.update_annotation(
                number, time_from=time, time_to=end, tags=[*tags], text=text
            )
        )

    def remove_annotation(self, number: int) -> None:
        """Remove an annotation."""
        self._ask(lambda: self._face.annotations.delete_annotations_by_id(number))

    def close(self) -> None:
        """Close the connections."""
        self._face.api.s.close()

    def _maybe(self, ask: Callable[[], Json]) -> Json | None:
        return self._ask(ask, missing=True)

    def _ask(self, ask: Callable[[], T], *, missing: bool = False) -> T | None:
        try:
            return ask()
        except GrafanaClientError as error:
            if error.status_code == 404 and missing:
                return None
            raise self._refused(error) from error
        except GrafanaException as error:
            raise NotNow(f"Grafana at {self._url} fails: {error}") from error
        except requests.exceptions.JSONDecodeError:
            return None  # an empty answer: done, and nothing to say
        except requests.exceptions.RequestException as error:
            raise NotNow(f"Grafana at {self._url} does not answer: {error}") from error

    def _refused(self, error: GrafanaException) -> BadSetup | NotNow:
        match error.status_code:
            case 401:
                return BadSetup(f"Grafana at {self._url} does not know the token; make one for a service account")
            case 403:
                return BadSetup(
                    f"the token may not do this at {self._url}: {error}; the service account needs role Admin"
                )
            case 412 | 429:
                return NotNow(f"Grafana at {self._url} is busy with the same: {error}")
        return BadSetup(f"Grafana at {self._url} refuses it ({error.status_code}): {error}")
