"""The pages that need no JavaScript, rendered from ``templates``: whatever is put into one is escaped there."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from litestar import Response

from pantau.domain.indicators import Language, Text

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
}
"""As everywhere on the page, but that a form may be sent to this server."""


def page(
    template: str, words: Mapping[str, Text], language: Language, *, status: int = 200, **holds: Any
) -> Response[str]:
    """The answer with a template's page, which asks ``word(key)`` for ``words`` and knows what it ``holds``."""

    def word(key: str) -> str:
        return words[key].read(language)

    html = _environment().get_template(template).render(language=language, word=word, **holds)
    return Response(html, status_code=status, headers=HEADERS, media_type="text/html; charset=utf-8")


@cache
def _environment() -> Environment:
    folder = files("pantau") / "web" / "templates"
    return Environment(
        loader=FunctionLoader(lambda name: (folder / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
