"""Erasing personal data: nothing remains anywhere, and every chain still verifies."""

from __future__ import annotations

import copy
import json
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Union

import attrs
import orjson
import pytest
import sqlalchemy as sa
from attrs import field, frozen

from adjudicator import Case, InputError, load_case
from adjudicator.model.evidence import Evidence
from adjudicator.model.json_names import wire_name
from adjudicator.model.privacy import Personal
from adjudicator.store import PERSONAL, DecisionStore, Erased, open_store
from adjudicator.store.columns import METADATA
from adjudicator.store.personal import Path as JsonPath
from adjudicator.store.personal import _tree, personal_pointers, restore_personal, split_personal
from store.cases import ADMISSION, DEMO, a_claim
from virtual_goods import AN_ARRIVAL

REMAINS: Final = {
    "/id": "the number of the case",
    "/policy": "the policy",
    "/claim/id": "the number of the claim: payouts are told apart by it",
    "/claim/items/*/line_id": "the number of a line",
    "/order/id": "the number of the order: the chain is called by it",
    "/order/currency": "a currency",
    "/order/market": "a country",
    "/order/merchant/id": "the number of the merchant",
    "/order/merchant/return_addresses/*/id": "the number of an address",
    "/order/merchant/return_addresses/*/market": "a country",
    "/order/lines/*/id": "the number of a line",
    "/order/lines/*/sku": "what was sold",
    "/order/lines/*/title": "what was sold",
    "/order/lines/*/brand": "what was sold",
    "/order/lines/*/barcode": "what was sold",
    "/order/parcels/*/carrier": "a company",
    "/order/parcels/*/line_ids/*": "the number of a line",
    "/evidence/*/id": "the number of a document",
    "/evidence/*/line_ids/*": "the number of a line",
    "/evidence/*/brand": "what was sold",
    "/evidence/*/barcode": "what was sold",
    "/evidence/*/carrier": "a company",
    "/evidence/*/files/*/media_type": "a type",
    "/settlements/*/line_id": "the number of a line",
    "/settlements/*/claim_id": "the number of a claim",
}
"""The texts of a case that are not personal data, with their meanings."""


def texts_in(annotation: Any, pointer: str = "") -> Iterator[str]:
    """The places in a model that can hold free text."""
    if annotation is str or typing.get_origin(annotation) is Mapping:
        yield pointer
    elif attrs.has(annotation):
        for each in attrs.fields(attrs.resolve_types(annotation)):
            yield from texts_in(each.type, f"{pointer}/{wire_name(each.name)}")
    elif typing.get_origin(annotation) is tuple:
        yield from texts_in(typing.get_args(annotation)[0], f"{pointer}/*")
    elif typing.get_origin(annotation) in (Union, types.UnionType):
        for each in typing.get_args(annotation):
            yield from texts_in(each, pointer)


def test_every_text_in_a_case_is_classified_as_personal_or_not() -> None:
    assert typing.get_args(Evidence)
    assert {*texts_in(Case)} == {*PERSONAL, *REMAINS}


def test_the_places_of_personal_data_have_not_changed() -> None:
    """An entry with other places would still verify, but no place may lose its protection."""
    assert {*PERSONAL} == {
        "/claim/claimant_id",
        "/order/buyer_id",
        "/order/merchant/return_addresses/*/address",
        "/order/parcels/*/waybill_no",
        "/evidence/*/description",
        "/evidence/*/files/*/name",
        "/evidence/*/files/*/sha256",
        "/evidence/*/issuer/name",
        "/evidence/*/reference",
        "/evidence/*/verified_by",
        "/evidence/*/waybill_no",
        "/metadata",
    }


@frozen
class Seller:
    """A person in a hypothetical kind of case."""

    id: str
    phone: str | None = field(default=None, metadata={"personal": Personal.IDENTITY})


@frozen
class Hearing:
    """A hypothetical kind of case."""

    id: str
    sellers: tuple[Seller, ...]
    judge: Seller | None = None
    notes: Mapping[str, str] | None = field(default=None, metadata={"personal": Personal.INTERNAL})


def test_a_new_kind_of_case_declares_its_personal_data() -> None:
    assert personal_pointers(Hearing) == ("/judge/phone", "/notes", "/sellers/*/phone")
    document = {"id": "H", "sellers": [{"id": "S", "phone": "55501"}], "judge": None, "notes": {"a": "b"}}
    public, _, seal = split_personal(copy.deepcopy(document), {}, personal_pointers(Hearing))
    assert public == {"id": "H", "sellers": [{"id": "S", "phone": None}], "judge": None, "notes": None}
    assert restore_personal(public, seal.values()["case"]) == document


def test_a_field_below_another_personal_one_belongs_to_that() -> None:
    assert _tree(("/a", "/a/b", "/c/*/d", "/c/*/e")) == {"a": {}, "c": {"*": {"d": {}, "e": {}}}}
    case = {"a": {"b": "x"}, "c": [{"d": "y"}, {"d": None, "e": "z"}]}
    public, _, seal = split_personal(copy.deepcopy(case), {}, ("/a", "/a/b", "/c/*/d", "/c/*/e"))
    assert public == {"a": None, "c": [{"d": None}, {"d": None, "e": None}]}
    assert restore_personal(public, seal.values()["case"]) == case


MARKERS: Final = tuple(f"marker-{number}-of-a-person" for number in range(20))


def a_marked_case(order: str = "O-1", claim: str = "AS-1") -> bytes:
    """A case with a marker in every place for personal data."""
    case = copy.deepcopy(DEMO)
    marks = iter(MARKERS)
    case["order"]["id"], case["claim"]["id"] = order, claim
    case["claim"]["claimant_id"] = case["order"]["buyer_id"] = next(marks)
    case["order"]["merchant"]["return_addresses"][0]["address"] = next(marks)
    case["order"]["parcels"][0]["waybill_no"] = next(marks)
    case["metadata"] = {next(marks): next(marks), "note": next(marks)}
    proof = case["evidence"][0]
    proof["issuer"]["name"], proof["verified_by"] = next(marks), next(marks)
    proof["files"] = [{"name": next(marks), "sha256": next(marks), "media_type": "image/png"}]
    common = {"submitted_by": "consumer", "submitted_at": proof["submitted_at"], "line_ids": []}
    stated = {"breakage": True, "leak": True, "edited": False}
    case["evidence"] += [
        {**common, "id": "E2", "kind": "other", "description": f"sent by {next(marks)} of {next(marks)}"},
        {**common, "id": "E3", "kind": "package_photo", "waybill_no": next(marks)},
        {**common, "id": "E4", "kind": "courier_statement", "waybill_no": next(marks), "stamped": False},
        {**common, "id": "E5", "kind": "official_finding", "body": "court", "conclusion": "inconclusive", "reference": next(marks)},
        {**common, "id": "E6", "kind": "damage_photo", **stated},
    ]  # fmt: skip
    return json.dumps(case).encode()


def left_behind(record: DecisionStore, tmp_path: Path) -> set[str]:
    """The markers that remain anywhere: in a SQLite file, or in a PostgreSQL column."""
    if record.engine.dialect.name == "sqlite":
        everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    else:
        with record.engine.connect() as connection:
            rows = [tuple(row) for table in METADATA.sorted_tables for row in connection.execute(sa.select(table))]
        everything = repr(rows).encode()
    return {marker for marker in MARKERS if marker.encode() in everything}


def test_nothing_personal_is_left_and_the_chain_verifies(record: DecisionStore, tmp_path: Path) -> None:
    first = record.decide(a_marked_case(), idempotency_key="K")
    used = {marker for marker in MARKERS if marker in a_marked_case().decode()}
    assert len(used) == 15
    assert left_behind(record, tmp_path) == used
    record.reserve(first.id)
    second = record.decide(a_marked_case(claim="AS-2"), fill_settlements=True)

    assert record.erase(order_id="O-1", reason="asked for") == (first.id, second.id)
    assert left_behind(record, tmp_path) == set()
    assert record.verify() is None
    assert record.settlements("O-1") != ()
    assert record.erase(order_id="O-1", reason="asked for again") == ()


def test_the_rest_of_an_erased_decision_can_be_read(record: DecisionStore) -> None:
    given = record.decide(a_marked_case(), idempotency_key="K")
    before = record.decision(given.id)
    record.erase(order_id="O-1", reason="asked for")
    after = record.decision(given.id)
    assert (before.erased, after.erased, record.summary(given.id).erased) == (False, True, True)
    recorded, remains = json.loads(before.content), json.loads(after.content)
    assert (remains["awards"], remains["outcome"]) == (recorded["awards"], recorded["outcome"])
    assert remains["metadata"] is remains["digests"] is None
    assert json.loads(record.case(given.id).content)["claim"]["claimant_id"] is None


def test_operations_that_need_erased_data_say_so(record: DecisionStore) -> None:
    given = record.decide(a_marked_case(), idempotency_key="K")
    record.erase(order_id="O-1", reason="asked for")
    with pytest.raises(Erased):
        record.rerun(given.id)
    with pytest.raises(Erased):
        record.reserve(given.id)
    with pytest.raises(Erased):
        record.decide(a_marked_case(), idempotency_key="K")
    assert not record.decide(a_marked_case()).repeat


def test_a_buyer_is_erased_from_every_order_and_from_no_other_buyers(record: DecisionStore) -> None:
    mine = [record.decide(a_marked_case(f"O-{number}")).id for number in range(2)]
    other = record.decide(a_claim(order="O-9"))
    assert set(record.erase(subject=MARKERS[0], reason="asked for")) == set(mine)
    assert record.rerun(other.id).agrees
    assert record.erase(subject="buyer-7", reason="asked for") == (other.id,)
    assert record.verify() is None


def an_arrival(number: int, account: str, shown: str | None = None, note: str = "none") -> str:
    """A case without buyer or claimant, about an account, with feedback from the account's platform."""
    document = {"submitted_by": "merchant", "submitted_at": AN_ARRIVAL["as_of"]}
    feedback = {**document, "id": "F1", "kind": "official_feedback", "shows": "arrived", "account": shown}
    return json.dumps(
        AN_ARRIVAL
        | {
            "id": f"A-{number}",
            "top_up": {"account_platform": "qq", "account": account},
            "evidence": [feedback, {**document, "id": "F2", "kind": "other", "description": note}],
            "metadata": {"note": note},
        }
    )


def test_a_person_named_elsewhere_in_a_case_is_erased_too(record: DecisionStore) -> None:
    """Wherever it identifies the person, and nowhere else: not where the same text means something else."""
    mine = [record.decide(an_arrival(1, "anna%7")).id, record.decide(an_arrival(2, "bert", shown="anna%7")).id]
    others = [
        record.decide(an_arrival(3, "bert", note="anna%7")).id,
        record.decide(an_arrival(4, "ANNA%7")).id,
        record.decide(an_arrival(5, "anna77")).id,
        record.decide(a_marked_case().replace(MARKERS[4].encode(), b"anna%7")).id,
    ]
    assert record.erase(subject="account", reason="asked for") == ()
    assert set(record.erase(subject="anna%7", reason="asked for")) == set(mine)
    assert all(record.rerun(each).agrees for each in others)
    assert record.erase(subject="anna%7", reason="asked for again") == ()
    assert record.verify() is None


def test_a_case_without_an_order_can_be_erased(record: DecisionStore) -> None:
    given = record.decide(json.dumps(ADMISSION))
    assert record.erase(case_id="AD-1", reason="asked for") == (given.id,)
    assert b"someone-in-particular" not in record.decision(given.id).content
    assert record.verify() is None


def test_an_erasure_has_exactly_one_target(record: DecisionStore) -> None:
    for wrong in ({}, {"order_id": "O-1", "subject": "S"}):
        with pytest.raises(ValueError, match="exactly one"):
            record.erase(reason="asked for", **wrong)


def test_separated_personal_data_are_complete_and_restored_exactly() -> None:
    """Even if a decision repeats a personal value, or an unrelated text happens to be the same."""
    case = {"order": {"buyer_id": "anna-7"}, "claim": {"claimant_id": "ann"}, "metadata": {"a": "b"}}
    values = ["anna-7", "by anna-7!", "ann", "annual"]
    findings = [{"facts": [{"value": each} for each in values], "because": {"params": {"who": ["anna-7"]}}}]
    decision = {"findings": findings, "digests": {"case": "x"}, "metadata": {"a": "b"}}
    public_case, public_decision, seal = split_personal(copy.deepcopy(case), copy.deepcopy(decision))
    (finding,) = public_decision["findings"]
    assert [each["value"] for each in finding["facts"]] == [None, None, None, "annual"]
    assert finding["because"] == {"params": {"who": [None]}}
    assert public_decision["digests"] is public_decision["metadata"] is public_case["metadata"] is None
    taken: dict[str, list[tuple[JsonPath, Any]]] = seal.values()
    assert orjson.dumps(restore_personal(public_case, taken["case"])) == orjson.dumps(case)
    assert orjson.dumps(restore_personal(public_decision, taken["decision"])) == orjson.dumps(decision)


@pytest.mark.parametrize("name", ["2022", "approved", "douyin_global.authenticity", "fund", "case-AS-1", "2022-05-20T"])
def test_a_name_equal_to_a_word_of_the_rules_removes_no_word(record: DecisionStore, name: str) -> None:
    """Such words stay in the entry, because they occur in lists; only what a decision repeats from its case is separated."""
    case = json.loads(a_claim())
    case["order"]["buyer_id"] = case["claim"]["claimant_id"] = name
    given = record.decide(json.dumps(case))
    summary, found = record.summary(given.id), json.loads(given.decision)
    assert (summary.policy, summary.edition) == (found["policy"]["id"], found["policy"]["edition"])
    (entry,) = record.entries(case["order"]["id"])
    kept = ("case_id", "as_of", "policy", "outcome", "lines", "awards", "deadlines")
    assert [entry.document()["decision"][each] for each in kept] == [found[each] for each in kept]
    assert record.decision(given.id).content == given.decision
    record.erase(subject=name, reason="asked for")
    assert record.verify() is None


def test_the_commitment_reveals_nothing_without_its_salt() -> None:
    one, two = (split_personal(copy.deepcopy(DEMO), {"digests": {}})[2] for _ in range(2))
    assert one.content == two.content
    assert one.digest != two.digest


def test_a_reader_that_blocks_the_files_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data are deleted from the record, and from SQLite's files once nobody reads old pages any more."""
    from adjudicator.store import RecordError, database

    monkeypatch.setattr(database, "WRITE_LOCK_SECONDS", 0.1)
    record = open_store(f"sqlite:///{tmp_path}/record.db")
    record.decide(a_marked_case())
    with database.read_transaction(record.engine) as reader:
        reader.execute(sa.text("SELECT count(*) FROM entries")).all()
        with pytest.raises(RecordError, match="erase again"):
            record.erase(order_id="O-1", reason="asked for")
    record.erase(order_id="O-1", reason="asked for")
    assert left_behind(record, tmp_path) == set()
    assert record.verify() is None
    record.close()


def test_marked_cases_are_valid() -> None:
    try:
        load_case(a_marked_case())
    except InputError as error:
        pytest.fail(str(error))


def test_the_cases_of_all_decisions_can_be_read_in_one_pass(
    record: DecisionStore,
) -> None:
    """As submitted; erased ones without personal data."""
    kept = a_claim("A1")
    for case in (kept, a_claim("A2", order="order-2")):
        record.decide(case)
    record.erase(order_id="order-2", reason="asked for")
    whole, rest = sorted(record.cases(), key=lambda each: each.erased)
    assert (whole.erased, rest.erased) == (False, True)
    assert load_case(whole.content) == load_case(kept)
    assert json.loads(rest.content)["order"]["buyer_id"] is None
