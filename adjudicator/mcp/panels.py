"""The panel as an MCP app (SEP-1865): one page that hosts show beside a result, and the panel of a result in every language.

The page holds nothing of a case. What it shows comes with the result, in its metadata, which hosts do not hand to the model. All text in it
has been escaped, and a policy in the page allows its own script and style alone, so nothing in a case could ever run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson
from jinja2 import Environment

from adjudicator.analysis.entitlements import load_inquiry
from adjudicator.api import decide
from adjudicator.desk import pages
from adjudicator.desk.cases import Standing
from adjudicator.desk.panel import Panel, panel_for, script_items
from adjudicator.desk.rights import rights_under
from adjudicator.explain.html import environment
from adjudicator.extras import importing
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.service.budget import budget
from adjudicator.service.panel_tokens import Grant
from adjudicator.service.problems import Problem
from adjudicator.store import Summary
from adjudicator.wire.codec import document_of, load_case, load_decision
from adjudicator.words import LANGUAGES, tag_of, words_for

with importing("mcp"):
    import mcp_types as types
    from mcp.server.apps import APP_MIME_TYPE

URI: Final = "ui://adjudicator/panel"
ABOUT: Final = {"ui": {"permissions": {"clipboardWrite": {}}, "prefersBorder": False}}
"""What the page asks of its host: to copy texts, and no frame around it. Without domains, hosts let it load nothing."""
PANELS: Final = "adjudicator/panels"
"""The member of a result's metadata: the panel by language."""
SECONDS: Final = 5.0
"""How long the panel of a result may take. Without one, the page shows the summary."""
_SAID: Final = {
    "loading": "panel.message.loading",
    "cancelled": "panel.message.cancelled",
    "refused": "panel.message.refused",
}

Panels = Mapping[str, str]
Make = Callable[[Mapping[str, Any], Any], Panels]
"""The panels of a result from the arguments of a call and the answer to it."""


def resource() -> types.Resource:
    """The page, as clients list it."""
    return types.Resource(
        uri=URI,
        name="panel",
        title=words_for(None, LANGUAGES[0]).say("panel.title"),
        description="Shows the result of a tool beside a conversation: what was decided and why, what is missing, what to say.",
        mime_type=APP_MIME_TYPE,
        _meta=ABOUT,
    )


def contents() -> types.TextResourceContents:
    """The page, as clients read it."""
    return types.TextResourceContents(uri=URI, mime_type=APP_MIME_TYPE, text=page(), _meta=ABOUT)


@cache
def page() -> str:
    """The page: one document, with its style and script."""
    style = pages.asset("panel.css").decode()
    script = (files("adjudicator.mcp") / "templates" / "app.js").read_text("utf-8")
    said = {
        tag_of(language): {name: words_for(None, language).say(code) for name, code in _SAID.items()}
        for language in LANGUAGES
    }
    return (
        _environment()
        .get_template("app.html")
        .render(
            title=words_for(None, LANGUAGES[0]).say("panel.title"),
            said=orjson.dumps(said).decode(),
            style=_Ours(style),
            script=_Ours(script),
            style_digest=_digest(style),
            script_digest=_digest(script),
        )
    )


class _Ours(str):
    """A text of our own files, which is no text to be shown."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _digest(text: str) -> str:
    """The source expression of a text in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def metadata(make: Make, arguments: Mapping[str, Any], answer: Any) -> dict[str, Any] | None:
    """The panels of a result as its metadata; ``None`` if they take too long, or another version of the service has answered."""
    try:
        with budget(SECONDS):
            return {PANELS: make(arguments, answer)}
    except (InputError, Problem):
        return None


def of_a_decision(arguments: Mapping[str, Any], answer: Any) -> Panels:
    """The panel of a decision, as at its own instant. Nothing can be answered on it: what is missing is asked in the conversation."""
    decision, case = load_decision(orjson.dumps(answer)), load_case(orjson.dumps(arguments["case"]))

    def panel(language: str) -> str:
        made = _panel(decision, case, language)
        now = words_for(None, language, exact=False).moment(decision.as_of)
        content = pages.rendered(
            "panel.html",
            language,
            panel=made,
            order=_order_of(case),
            case=case.id,
            script=script_items(made),
            now=now,
            changed=None,
            rights=None,
        )
        return content.decode()

    return _in_every_language(panel)


def of_a_check(arguments: Mapping[str, Any], answer: Any) -> Panels:
    """What a case still needs. Raises :class:`InputError` if the service decides under another edition than this program."""
    case = load_case(orjson.dumps(arguments["case"]))
    decision = decide(case)
    if document_of(decision.policy) != answer["policy"]:
        raise InputError([Fault("/policy", shown(answer["policy"]), "the edition that is installed here")])

    def panel(language: str) -> str:
        return _rendered(
            "app_check.html",
            language,
            panel=_panel(decision, case, language),
            order=_order_of(case),
            case=case.id,
            as_of=decision.as_of,
        )

    return _in_every_language(panel)


def of_entitlements(arguments: Mapping[str, Any], answer: Any) -> Panels:
    """What an order has, under the policies of the answer."""
    inquiry = load_inquiry(orjson.dumps(arguments["inquiry"]))
    allowed = frozenset(each["policy"]["id"] for each in answer["lines"])

    def panel(language: str) -> str:
        words = words_for(None, language, exact=False)
        rights = rights_under(inquiry, allowed, (), words, None, at_once=False)
        return _rendered("app_order.html", language, order=inquiry.order.id, rights=rights, as_of=inquiry.as_of)

    return _in_every_language(panel)


def _in_every_language(panel: Callable[[str], str]) -> Panels:
    return {tag_of(language): panel(language) for language in LANGUAGES}


def _panel(decision: Decision, case: Any, language: str) -> Panel:
    standing = Standing(_summary(decision, case), decision, case, (), 0)
    grant = Grant(tenant="", agent="", until=decision.as_of)
    return panel_for(standing, (standing,), grant, language, decision.as_of)


def _order_of(case: Any) -> str | None:
    """The order of a case, if it has one."""
    number: str | None = getattr(getattr(case, "order", None), "id", None)
    return number


def _summary(decision: Decision, case: Any) -> Summary:
    """The entry in the list for a decision that is on no record."""
    return Summary(
        id="",
        number=0,
        order_id=_order_of(case),
        case_id=case.id,
        claim_id=None,
        policy=decision.policy.id,
        edition=decision.policy.edition,
        revision=decision.policy.revision,
        outcome=str(decision.outcome),
        as_of=decision.as_of,
        decided_at=decision.as_of,
        updated_at=decision.as_of,
        decided_by=None,
        supersedes=None,
        superseded_by=None,
        erased=False,
    )


def _rendered(template: str, language: str, as_of: Instant, **values: Any) -> str:
    words = words_for(None, language, exact=False)
    languages = [(tag_of(each), pages.NAMES[each], each == language) for each in LANGUAGES]
    fixed = {"language": language, "languages": languages, "say": words.say, "moment": words.moment(as_of)}
    return _environment().get_template(template).render(**fixed, **values)


@cache
def _environment() -> Environment:
    return environment("adjudicator.mcp", "adjudicator.desk")
