"""Claims with fields added by a pack: their facts, how they are built, and which other functions know them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any, get_type_hints

import attrs
import pytest
from attrs import evolve, field, frozen

from adjudicator import InputError, decide
from adjudicator.analysis.entitlements import Status, entitlements, load_inquiry
from adjudicator.analysis.schemas import inquiry_schema
from adjudicator.claims import (
    CLAIMS,
    Case,
    Claim,
    ClaimItem,
    Order,
    OrderLine,
    claims_with,
)
from adjudicator.law import (
    COUNT,
    Ask,
    Edition,
    Fault,
    Open,
    Party,
    PolicyError,
    supplied,
)
from adjudicator.model.soundness import recast
from adjudicator.testing import AS_OF, a_case, a_claim, a_line, an_order, completions
from adjudicator.wire.codec import case_document, case_from
from consumer_law.case import CONDITION, EXCEPTION, RETURNS, GoodsClass, ReturnCase, ReturnItem, ReturnLine, ReturnOrder
from returns import SEVEN_DAYS, a_return, a_returned_line

DAMAGE = "douyin_global.damage"


@frozen(kw_only=True)
class RenamedCase(Case):
    """A case with a field named like a fact of every claim."""

    category: str | None = field(default=None)


@frozen(kw_only=True)
class StoredItem(ClaimItem):
    """A claimed line that says where the goods are."""

    shelf: str | None = supplied(Party.CONSUMER, "Where the goods are.", default=None)


@frozen(kw_only=True)
class StoredClaim(Claim):
    """A claim that says who keeps the goods."""

    items: tuple[StoredItem, ...]
    keeper: str = supplied(Party.CONSUMER, "Who keeps the goods.", default="Ann")


@frozen(kw_only=True)
class StoredLine(OrderLine):
    """An order line that says where the goods were."""

    rack: str | None = supplied(Party.MERCHANT, "Where the goods were.", default=None)


@frozen(kw_only=True)
class StoredOrder(Order):
    """An order that says which house sent it."""

    lines: tuple[StoredLine, ...]
    house: str | None = supplied(Party.MERCHANT, "Which house sent it.", default=None)


@frozen(kw_only=True)
class StoredCase(Case):
    """A case that says in which town it is."""

    claim: StoredClaim
    order: StoredOrder
    town: str | None = supplied(Party.PLATFORM, "In which town it is.", default=None)


# Facts


@pytest.mark.parametrize(
    ("name", "pointer", "supplier", "is_asked"),
    [
        ("goods", "/order/lines/{line}/goods", Party.PLATFORM, True),
        ("intact", "/claim/items/{item}/intact", Party.MERCHANT, True),
        ("goods_back", "/claim/items/{item}/goods_back", Party.CONSUMER, False),
        ("free_return", "/claim/free_return", Party.MERCHANT, False),
    ],
)
def test_a_field_is_a_fact(name: str, pointer: str, supplier: Party, is_asked: bool) -> None:
    """Its place, its supplier, and whether it is asked for or simply None when unknown."""
    fact = RETURNS.glossary.facts[name]
    returns = get_type_hints(fact.read)["return"]
    assert (fact.pointers, fact.supplier) == ((pointer,), supplier)
    assert returns in ({bool | Open, GoodsClass | Open} if is_asked else {bool | None})


def test_every_part_of_a_claim_can_have_fields_of_its_own() -> None:
    """Case, claim, claimed line, order and order line: each field becomes a fact, next to the standard ones."""
    kind = claims_with(StoredCase)
    own = {name: fact for name, fact in kind.glossary.facts.items() if name not in CLAIMS.glossary.facts}
    case = recast(a_case(DAMAGE), StoredCase)
    (item,), (of_order,) = case.claim.items, case.order.lines
    case = evolve(
        case,
        town="D",
        claim=evolve(case.claim, keeper="Ann", items=(evolve(item, shelf="A"),)),
        order=evolve(case.order, house="C", lines=(evolve(of_order, rack="B"),)),
    )
    (line,) = kind.subjects(case)
    assert {fact.pointers: fact.read(line) for fact in own.values()} == {
        ("/town",): "D",
        ("/claim/keeper",): "Ann",
        ("/claim/items/{item}/shelf",): "A",
        ("/order/house",): "C",
        ("/order/lines/{line}/rack",): "B",
    }
    assert kind.case_type is StoredCase
    assert own.keys() | CLAIMS.glossary.facts.keys() == kind.glossary.facts.keys()


@frozen(kw_only=True)
class MeasuredLine(OrderLine):
    """A line with a length."""

    length: int | None = supplied(Party.MERCHANT, "Its length.", default=None, bounds=COUNT)


@frozen(kw_only=True)
class MeasuredOrder(Order):
    """An order of such lines."""

    lines: tuple[MeasuredLine, ...]


@frozen(kw_only=True)
class MeasuredCase(Case):
    """A claim for goods with a length."""

    order: MeasuredOrder


@frozen(kw_only=True)
class FussyCase(MeasuredCase):
    """One with faults of its own."""

    def faults(self) -> Iterator[Fault]:
        """No claim is called one."""
        yield from super().faults()
        yield from ([Fault("/id", "one", "another id")] if self.id == "one" else [])


def test_faults_of_what_a_pack_adds_to_a_claim_are_found() -> None:
    """Bounds of fields and faults of the class, however the case is made, and those of every claim as well."""
    plain = a_case("zz.measured", order=an_order(a_line(quantity=2)))
    shape = {each.name: getattr(plain, each.name) for each in attrs.fields(Case)}

    def places(kind: type[Case], length: int, **changes: Any) -> list[str]:
        order = recast(plain.order, MeasuredOrder)
        order = evolve(order, lines=(evolve(order.lines[0], length=length, **changes.pop("line", {})),))
        try:
            kind(**{**shape, "order": order, **changes})
        except InputError as refused:
            return [each.pointer for each in refused.faults]
        return []

    assert (places(MeasuredCase, 1), places(MeasuredCase, 0)) == ([], ["/order/lines/0/length"])
    assert places(FussyCase, 0, id="one") == ["/order/lines/0/length", "/id"]
    assert places(MeasuredCase, 1, line={"quantity": 0}) != []
    sound = MeasuredCase(**{**shape, "order": recast(plain.order, MeasuredOrder)})
    short = evolve(sound.order, lines=(evolve(sound.order.lines[0], length=0),))
    with pytest.raises(InputError, match="length"):
        sound.with_parts(order=short)
    fussy = FussyCase(**{**shape, "order": sound.order})
    assert sound.is_sound()
    assert fussy.is_sound()
    with pytest.raises(InputError, match="another id"):
        fussy.with_parts(id="one")
    kind = claims_with(FussyCase)
    assert kind.glossary.facts["length"].pointers == ("/order/lines/{line}/length",)
    Edition(
        policy="zz.measured",
        article="ZZ.1",
        effective_from=dt.date(2022, 3, 15),
        case_kind=kind,
        requires=(is_long,),
        about="Measured.",
    )


def is_long(length: int | None) -> bool:
    """ZZ.1(1). It is long."""
    return length is not None and length > 10


def test_an_unknown_field_is_asked_for_with_all_it_could_be() -> None:
    """An enumeration can have any of its members, a boolean either value. The field can state the acceptable answers."""
    (line,) = RETURNS.subjects(a_return(a_returned_line(goods=None), intact=None))
    read = {name: RETURNS.glossary.facts[name].read(line) for name in ("goods", "intact", "free_return")}
    assert read == {
        "goods": Open((Ask(EXCEPTION, ({"goods": ()},)),), could_be=tuple(GoodsClass)),
        "intact": Open((Ask(CONDITION, ({"intact": (True, False)},)),), could_be=(False, True)),
        "free_return": None,
    }


def test_a_field_cannot_take_the_name_of_a_fact() -> None:
    """It would hide the standard fact."""
    with pytest.raises(PolicyError, match=r"RenamedCase\.category has the name of a fact"):
        claims_with(RenamedCase)


# Building and reading


def test_a_plain_part_is_accepted_if_only_unknown_fields_are_missing() -> None:
    """Its additional fields are unknown."""
    case = a_case(SEVEN_DAYS, order=an_order(a_line()), claim=a_claim(ClaimItem(line_id="L1", quantity=1)))
    assert isinstance(case, ReturnCase)
    assert (type(case.order), type(case.order.lines[0])) == (ReturnOrder, ReturnLine)
    assert (type(case.claim.items[0]), case.order.lines[0].goods) == (ReturnItem, None)


def test_a_part_with_additional_fields_is_refused_if_they_would_be_lost() -> None:
    """No stated value is silently dropped."""
    with pytest.raises(InputError) as refused:
        a_case(DAMAGE, order=a_return().order)
    assert [(fault.pointer, fault.expected) for fault in refused.value.faults][:1] == [
        ("/order", "an instance of Order")
    ]


def test_recasting_keeps_what_both_classes_have() -> None:
    """There and back again."""
    order = an_order(a_line("L1"), a_line("L2", category=None))
    richer = recast(order, ReturnOrder)
    assert {type(line) for line in richer.lines} == {ReturnLine}
    assert recast(richer, Order) == order


def test_a_field_of_one_pack_is_unknown_to_the_others() -> None:
    """It is refused at its place."""
    document = case_document(a_case(DAMAGE))
    document["order"]["lines"][0]["goods"] = "ordinary"
    with pytest.raises(InputError) as refused:
        case_from(document)
    assert [fault.pointer for fault in refused.value.faults] == ["/order/lines/0/goods"]


# Which other functions know them


def test_entitlements_use_the_fields_of_an_order() -> None:
    """If it is known there is one answer, otherwise one for each value. Other guarantees are unaffected."""
    (known,) = entitlements(a_return().order, AS_OF, policy=SEVEN_DAYS).lines
    assert (known.status, str(known.certain_until)) == (Status.OPEN, "2022-04-02T23:59:59.999999+08:00")
    (answer,) = known.answers
    assert [each.need for each in answer.besides] == ["goods_back", "condition_of_the_goods"]
    assert answer.at_most is not None
    assert answer.at_most.total == 25_900
    (unknown,) = entitlements(an_order(), AS_OF, policy=SEVEN_DAYS).lines
    assert unknown.status is Status.DEPENDS
    assert {each.status for each in unknown.answers} == {Status.OPEN, Status.NOT_COVERED}
    plain, richer = (entitlements(order, AS_OF, policy=DAMAGE) for order in (an_order(), a_return().order))
    assert plain == richer


def test_a_fault_in_a_field_of_an_order_is_reported_at_its_place() -> None:
    """As in a case."""
    order = evolve(a_return().order, lines=(a_returned_line(sealed="perhaps"),))
    with pytest.raises(InputError) as refused:
        entitlements(order, AS_OF)
    assert [fault.pointer for fault in refused.value.faults] == ["/order/lines/0/sealed"]


def test_an_inquiry_may_state_the_fields() -> None:
    """Those of one pack. A field of no pack is refused, and the schema agrees."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

    document = {name: case_document(a_return())[name] for name in ("as_of", "order")}
    assert type(load_inquiry(json.dumps(document)).order) is ReturnOrder
    schema = Draft202012Validator(inquiry_schema())
    assert schema.is_valid(document)
    document["order"]["lines"][0]["colour"] = "red"
    assert not schema.is_valid(document)
    with pytest.raises(InputError) as refused:
        load_inquiry(json.dumps(document))
    assert [fault.pointer for fault in refused.value.faults] == ["/order/lines/0/colour"]


def test_a_requested_fact_is_completed_with_each_value() -> None:
    """Completions fill in fields that are asked for, and no others."""
    case = a_return(a_returned_line(goods=None), goods_back=None, intact=None)
    full = [each for each in completions.completions(case) if isinstance(each, ReturnCase)]
    assert {decide(each).outcome for each in full} == {"needs_information", "denied"}
    assert {each.order.lines[0].goods for each in full} == {*GoodsClass}
    assert {each.claim.items[0].goods_back for each in full} == {None}
