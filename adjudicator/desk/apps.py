"""The panel as an app in a conversation with an AI agent: one page, and what it shows of an answer, in every language.

The page holds nothing of a case. What it shows comes with each answer. All text in that has been escaped, and a policy in the page allows
its own script and style alone, so nothing in a case could ever run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson

from adjudicator.analysis.entitlements import load_inquiry
from adjudicator.api import decide
from adjudicator.desk import pages
from adjudicator.desk.cases import Standing
from adjudicator.desk.panel import Panel, panel_for, script_items
from adjudicator.desk.rights import rights_under
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.service.panel_tokens import Grant
from adjudicator.store import Summary
from adjudicator.wire.codec import document_of, load_case, load_decision
from adjudicator.words import ENGLISH, LANGUAGES, tag_of, words_for

Panels = Mapping[str, str]
"""What the page shows, by the tag of the language."""
_SAID: Final = {
    "loading": "panel.message.loading",
    "cancelled": "panel.message.cancelled",
    "refused": "panel.message.refused",
}


@cache
def page() -> str:
    """The page: one document, with its style and script."""
    style = pages.asset("panel.css").decode()
    script = (files("adjudicator.desk") / "templates" / "app.js").read_text("utf-8")
    said = {
        tag_of(language): {name: words_for(None, language).say(code) for name, code in _SAID.items()}
        for language in LANGUAGES
    }
    content = pages.rendered(
        "app.html",
        ENGLISH,
        said_by_language=orjson.dumps(said).decode(),
        style=_Ours(style),
        script=_Ours(script),
        style_digest=_digest(style),
        script_digest=_digest(script),
    )
    return content.decode()


class _Ours(str):
    """A text from our own files, which is not shown as text."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _digest(text: str) -> str:
    """The source expression of a text in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def of_a_decision(arguments: Mapping[str, Any], answer: Any) -> Panels:
    """The panel of a decision, as at its own instant. It takes no answers, because the conversation asks for what is missing."""
    decision, case = load_decision(orjson.dumps(answer)), load_case(orjson.dumps(arguments["case"]))

    def panel(language: str) -> str:
        made = _panel(decision, case, language)
        content = pages.rendered(
            "panel.html",
            language,
            panel=made,
            order=_order_of(case),
            case=case.id,
            script=script_items(made),
            now=_moment(decision.as_of, language),
            changed=None,
            rights=None,
            has_pictures=False,
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
        content = pages.rendered(
            "app_check.html",
            language,
            panel=_panel(decision, case, language),
            order=_order_of(case),
            case=case.id,
            moment=_moment(decision.as_of, language),
        )
        return content.decode()

    return _in_every_language(panel)


def of_entitlements(arguments: Mapping[str, Any], answer: Any) -> Panels:
    """What an order has, under the policies of the answer."""
    inquiry = load_inquiry(orjson.dumps(arguments["inquiry"]))
    allowed = frozenset(each["policy"]["id"] for each in answer["lines"])

    def panel(language: str) -> str:
        words = words_for(None, language, exact=False)
        rights = rights_under(inquiry, allowed, (), words, None, at_once=False)
        content = pages.rendered(
            "app_order.html",
            language,
            order=inquiry.order.id,
            rights=rights,
            moment=_moment(inquiry.as_of, language),
        )
        return content.decode()

    return _in_every_language(panel)


PANELS: Final[Mapping[str, Callable[[Mapping[str, Any], Any], Panels]]] = {
    "entitlements": of_entitlements,
    "check": of_a_check,
    "decide": of_a_decision,
    "decide_on_record": of_a_decision,
}
"""What makes the panel of an answer, from the arguments of a call and the answer to it, by the tool that was called."""


def _in_every_language(panel: Callable[[str], str]) -> Panels:
    return {tag_of(language): panel(language) for language in LANGUAGES}


def _panel(decision: Decision, case: Any, language: str) -> Panel:
    standing = Standing(_summary(decision, case), decision, case, (), 0)
    grant = Grant(tenant="", agent="", until=decision.as_of)
    return panel_for(standing, (standing,), grant, language, decision.as_of)


def _moment(instant: Instant, language: str) -> str:
    return words_for(None, language, exact=False).moment(instant)


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
