"""All fields of a case, looked at at once, are found right only if no look at each of them finds a fault."""

from __future__ import annotations

import ast
import json
from typing import Any, Final

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.declared_faults import _faults_of, declared_faults, is_plainly_right, source_of
from adjudicator.model.limits import LATEST
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.testing import a_case
from adjudicator.wire.closer_look import _salvage
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.shapes import shape_of
from breaking import broken
from documents import ONE_OF_OTHER_KINDS, documents
from schemas.comparing import for_every_policy

ONE_OF_EACH: Final = {"douyin_global.damage": case_document(a_case("douyin_global.damage")), **ONE_OF_OTHER_KINDS}
KINDS: Final[dict[str, type[CaseBase]]] = {
    group[0].case_kind.case_type.__name__: group[0].case_kind.case_type for group in policies().values()
}


def agree(case: Any) -> bool:
    """Check that what is found right at once is right, and that the faults are those that are found one by one.

    Returns whether it was found right.
    """
    one_by_one = [*_faults_of(case, "", case)]
    assert [*declared_faults(case)] == one_by_one
    found_right = is_plainly_right(case)
    assert not (found_right and one_by_one)
    return found_right


@for_every_policy
@given(data=st.data())
def test_a_valid_case_is_found_right_at_once(policy: str, data: st.DataObject) -> None:
    assert agree(case_from(data.draw(documents(policy))))


@pytest.mark.parametrize("policy", ONE_OF_EACH)
def test_no_fault_is_overlooked(policy: str) -> None:
    """Wherever a case is broken: what of it can be read has the same faults."""
    found = {agree(_salvage(shape_of(each), json.loads(json.dumps(each)))) for each in broken(ONE_OF_EACH[policy])}
    assert found == {True, False}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_its_source_has_a_function_for_the_case(kind: type[CaseBase]) -> None:
    names = [each.name for each in ast.walk(ast.parse(source_of(kind).text)) if isinstance(each, ast.FunctionDef)]
    assert "is_right" in names


@frozen(kw_only=True)
class Stop:
    """A place on the way."""

    id: str
    at: Instant | None = field(default=None, metadata={"not_after": "/route/ended_at"})


@frozen(kw_only=True)
class Route:
    """The way."""

    ended_at: Instant | None = None
    stops: tuple[Stop | None, ...] | None = field(default=None, metadata={"each_once": "id"})
    either: Stop | str | None = None
    moments: tuple[Instant | None, ...] = ()
    goes_on: Route | None = None


@frozen(kw_only=True)
class Parcel:
    """What is on its way, with fields of unusual types."""

    as_of: Instant
    route: Route | None = None
    lost: bool | None = None
    reason: str | None = field(default=None, metadata={"needed_where": {"lost": True}})


NOON: Final = Instant.parse("2022-08-01T12:00:00+08:00")


@pytest.mark.parametrize(
    ("route", "found_right", "faults"),
    [
        (None, True, 0),
        (Route(), True, 0),
        (Route(ended_at=NOON, stops=(Stop(id="a", at=NOON), Stop(id="b"))), True, 0),
        (Route(ended_at=NOON, stops=(Stop(id="a", at=Instant(NOON + 1)),)), False, 1),
        (Route(stops=(Stop(id="a", at=NOON), Stop(id="a"))), False, 1),
        (Route(stops=(Stop(id="a"), None)), False, 0),
        (Route(either="here"), False, 0),
        (Route(either=Stop(id="a", at=LATEST)), False, 1),
        (Route(moments=(NOON, None)), True, 0),
        (Route(moments=(None, LATEST)), False, 1),
        (Route(goes_on=Route(goes_on=Route(moments=(NOON,)))), True, 0),
        (Route(goes_on=Route(goes_on=Route(moments=(LATEST,)))), False, 1),
    ],
)
def test_fields_of_unusual_types_are_found_right_or_looked_at_one_by_one(
    route: Route | None, found_right: bool, faults: int
) -> None:
    parcel = Parcel(as_of=NOON, route=route)
    assert (agree(parcel), len([*declared_faults(parcel)])) == (found_right, faults)


@pytest.mark.parametrize(
    ("lost", "reason", "found_right"),
    [(None, None, True), (False, None, True), (True, "rain", True), (True, None, False)],
)
def test_a_field_that_is_needed_beside_others_is_missed(
    lost: bool | None, reason: str | None, found_right: bool
) -> None:
    assert agree(Parcel(as_of=NOON, lost=lost, reason=reason)) is found_right


def test_claims_have_limits_too() -> None:
    """Those of the fields that a pack adds to them are checked in the same way."""
    assert agree(a_case("douyin_global.damage"))
    assert issubclass(KINDS["Case"], Case)
