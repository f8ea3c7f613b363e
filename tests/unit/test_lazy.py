"""Lazy fields behave exactly like the others."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given

from adjudicator import decide, dump_decision, load_decision
from adjudicator.model.case import Case
from adjudicator.model.lazy import Lazy, with_lazy
from adjudicator.testing import a_case, an_appraisal, cases


@frozen
class Sum(Lazy):
    """Two numbers and their total."""

    one: int
    other: int
    total: int


def a_sum(worked_out: list[int]) -> Sum:
    """A sum whose total is computed on first access; the computation is recorded."""

    def total(of: Sum) -> int:
        worked_out.append(of.one + of.other)
        return of.one + of.other

    return with_lazy(Sum(1, 2, 0), "total", total)


def a_decision() -> Any:
    """A decision with no field read yet."""
    return decide(a_case("douyin_global.authenticity", an_appraisal()))


def test_a_lazy_field_is_computed_once_on_first_access() -> None:
    """Neither before nor again."""
    worked_out: list[int] = []
    of = a_sum(worked_out)
    assert (of.one, worked_out) == (1, [])
    assert (of.total, of.total, worked_out) == (3, 3, [3])


def test_more_fields_can_become_lazy_later() -> None:
    """Fields that were lazy before are still computed."""
    of = with_lazy(a_sum([]), "other", lambda of: of.one + 1)
    assert (of.total, of.other) == (3, 2)


@pytest.mark.parametrize(
    "as_seen",
    [
        lambda of: of,
        repr,
        hash,
        copy.copy,
        copy.deepcopy,
        lambda of: pickle.loads(pickle.dumps(of)),
        lambda of: evolve(of, one=5),
    ],
    ids=["equal", "shown", "hashed", "copied", "copied deeply", "pickled", "evolved"],
)
def test_a_lazy_value_behaves_like_a_complete_one(as_seen: Any) -> None:
    """In every respect, and whether it was read before or not."""
    assert as_seen(a_sum([])) == as_seen(Sum(1, 2, 3))
    assert as_seen(Sum(1, 2, 3)) == as_seen(a_sum([]))


def test_an_unknown_attribute_is_an_error() -> None:
    """A misspelt name is the usual error, also on a value without lazy fields."""
    for of in (a_sum([]), Sum(1, 2, 3), Sum.__new__(Sum)):
        with pytest.raises(AttributeError, match="Sum has no totl"):
            of.totl  # type: ignore[attr-defined]  # noqa: B018 - reading it is what fails


def test_it_cannot_be_changed() -> None:
    """A value stays frozen."""
    with pytest.raises(AttributeError):
        a_sum([]).total = 4  # type: ignore[misc]


def test_a_decision_is_the_same_value_read_or_not() -> None:
    """Pickled, copied and compared before any field was read."""
    assert a_decision() == a_decision()
    assert repr(a_decision()) == repr(load_decision(dump_decision(a_decision())))
    assert pickle.loads(pickle.dumps(a_decision())) == a_decision()
    assert copy.deepcopy(a_decision()) == a_decision()


@given(cases("douyin_global.damage"))
def test_the_order_of_reading_does_not_matter(case: Case) -> None:
    """Reading one field first does not change the others."""
    one, other = decide(case), decide(case)
    fields = ("findings", "ladder", "deadlines", "remarks", "digests")
    backwards = {name: getattr(one, name) for name in reversed(fields)}
    assert {name: getattr(other, name) for name in fields} == backwards
