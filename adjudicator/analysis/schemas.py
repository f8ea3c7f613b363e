"""The JSON Schemas of what an analysis takes and gives, and the table of every schema by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from adjudicator.analysis.check import Check
from adjudicator.analysis.diff import Difference
from adjudicator.analysis.entitlements import Entitlements, OrderInquiry
from adjudicator.analysis.entitlements.drafts import claim_policies, order_type
from adjudicator.analysis.whatif import Alternative, Question
from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.wire.schema import Schema, SchemaWriter, case_schema, decision_schema, output_schema


def check_schema() -> Schema:
    """The schema of what a check tells."""
    return output_schema(Check)


def entitlements_schema() -> Schema:
    """The schema of what is told of what an order gives."""
    return output_schema(Entitlements)


def inquiry_schema() -> Schema:
    """The schema of the question what an order gives."""
    writer = SchemaWriter(as_input=True)
    schema = writer.an_object(OrderInquiry)
    whole = {name: {"description": "Of a case, and left out of account."} for name in _ONLY_IN_A_CASE}
    orders = [writer.a_reference(each) for each in dict.fromkeys(order_type(group[0]) for group in claim_policies())]
    if len(orders) > 1:
        schema["properties"]["order"] = {"anyOf": orders}
    schema["properties"] |= whole
    about = "It is read as strictly as a case. A whole case may be sent as well, of which nothing else counts."
    return writer.whole("Inquiry", about, [schema])


def what_if_schema() -> Schema:
    """The schema of what would change a decision, and what is to be asked next."""
    writer = SchemaWriter(as_input=False)
    about = writer.an_object(Decision)["properties"]
    properties = {
        **{name: about[name] for name in ("case_id", "as_of", "policy", "outcome")},
        "alternatives": writer.a_list(Alternative, not_empty=False),
        "questions": writer.a_list(Question, not_empty=False),
        "complete": {
            "description": "Whether that is all; false where there was more to try than was allowed.",
            "type": "boolean",
        },
    }
    schema = {"description": "", "type": "object", "properties": properties, "required": [*properties]}
    return writer.whole("What if", "What would change a decision, and what is to be asked next.", [schema])


def difference_schema() -> Schema:
    """The schema of what changed between two decisions."""
    return output_schema(Difference)


OF_A_POLICY: Final[Mapping[str, Callable[[str | None], Schema]]] = {"case": case_schema, "decision": decision_schema}
"""The schemas that there are for each policy, and for all of them together, by the name of what they describe."""
SCHEMAS: Final[Mapping[str, Callable[[], Schema]]] = {
    "check": check_schema,
    "difference": difference_schema,
    "inquiry": inquiry_schema,
    "entitlements": entitlements_schema,
    "what-if": what_if_schema,
}
"""The other schemas, by the name of what they describe."""

_ONLY_IN_A_CASE: Final = tuple(
    each.name for each in attrs.fields(Case) if each.name not in attrs.fields_dict(OrderInquiry)
)
