"""Silent mistakes in an edition are refused when it is created, with function, file and line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve, field, make_class

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.engine.vocabulary import ANY, AnyOf, any_of, missing, repairable
from adjudicator.kinds.claim import CLAIMS
from adjudicator.kinds.review import Question, ReviewKind
from adjudicator.model.enumerations import Category, Programme
from adjudicator.model.facts import Acceptable, Ask, Fact, Glossary, Holds, Need, Open, Party, Repairable
from adjudicator.model.limits import Bounds
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant, Window, within_days

SHOE_SIZE = Need("shoe_size", Party.CONSUMER)
WHERE = rf"{re.escape(__name__)}\.clause \({re.escape(__file__)}:\d+\)"


def edition(*requires: Callable[..., object], **others: Any) -> Edition:
    """A small edition with these clauses."""
    fields: dict[str, Any] = {
        "policy": "test.policy",
        "article": "ZZ.1",
        "effective_from": dt.date(2022, 3, 15),
        "case_kind": CLAIMS,
    }
    return Edition(requires=requires, **(fields | others))


def test_grants_of_the_wrong_kind_are_refused() -> None:
    """A review with a payment would award nothing, and conduct is judged by its consequences."""
    (admission,) = policies()["douyin_alliance.admission"]
    (damage,) = policies()["douyin_global.damage"]
    with pytest.raises(PolicyError, match="the kind ReviewKind cannot grant a Payment; nothing can follow"):
        evolve(admission, grants=damage.grants)
    (trading,) = policies()["pinduoduo.off_platform_trading"]
    with pytest.raises(PolicyError, match=r"the kind ClaimKind cannot grant a Consequences; .* a Payment or Return"):
        evolve(damage, grants=trading.grants)
    with pytest.raises(PolicyError, match=r"the kind ConductKind cannot grant a Payment; .* a Consequences"):
        evolve(trading, grants=damage.grants)


def test_a_function_that_forgets_to_return_is_refused_with_its_line() -> None:
    """At the end or in one of several branches, in a fact or a clause."""

    def clause(category: Category) -> bool:  # type: ignore[return]
        """ZZ.1(1). Food."""
        category is Category.FOOD  # noqa: B015

    with pytest.raises(PolicyError, match=f"{WHERE} can end at line {clause.__code__.co_firstlineno + 2} without"):
        edition(clause)

    def size(category: Category) -> int:  # type: ignore[return]  # noqa: RET503
        """ZZ.1(2). Of food only."""
        if category is Category.FOOD:
            return 5

    def large(size: int) -> bool:
        """ZZ.1(2). Large."""
        return size > 3

    with pytest.raises(PolicyError, match=r"size .* without returning a value"):
        edition(large, facts=(size,))


def test_a_function_may_return_nothing_where_its_annotation_says_so() -> None:
    """A function that always returns or raises is not refused either."""

    def size(category: Category) -> int | None:
        """ZZ.1(2). Of food only."""
        return 5 if category is Category.FOOD else None

    def clause(size: int | None, programme: Programme) -> bool:
        """ZZ.1(2). Large."""
        while programme is Programme.GLOBAL:
            if size is None:
                raise ValueError
            return any(each is None for each in (size,))
        return False

    assert edition(clause, facts=(size,)).clauses[0].name == "clause"


def test_a_clause_returns_an_answer() -> None:
    """Numbers and texts are not answers."""

    def clause(category: Category) -> bool | None:
        """ZZ.1(1). Food, or who knows."""
        return True if category is Category.FOOD else None

    with pytest.raises(PolicyError, match=f"the clause {WHERE} can return NoneType; a clause returns bool"):
        edition(clause)


def test_a_citation_must_be_in_the_declared_text() -> None:
    """The sentence itself, or a part that contains it. Other articles are not checked."""

    def clause(category: Category) -> bool:
        """ZZ.1(2), ZZ.1, YY.9. Food."""
        return category is Category.FOOD

    assert edition(clause, sentences=("ZZ.1(1)", "ZZ.1(2)")).clauses[0].cites == ("ZZ.1(2)", "ZZ.1")
    with pytest.raises(PolicyError, match=rf"{WHERE} cites ZZ\.1\(2\), which the text of ZZ\.1 does not have"):
        edition(clause, sentences=("ZZ.1(1)", "ZZ.1(20)"))
    with pytest.raises(PolicyError, match=r"ZZ\.1\(4\) is not adjudicated, but the text of ZZ\.1 does not have it"):
        edition(clause, sentences=("ZZ.1(1)", "ZZ.1(2)"), not_adjudicated={"ZZ.1(4)": "a_right"})


def over(as_of: Instant, filed_at: Instant) -> bool:
    """ZZ.1(1). It is over."""
    return as_of > filed_at


def test_a_clause_that_changes_with_time_unannounced_is_refused() -> None:
    """Directly, or through a fact. One that announces the change, or reads a window, is accepted."""

    def late(over: bool) -> bool:
        """ZZ.1(1). It is late."""
        return over

    def later(over: bool, filed_at: Instant) -> bool | Holds:
        """ZZ.1(1). It is later."""
        return Holds(changes_at=filed_at) if over else True

    def month(filed_at: Instant) -> Window:
        """ZZ.1(1). Thirty days."""
        return within_days("filed_at", filed_at, 30)

    def decided_in_time(as_of: Instant, month: Window) -> bool:
        """ZZ.1(1). Decided within thirty days."""
        return as_of in month

    place = rf"over \({re.escape(__file__)}:{over.__code__.co_firstlineno}\)"
    with pytest.raises(PolicyError, match=rf"the clause .*{place} reads as_of and returns a bare bool"):
        edition(over)
    with pytest.raises(PolicyError, match=rf"the clause .*late \(.*\) reads as_of through .*{place} and returns"):
        edition(late, facts=(over,))
    assert len(edition(later, decided_in_time, facts=(over, month)).clauses) == 2


WRONG_GOODS: Final[Acceptable] = {"categroy": ("food",)}


def some_goods() -> AnyOf:
    """Acceptable answers from a helper."""
    return {"kind": ("package_photo",), "waybil_no": ()}


def test_an_impossible_acceptable_answer_is_refused_by_function_and_line() -> None:
    """The name is neither a fact nor a field: in the call, in a variable, in data of the module, in a helper."""

    def clause(category: Category) -> bool | Open:
        """ZZ.1(1). Large feet."""
        return missing(
            SHOE_SIZE,
            {"category": (category,), "shoe_size": ANY},
        )

    line = clause.__code__.co_firstlineno + 4
    with pytest.raises(
        PolicyError, match=f"{WHERE} accepts shoe_size at line {line}, which is neither a fact nor a field"
    ):
        edition(clause)

    def in_a_variable(category: Category) -> bool | Repairable:
        """ZZ.1(1). Large feet."""
        found = {"with/kind": ("package_photo",), "with/waybil": ANY} if category else {"catgory": ANY}
        return repairable(SHOE_SIZE, acceptable=found, until=None)

    with pytest.raises(PolicyError, match=r"in_a_variable .* accepts with/waybil at line"):
        edition(in_a_variable)

    def in_data(category: Category) -> bool | Open:
        """ZZ.1(1). Large feet."""
        return Open((Ask(SHOE_SIZE, any_of(WRONG_GOODS)),)) if category else True

    with pytest.raises(PolicyError, match=r"in_data .* accepts categroy at line"):
        edition(in_data)

    def in_a_helper(category: Category) -> bool | Open:
        """ZZ.1(1). Large feet."""
        return missing(SHOE_SIZE, some_goods()) if category else True

    with pytest.raises(PolicyError, match=r"some_goods \(.*\) accepts waybil_no at line"):
        edition(in_a_helper)


def test_facts_fields_and_what_is_put_together_at_run_time_are_accepted() -> None:
    def clause(category: Category, line_id: str) -> bool | Open:
        """ZZ.1(1). Food. Dictionaries other than answers are not checked."""
        names = {"a fish": Category.FOOD}
        wanted: Acceptable = {"kind": ("package_photo",), "waybill_no": ANY, f"/order/{line_id}": ANY}
        return category is names["a fish"] or missing(SHOE_SIZE, wanted)

    assert edition(clause).clauses[0].name == "clause"


A_SIZE: Acceptable = {"/order/feet/size": ()}


def test_a_pointer_to_nowhere_is_refused() -> None:
    """In the code of a function, in data that it names, in the glossary."""

    def clause(as_of: Instant) -> bool | Open:
        """ZZ.1(1). Large feet."""
        return Open((Ask(SHOE_SIZE, ({"/order/lines/-/shoes": (as_of,)},)),))

    with pytest.raises(
        PolicyError, match=f"{WHERE} has the pointer /order/lines/-/shoes, but a Case has no shoes there"
    ):
        edition(clause)

    def large(as_of: Instant) -> bool | Open:
        """ZZ.1(1). Large feet."""
        return Open((Ask(SHOE_SIZE, (A_SIZE,)),), changes_at=as_of)

    with pytest.raises(PolicyError, match=r"large .* has the pointer /order/feet/size, but a Case has no feet there"):
        edition(large)

    def feet(subject: Any) -> int:
        """The number of feet."""
        return len(subject.case.id)

    def on_foot(feet: int) -> bool:
        """ZZ.1(1). On foot."""
        return feet > 0

    kind = evolve(CLAIMS, glossary=Glossary.of(Fact(feet, ("/order/lines/{line}/feet",))))
    with pytest.raises(PolicyError, match=r"the fact .*feet .* stand at /order/lines/\{line\}/feet, but a Case has no"):
        edition(on_foot, case_kind=kind)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((1, 5), r"the bounds of .*Shop\.score are \(1, 5\), and have to be Bounds"),
        (Bounds(1, 5, Decimal), r"the bounds of .*Shop\.score are of Decimal, but the field holds int"),
    ],
)
def test_bounds_that_do_not_fit_their_field_are_refused(bounds: object, expected: str) -> None:
    """Also in a part of a case."""
    shop = make_class("Shop", {"score": field(type=int, metadata={"bounds": bounds})}, frozen=True)
    shop_case = make_class("ShopCase", {"shop": field(type=shop)}, bases=(CaseBase,), frozen=True)

    def scored(subject: Any) -> int:
        """The score."""
        score: int = subject.case.shop.score
        return score

    def clause(scored: int) -> bool:
        """ZZ.1(1). High."""
        return scored > 3

    glossary = Glossary.of(Fact(scored, ("/shop/score",)))
    kind = ReviewKind(case_type=shop_case, glossary=glossary, questions=(Question(granted="yes", refused="no"),))
    with pytest.raises(PolicyError, match=expected):
        edition(clause, case_kind=kind)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((5, 1), "the least is more than the most"),
        (("1", 5), "the ends have to be of int"),
        ((1, True), "the ends have to be of int"),
        ((1, 5, str), "the numbers of int or Decimal"),
    ],
)
def test_empty_bounds_are_refused(ends: Any, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Bounds(*ends)


def test_the_shipped_editions_are_made_without_an_error() -> None:
    """Each is created again from its own fields."""
    assert all(evolve(each).ref == each.ref for each in editions())
