"""Parameters, headers, bodies and links that several operations share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.analysis.work import MOST_WORK
from adjudicator.explain import READERS, Format, parties
from adjudicator.model.time import Instant, OutOfRange
from adjudicator.service import examples
from adjudicator.service.operations import (
    NDJSON,
    TEXT,
    Body,
    Header,
    InvalidValue,
    Link,
    Parameter,
    boolean,
    choice,
    integer,
    string,
)
from adjudicator.service.schemas import lines_of, ref
from adjudicator.store import LONGEST_ID, MOST_LISTED

FORMATS: Final[Mapping[Format, str]] = {"text": TEXT, "markdown": "text/markdown", "html": "text/html"}

DECISION_ID: Final = Parameter(
    name="id", where="path", description="The id of a recorded decision.", required=True, **string(LONGEST_ID)
)
FILL_SETTLEMENTS: Final = Parameter(
    name="fill_settlements",
    description=(
        "Add the settlements on record for the order to `settlements`. The case must then list only what was settled elsewhere: one that "
        "is on record already is refused. "
        "A case without an order has no settlements, and is decided as it is."
    ),
    **boolean(),
)
VOICE: Final = Parameter(
    name="voice",
    description="Who the explanation is for: it shows only what concerns them. A party that the policy names, such as `client`, reads what is written to it.",
    default="consumer",
    **choice(*READERS, *sorted(parties() - READERS.keys())),
)
WORK: Final = Parameter(
    name="work",
    description="The most work to do. If it is used up, `complete` in the answer is false: there may be more to find.",
    **integer(0, MOST_WORK, MOST_WORK),
)
LOCALE: Final = Parameter(
    name="locale",
    description="The language: `en`, `zh-CN`, `zh-TW` or a similar tag. The default follows `Accept-Language`, or is English.",
    **string(LONGEST_ID),
)
FORMAT: Final = Parameter(
    name="format", description="The format. The default follows `Accept`, or is text.", **choice(*FORMATS)
)
ID: Final = Header(
    name="Decision-Id", description="The id of the recorded decision.", schema={"type": "string", "format": "uuid"}
)
REPEAT: Final = Header(
    name="Decision-Repeat",
    description="Whether this decision had been given out before, so that nothing new was recorded.",
    schema={"type": "string", "enum": ["true", "false"]},
)
LOCATION: Final = Header(
    name="Content-Location", description="The path of the recorded decision.", schema={"type": "string"}
)
CASE: Final = Body(schema=ref("Case"), description="The case to decide or examine.", example=examples.A_CASE)
CASES: Final = Body(
    schema=lines_of("Case"),
    description="A case on each line, in UTF-8, of any length altogether. The result of an invalid one is a problem; the others are decided.",
    media_type=NDJSON,
)
FOLLOW_UPS: Final[Mapping[str, Link]] = {
    name: Link(operation=name, parameters={"id": "$response.header.Decision-Id"}, description=description)
    for name, description in {
        "get_decision": "The same bytes again.",
        "get_case": "The case that was decided.",
        "get_standing": "The status of the decision.",
        "get_explanation": "The decision in words.",
        "get_what_if": "What would change it.",
        "rerun": "The same case, decided again.",
        "get_payouts": "The payouts of its claim.",
        "settle": "Reserve or pay its awards.",
        "supersede": "Replace the decision.",
    }.items()
}


def parse_instant(text: str) -> Instant:
    """Read an instant. Raises :class:`InvalidValue`."""
    try:
        return Instant.parse(text.replace(" ", "+"))
    except OutOfRange as error:
        raise InvalidValue(str(error)) from None
    except ValueError:
        raise InvalidValue("an RFC 3339 instant with an offset, to the microsecond at most") from None


def _equals(name: str, description: str) -> Parameter:
    return Parameter(name=name, description=description, **string(LONGEST_ID))


LIST_PARAMETERS: Final = (
    Parameter(
        name="updated_since",
        description="Only decisions changed at this instant or later, by the clocks of the workers.",
        schema={"type": "string", "format": "date-time"},
        read=parse_instant,
    ),
    _equals("order_id", "Only decisions on this order."),
    _equals("case_id", "Only decisions on this case."),
    _equals("claim_id", "Only decisions on this claim."),
    _equals("outcome", "Only decisions with this outcome."),
    _equals("policy", "Only decisions under this policy."),
)
CURSOR: Final = Parameter(
    name="cursor", description="Where to continue: `next_cursor` of the previous page.", **string(1_000)
)
LIMIT: Final = Parameter(name="limit", description="The most decisions to return.", **integer(1, MOST_LISTED, 100))
