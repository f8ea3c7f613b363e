"""The JSON Schemas of the analyses' inputs and outputs, and the table of every schema by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from adjudicator.analysis.check import Check
from adjudicator.analysis.diff import Difference
from adjudicator.analysis.entitlements import Entitlements, OrderInquiry
from adjudicator.analysis.entitlements.drafts import claim_policies, order_type
from adjudicator.analysis.promises import ReplyCheck
from adjudicator.analysis.whatif import Alternative, Question
from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.wire.schema import Schema, SchemaWriter, case_schema, decision_schema, output_schema


def check_schema() -> Schema:
    """The schema of a check."""
    return output_schema(Check)


def entitlements_schema() -> Schema:
    """The schema of the entitlements under an order."""
    return output_schema(Entitlements)


def inquiry_schema() -> Schema:
    """The schema of an inquiry about an order's entitlements."""
    writer = SchemaWriter(as_input=True)
    schema = writer.object_schema(OrderInquiry)
    ignored = {name: {"description": "Part of a case; ignored here."} for name in _ONLY_IN_A_CASE}
    order_types = dict.fromkeys(order_type(editions[0]) for editions in claim_policies())
    orders = [writer.reference(each) for each in order_types]
    if len(orders) > 1:
        schema["properties"]["order"] = {"anyOf": orders}
    schema["properties"] |= ignored
    about = "Validated as strictly as a case. You may also send a whole case; its other fields are ignored."
    return writer.document("Inquiry", about, [schema])


def what_if_schema() -> Schema:
    """The schema of a what-if answer: alternatives and questions."""
    writer = SchemaWriter(as_input=False)
    of_decision = writer.object_schema(Decision)["properties"]
    properties = {
        **{name: of_decision[name] for name in ("case_id", "as_of", "policy", "outcome")},
        "alternatives": writer.list_schema(Alternative, not_empty=False),
        "questions": writer.list_schema(Question, not_empty=False),
        "complete": {
            "description": "Whether the answer is complete; false if the work limit was reached first.",
            "type": "boolean",
        },
    }
    schema = {"description": "", "type": "object", "properties": properties, "required": [*properties]}
    return writer.document("What if", "What would change a decision, and which questions to ask next.", [schema])


def difference_schema() -> Schema:
    """The schema of a difference between two decisions."""
    return output_schema(Difference)


def reply_check_schema() -> Schema:
    """The schema of a checked reply."""
    return output_schema(ReplyCheck)


OF_A_POLICY: Final[Mapping[str, Callable[[str | None], Schema]]] = {"case": case_schema, "decision": decision_schema}
"""The schemas that exist per policy and for all policies together."""
SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {
    "check": check_schema,
    "difference": difference_schema,
    "inquiry": inquiry_schema,
    "entitlements": entitlements_schema,
    "what-if": what_if_schema,
    "reply-check": reply_check_schema,
}
"""The other schemas."""

_ONLY_IN_A_CASE: Final = tuple(
    field.name for field in attrs.fields(Case) if field.name not in attrs.fields_dict(OrderInquiry)
)
