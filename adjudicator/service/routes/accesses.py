"""Reading the access log."""

from __future__ import annotations

from typing import Final

from adjudicator.service.operations import (
    JSON,
    Answer,
    Call,
    Operation,
    Parameter,
    Tag,
    integer,
    json_answer,
    operation,
    string,
)
from adjudicator.service.problems import Problem
from adjudicator.service.replies import values_for
from adjudicator.service.routes.parameters import CURSOR
from adjudicator.service.schemas import ref
from adjudicator.store import Access, Scope
from adjudicator.wire.codec import document_of
from adjudicator.wire.messages import AccessListed, AccessPage

RESOURCE: Final = Parameter(
    name="resource",
    description="Only accesses to this: the id of a decision or key, or `order/` and the id of an order.",
    **string(512),
)
LIMIT: Final = Parameter(name="limit", description="The most accesses to return.", **integer(1, 1_000, 100))


@operation(
    "GET",
    "/v1/accesses",
    tag=Tag.KEYS,
    scope=Scope.ADMIN,
    parameters=(RESOURCE, CURSOR, LIMIT),
    response_schemas={JSON: ref("AccessPage")},
)
def list_accesses(call: Call) -> Answer:
    """List who did what in your tenant, newest first: the access log.

    A request is listed a second or two after its response. Repeated refusals (403, 429) of one key are listed once a minute.
    """
    values = call.values
    try:
        found, cursor = call.record.accesses.page(
            values[CURSOR.name], values[LIMIT.name], resource=values[RESOURCE.name]
        )
    except ValueError as error:
        raise Problem("bad-request", str(error)) from None
    return json_answer(document_of(AccessPage(tuple(map(_message, found)), cursor)))


def _message(access: Access) -> AccessListed:
    return AccessListed(**values_for(AccessListed, access))


OPERATIONS: Final[tuple[Operation, ...]] = (list_accesses,)
