"""The pages of the panel, rendered from templates, and the files that they load."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment

from adjudicator.explain.html import environment
from adjudicator.words import LANGUAGES, tag_of, words_for

ASSETS: Final[Mapping[str, str]] = {
    "panel.css": "text/css",
    "panel.js": "text/javascript",
    "element.js": "text/javascript",
    "desk.css": "text/css",
    "desk.js": "text/javascript",
}
"""The files that pages load, with their media types."""
NAMES: Final = {"en": "English", "zh_Hans": "简体", "zh_Hant": "繁體"}
"""Each language in itself."""
_SAID: Final = (
    *("loading", "slow", "offline", "expired", "used", "other_order", "nothing", "changed", "failed", "unfit"),
    *("copied", "decided_again", "order_number", "pass", "open", "try_again", "show_new", "sending", "busy"),
    "some_pictures",
)
_OF_RULINGS: Final = ("ruled", "waits", "rejected", "overtaken")
_OF_PAYOUTS: Final = ("choose", "moved", "not_payable", "some_released", "all_released")
_SAID_AT_THE_DESK: Final = (
    "expired",
    "no_key",
    "not_signed_in",
    "other_order",
    "nothing",
    "confirmed",
    "reversed",
    *_OF_RULINGS,
    *_OF_PAYOUTS,
)
MESSAGES: Final = {name: f"panel.message.{name}" for name in _SAID}
"""What the script says, in the language of the page: codes by name."""
AT_THE_DESK: Final = MESSAGES | {name: f"desk.message.{name}" for name in _SAID_AT_THE_DESK}
"""The same at the desk, to people who have signed in."""


@cache
def asset(name: str) -> bytes:
    """A file that pages load."""
    return (files("adjudicator.desk") / "assets" / name).read_bytes()


@cache
def version() -> str:
    """A name for the present content of all files: their addresses change with it."""
    return hashlib.sha256(b"".join(map(asset, ASSETS))).hexdigest()[:12]


def rendered(template: str, language: str, *, said: Mapping[str, str] = MESSAGES, **values: Any) -> bytes:
    """A page in a language; ``said`` is what its script says."""
    words = words_for(None, language)
    languages = [(tag_of(each), NAMES[each], each == language) for each in LANGUAGES]
    page = _environment().get_template(template)
    messages = {name: words.say(code) for name, code in said.items()}
    fixed = {"language": language, "languages": languages, "say": words.say, "messages": messages, "version": version()}
    return page.render(**fixed, **values).encode()


def shell(language: str, host: str, token: str) -> bytes:
    """The page into which the script puts a panel. It holds nothing of a case, and a token only if it was posted."""
    return rendered("shell.html", language, host=host, token=token)


def at_the_desk(template: str, language: str, **values: Any) -> bytes:
    """A page of the desk."""
    return rendered(template, language, said=AT_THE_DESK, **values)


class _Verbatim(str):
    """A text of several lines that is kept as it is, except for HTML escaping."""

    __slots__ = ()


@cache
def _environment() -> Environment:
    made = environment("adjudicator.desk")
    made.filters["verbatim"] = _Verbatim
    return made
