"""The schema of cases agrees with the codec, except for the conditions that it lists as inexpressible."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import case_schema, decide, decision_schema, load_case
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.limits import LARGEST, MOST_ITEMS, PRICE
from adjudicator.testing import Json, invalid_documents, nearly_valid_documents
from adjudicator.wire.codec import case_document, case_from, decision_document
from adjudicator.wire.parser import MOST_BYTES
from adjudicator.wire.pointer import put
from adjudicator.wire.schema import NOT_IN_SCHEMA
from admissions import IN_ORDER
from documents import OF_OTHER_KINDS, documents
from schemas.comparing import (
    EXAMPLES,
    PAID,
    a_copy,
    agree,
    can_be_said,
    cases,
    decisions,
    faults_of,
    for_every_policy,
    tampered,
)
from validating import Validator
from virtual_goods import A_DISPATCH

CLAIMS: Final = tuple(policy for policy in policies() if policy not in OF_OTHER_KINDS)


# Both ways


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_accepted(name: str) -> None:
    """The contract's cases are accepted by the schema of their policy and by the schema of all policies."""
    for policy in (None, EXAMPLES[name]["policy"]):
        cases(policy).validate(EXAMPLES[name])
        decisions(policy).validate(decision_document(decide(case_from(EXAMPLES[name]))))


@for_every_policy
@given(data=st.data())
def test_the_schema_accepts_what_the_codec_reads_and_writes(policy: str, data: st.DataObject) -> None:
    """A valid case is accepted as given and as written again, with null for absent fields."""
    document = data.draw(documents(policy))
    for each in (document, case_document(case_from(document))):
        assert faults_of(each) == ()
        cases().validate(each)
        cases(policy).validate(each)


@pytest.mark.parametrize("policy", CLAIMS)
@given(data=st.data())
def test_the_schema_judges_nearly_valid_documents_as_the_codec_does(policy: str, data: st.DataObject) -> None:
    """If one thing is broken in a claim, the schema notices it if it can express it."""
    nearly = data.draw(nearly_valid_documents(policy))
    agree(nearly.document, None)
    agree(nearly.document, policy)


@for_every_policy
@given(data=st.data())
def test_the_schema_judges_altered_documents_as_the_codec_does(policy: str, data: st.DataObject) -> None:
    """Whatever a case contains, the schema and the codec agree on everything that a schema can express."""
    document = data.draw(documents(policy).flatmap(tampered))
    agree(document, None)
    agree(document, policy)


@given(invalid_documents())
def test_the_schema_judges_any_json_as_the_codec_does(text: bytes) -> None:
    """JSON of every shape is refused by both, or by neither."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    agree(document, None)


# What a schema can express


@frozen
class Edge:
    """A place in a valid case, with valid and invalid values."""

    pointer: str
    taken: tuple[Any, ...]
    refused: tuple[Any, ...]
    document: Json = field(default=PAID)


MANY: Final = {f"key {number}": "" for number in range(MOST_ITEMS)}
EDGES: Final = (
    Edge("/order/currency", ("CNY", "XXX"), ("cny", "CN", "CNYY", "CNY\n", "\nCNY", "", None)),
    Edge("/order/market", ("CN", None), ("CHN", "cn", "CN\n", "ＣＮ")),
    Edge("/order/merchant/return_addresses", ([{"market": None}], [{}], [], None), ([{"market": "CN\n"}], {}, [None])),
    Edge("/order/lines/0/goods_paid", (0, PRICE.most), (-1, PRICE.most + 1, None, 0.5, "1", True)),
    Edge("/order/postage_paid", (0, LARGEST // 2), (-1, LARGEST + 1, False)),
    Edge("/claim/requested_amount", (0, LARGEST, None), (-1, LARGEST + 1)),
    Edge("/claim/items/0/quantity", (1,), (0, -1, LARGEST + 1, None)),
    Edge("/evidence/0/units_covered", (1, LARGEST, None), (0, LARGEST + 1)),
    Edge("/evidence/0/verification", ("verified", "rejected", None), ("Verified", "", 1)),
    Edge("/evidence/0/kind", (), ("bar_finding", "none", None, 1)),
    Edge("/claim/evidence_closes_at", ("2022-05-01T00:00:00.123456-09:30", "2022-05-01t00:00:00z"), ("2022-05-01T00:00:00Z\n",)),
    Edge("/claim/items", (), ([], None)),
    Edge("/claim/demands", (["refund"] * MOST_ITEMS, []), (["refund"] * (MOST_ITEMS + 1), None)),
    Edge("/metadata", (MANY, {}, None, {"a\n": ""}), (MANY | {"one more": ""}, {"a": None}, {"a": 1})),
    Edge("/nonsense", (), (None, 1)),
    Edge("/claim/merchant_reply", ({}, {"decision": None}, None), ({"decision": "maybe"}, [])),
    Edge("/shop/shop_score", ("4.1", "0", "-0.0", "5.000000000000000", None), ("4.", ".1", "04", "+1", "4.1\n", "1e0", 4.1, 4), IN_ORDER),
    Edge("/shop/penalties", ([], None), ([None], [{}]), IN_ORDER),
    Edge("/policy", (), ("douyin_global.damag", None), IN_ORDER),
)  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.pointer)
def test_the_schema_is_exact_at_the_edges(edge: Edge) -> None:
    """Both accept the last valid value, and refuse the first invalid one."""
    for value, well in (*((each, True) for each in edge.taken), *((each, False) for each in edge.refused)):
        changed = a_copy(edge.document)
        put(changed, edge.pointer, value)
        assert cases().is_valid(changed) is cases().reference.is_valid(changed) is well, value
        assert ([fault for fault in faults_of(changed) if can_be_said(fault, changed)] == []) is well, value


def test_null_and_absent_are_the_same_for_unknown_values() -> None:
    """Optional members may be null and nullable ones may be absent; required ones neither."""
    whole = case_schema()
    for definition in (*whole["$defs"].values(), *whole["oneOf"]):
        for name, schema in definition.get("properties", {}).items():
            null_will_do = Validator({**schema, "$defs": whole["$defs"]}).is_valid(None)
            assert null_will_do is (name not in definition["required"]), name


# What a schema cannot express

CANNOT_BE_SAID: Final[tuple[tuple[str, Any, Json], ...]] = (
    ("/as_of", "2022-03-21T00:00:00+08:00", PAID),
    ("/claim/filed_at", "2022-03-15T00:00:00+08:00", PAID),
    ("/order/placed_at", "2022-02-30T00:00:00+08:00", PAID),
    ("/claim/items/0/line_id", "L9", PAID),
    ("/claim/items/0/quantity", 99, PAID),
    ("/settlements", [{"kind": "postage", "line_id": "L1", "amount": 1}], PAID),
    ("/goods/agreed_days", 3, A_DISPATCH),
    ("/shop/shop_score", "5.01", IN_ORDER),
    ("/order/postage_paid", 1.0, PAID),
    ("/id", "\ud800", PAID),
    ("/id", "x" * MOST_BYTES, PAID),
)


def test_a_schema_lists_what_it_cannot_express() -> None:
    """Each line of the list is true: the schema accepts what the codec refuses. The description contains them all."""
    assert len(CANNOT_BE_SAID) == len(NOT_IN_SCHEMA)
    for pointer, value, document in CANNOT_BE_SAID:
        changed = a_copy(document)
        put(changed, pointer, value)
        assert cases().is_valid(changed), pointer
        assert faults_of(json.dumps(changed), load_case), pointer
    assert all(each in case_schema()["description"] for each, _ in NOT_IN_SCHEMA)


@pytest.mark.parametrize("policy", policies())
def test_a_schema_lists_only_what_its_cases_have(policy: str) -> None:
    """Cases that are no claims have no units and no postage, and cases without decimals no bounds of decimals."""
    text = case_schema(policy)["description"]
    is_claim = issubclass(policies()[policy][0].case_kind.case_type, Case)
    for word in ("units are claimed", "settlements of postage"):
        assert (word in text) is is_claim, word
    assert ("claim is filed" in text) is (is_claim or policy == "pinduoduo.virtual_arrival")
    assert ("a decimal lies" in text) is (policy.startswith("douyin_alliance") or policy == "pinduoduo.virtual_listing")
    decided = json.dumps(decision_schema(policy))
    assert is_claim or not re.search(r"The claimed line[;\"]|does to the claim", decided)
