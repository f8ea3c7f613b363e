"""What requests and answers have in common: parameters, headers and bodies that several operations share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.analysis.work import MOST_WORK
from adjudicator.explain import Format
from adjudicator.model.time import Instant
from adjudicator.service import examples
from adjudicator.service.operations import (
    TEXT,
    Body,
    Header,
    InvalidValue,
    Link,
    Parameter,
    a_choice,
    a_number,
    a_switch,
    a_text,
)
from adjudicator.service.schemas import ref
from adjudicator.store import LONGEST_ID, MOST_LISTED

FORMATS: Final[Mapping[Format, str]] = {"text": TEXT, "markdown": "text/markdown", "html": "text/html"}

DECISION_ID: Final = Parameter(
    name="id", where="path", about="The id of a decision on record.", required=True, **a_text(LONGEST_ID)
)
FILL: Final = Parameter(
    name="fill_settlements",
    about=(
        "Add to `settlements` what is settled on record for the order. The case then holds only what was settled elsewhere. "
        "A case that has no order has no settlements either, and is decided as it is."
    ),
    **a_switch(),
)
VOICE: Final = Parameter(
    name="voice",
    about="Who reads it; nobody is told what does not concern him.",
    default="consumer",
    **a_choice("consumer", "merchant", "agent", "auditor"),
)
WORK: Final = Parameter(
    name="work",
    about="How much to try at most. When it is used up, `complete` in the answer is false: there is more than it says.",
    **a_number(0, MOST_WORK, MOST_WORK),
)
LOCALE: Final = Parameter(
    name="locale",
    about="In which language: `en`, `zh-CN` or `zh-TW`, or the like. Without it, as `Accept-Language` says; English for what is not spoken here.",
    **a_text(LONGEST_ID),
)
FORMAT: Final = Parameter(
    name="format", about="In which format. Without it, as `Accept` says; else text.", **a_choice(*FORMATS)
)
ID: Final = Header(
    name="Decision-Id", about="The id of the decision on record.", schema={"type": "string", "format": "uuid"}
)
REPEAT: Final = Header(
    name="Decision-Repeat",
    about="Whether the decision had been given out before: nothing new is on record.",
    schema={"type": "string", "enum": ["true", "false"]},
)
LOCATION: Final = Header(
    name="Content-Location", about="Where the decision is to be had again.", schema={"type": "string"}
)
A_CASE: Final = Body(schema=ref("Case"), about="The case, as the contract has it.", example=examples.A_CASE)
LEADS_ON: Final[Mapping[str, Link]] = {
    name: Link(operation=name, parameters={"id": "$response.header.Decision-Id"}, about=about)
    for name, about in {
        "get_decision": "The same bytes again.",
        "get_case": "The case that was decided.",
        "get_standing": "How the decision stands.",
        "get_explanation": "The decision in words.",
        "get_what_if": "What would change it.",
        "rerun": "The same case, decided again.",
        "get_payouts": "The payouts of its claim.",
        "settle": "Paying what it awards.",
        "supersede": "Another decision in its place.",
    }.items()
}


def _an_instant(text: str) -> Instant:
    try:
        return Instant.parse(text.replace(" ", "+"))
    except ValueError:
        raise InvalidValue("an RFC 3339 instant with an offset, to the microsecond at most") from None


def _exactly(name: str, about: str) -> Parameter:
    return Parameter(name=name, about=about, **a_text(LONGEST_ID))


LIST_PARAMETERS: Final = (
    Parameter(
        name="updated_since",
        about="Only what changed at this instant or later, by the clocks of the workers.",
        schema={"type": "string", "format": "date-time"},
        read=_an_instant,
    ),
    _exactly("order_id", "Only of this order."),
    _exactly("case_id", "Only of this case."),
    _exactly("claim_id", "Only of this claim."),
    _exactly("outcome", "Only with this outcome."),
    _exactly("policy", "Only under this policy."),
)
CURSOR: Final = Parameter(name="cursor", about="Where to go on: `next_cursor` of the page before.", **a_text(1_000))
LIMIT: Final = Parameter(name="limit", about="How many at most.", **a_number(1, MOST_LISTED, 100))
