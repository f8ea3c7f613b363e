"""An edition that could not run is refused when it is created."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest
from attrs import evolve

from adjudicator.engine import registry as finding
from adjudicator.engine.clause import Citation, PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import (
    GROUP,
    edition_behind,
    edition_for,
    edition_named,
    editions,
    governing,
    in_order,
    installed_packs,
    one_of_the_policies,
    policies,
)
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.decision import PolicyRef
from adjudicator.model.enumerations import Category, Programme
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.facts import Ask, EvidencePool, Need, Open, Party
from adjudicator.model.time import Instant
from adjudicator.testing import a_case, a_damage_photo, an_order
from adjudicator.wire.codec import case_document, case_from


def sold_by_a_global_merchant(programme: Programme) -> bool:
    """ZZ.1(1). The merchant is a Global one.

    商家是全球购商家。Readings R1, R2 and R3.
    """
    return programme is Programme.GLOBAL


def edition(*requires: Callable[..., object], facts: tuple[Callable[..., object], ...] = ()) -> Edition:
    """A small edition with these clauses."""
    return Edition(
        policy="test.policy",
        article="ZZ.1",
        effective_from=dt.date(2022, 3, 15),
        case_kind=CLAIMS,
        requires=requires,
        facts=facts,
    )


def test_a_clause_has_its_citation_and_its_restatements() -> None:
    """Citation, readings and both restatements come from the docstring alone."""
    law = Citation.of(sold_by_a_global_merchant)
    assert law.cites == ("ZZ.1(1)",)
    assert law.readings == ("R1", "R2", "R3")
    assert law.english == "The merchant is a Global one."
    assert law.chinese == "商家是全球购商家。"
    (clause,) = edition(sold_by_a_global_merchant).clauses
    assert (clause.name, clause.cites, clause.reads) == ("sold_by_a_global_merchant", ("ZZ.1(1)",), ("programme",))


def test_an_unknown_fact_is_refused() -> None:
    """A parameter that no glossary, fact or setting supplies is named with its function."""

    def clause(shoe_size: int) -> bool:
        """ZZ.1(2). Large feet."""
        return shoe_size > 45

    with pytest.raises(PolicyError, match=r"clause \(.*\) asks for shoe_size, which is no known fact"):
        edition(clause)


def test_another_type_is_refused() -> None:
    """A parameter must accept every value that its fact can have."""

    def clause(category: Programme) -> bool:
        """ZZ.1(2). A programme where a category is."""
        return category is Programme.GLOBAL

    with pytest.raises(PolicyError, match=r"takes category as .*Programme.*, but it can be .*Category"):
        edition(clause)


def test_a_setting_of_another_type_is_refused() -> None:
    """A setting is checked against the parameter that asks for it."""

    def clause(strict: bool, category: Category) -> bool:
        """ZZ.1(2). Strict about food."""
        return strict and category is Category.FOOD

    with pytest.raises(PolicyError, match="the setting strict is not what"):
        Edition(
            policy="test.policy",
            article="ZZ.1",
            effective_from=dt.date(2022, 3, 15),
            case_kind=CLAIMS,
            requires=(clause,),
            settings={"strict": "yes"},
        )


def test_a_missing_annotation_is_refused() -> None:
    """Without types the engine cannot know what a clause may receive."""

    def clause(category: Category) -> bool:
        """ZZ.1(2). Untyped."""
        return category is Category.FOOD

    del clause.__annotations__["category"]
    with pytest.raises(PolicyError, match="has no type for category"):
        edition(clause)


def test_a_docstring_that_cites_nothing_is_refused() -> None:
    """Every clause implements some sentence of a rule."""

    def clause(category: Category) -> bool:
        """Food only."""
        return category is Category.FOOD

    with pytest.raises(PolicyError, match="cites neither a rule nor a reading"):
        edition(clause)


def test_a_circle_is_refused() -> None:
    """Two facts that depend on each other could never be computed."""

    def egg(hen: int) -> int:
        """ZZ.1. From a hen."""
        return hen

    def hen(egg: int) -> int:
        """ZZ.1. From an egg."""
        return egg

    def clause(hen: int) -> bool:
        """ZZ.1. There is a hen."""
        return hen > 0

    told = r"test_policy\.egg \(.*\) needs its own result, through test_policy\.hen \([^,]*\)$"
    with pytest.raises(PolicyError, match=told):
        edition(clause, facts=(egg, hen))


def test_a_function_that_asks_for_itself_is_named_alone() -> None:
    def hen(hen: int) -> int:
        """ZZ.1. From a hen."""
        return hen

    def clause(hen: int) -> bool:
        """ZZ.1. There is a hen."""
        return hen > 0

    with pytest.raises(PolicyError, match=r"test_policy\.hen \([^,]*\) needs its own result$"):
        edition(clause, facts=(hen,))


def test_all_functions_on_the_way_round_are_named_in_order() -> None:
    def egg(feather: int, hen: int) -> int:
        """ZZ.1. From a hen, with a feather."""
        return hen + feather

    def hen(chick: int) -> int:
        """ZZ.1. From a chick."""
        return chick

    def chick(egg: int) -> int:
        """ZZ.1. From an egg."""
        return egg

    def feather(quantity_claimed: int) -> int:
        """ZZ.1. From nowhere."""
        return quantity_claimed

    def clause(hen: int) -> bool:
        """ZZ.1. There is a hen."""
        return hen > 0

    told = (
        r"test_policy\.egg \(.*\) needs its own result, through test_policy\.hen \(.*\), test_policy\.chick \([^,]*\)$"
    )
    with pytest.raises(PolicyError, match=told):
        edition(clause, facts=(feather, egg, hen, chick))


def test_two_functions_of_one_name_are_refused() -> None:
    """A name stands for one fact only, glossary facts included."""

    def category(programme: Programme) -> bool:
        """ZZ.1. Has the name of an existing fact."""
        return programme is Programme.GLOBAL

    with pytest.raises(PolicyError, match="called like a fact that there is already"):
        edition(category)


def test_a_parameter_takes_documents_that_count_or_the_whole_pool() -> None:
    """A pool fits a parameter for the documents that count or for the pool itself, and no other."""

    def said(filed_at: Instant) -> EvidencePool[str]:
        """ZZ.1. What was said."""
        return EvidencePool(("yes",) if filed_at else ())

    def standing(said: tuple[str, ...]) -> bool:
        """ZZ.1. Something stands."""
        return bool(said)

    def everything(said: EvidencePool[str]) -> bool:
        """ZZ.1. Something was said at all."""
        return bool(said.standing or said.pending)

    def wrong(said: tuple[int, ...]) -> bool:
        """ZZ.1. Numbers."""
        return bool(said)

    assert len(edition(standing, everything, facts=(said,)).clauses) == 2
    with pytest.raises(PolicyError, match="takes said as"):
        edition(wrong, facts=(said,))


def test_an_open_fact_fits_a_parameter_of_its_type() -> None:
    """An open fact fits a parameter of its value's type: the engine passes it only once it has a value."""

    def shoe_size(as_of: Instant) -> int | Open:
        """ZZ.1. The size of the feet."""
        return int(as_of) or Open((Ask(Need("shoe_size", Party.CONSUMER)),))

    def clause(shoe_size: int) -> bool:
        """ZZ.1. Large feet."""
        return shoe_size > 45

    assert edition(clause, facts=(shoe_size,)).clauses[0].reads == ("as_of",)


def test_one_edition_governs_every_day() -> None:
    """Two editions of one policy from the same day are refused; otherwise each governs until the next."""
    first = edition(sold_by_a_global_merchant)
    second = evolve(first, effective_from=dt.date(2023, 1, 1))
    assert in_order([second, first]) == {"test.policy": (first, second)}
    with pytest.raises(PolicyError, match=r"two editions of test\.policy govern from 2022-03-15"):
        in_order([first, evolve(first)])


def test_no_edition_governs_a_policy_that_is_not_installed() -> None:
    """The same goes for any policy before its first edition."""
    assert governing("acme.returns", Instant.parse("2022-06-01T00:00:00Z")) is None
    assert governing("douyin_global.damage", Instant.parse("2022-03-14T15:59:59.999999Z")) is None


def test_a_case_is_decided_under_the_edition_of_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest does not decide older orders, and an older one does not decide newer orders."""
    (first,) = policies()["douyin_global.damage"]
    second = evolve(first, effective_from=dt.date(2022, 3, 22), revision=2)
    monkeypatch.setattr("adjudicator.engine.registry.policies", lambda: in_order([second, first]))
    case = a_case("douyin_global.damage", a_damage_photo())
    assert case.order.placed_at < second.governs_from
    assert edition_for(case) is first
    later = evolve(case, order=evolve(case.order, placed_at=second.governs_from))
    assert edition_for(later) is second
    assert governing(first.policy, Instant(second.governs_from - 1)) is first
    assert governing(first.policy, second.governs_from) is second


def test_a_case_without_a_governing_edition_is_refused() -> None:
    """An unknown policy, or an order from before the first edition."""
    case = a_case("acme.returns")
    with pytest.raises(InputError) as error:
        edition_for(case)
    assert error.value.faults == (Fault("/policy", '"acme.returns"', "one of " + ", ".join(policies())),)
    on_the_first_day = evolve(an_order(), placed_at=Instant.parse("2022-03-15T00:00:00+08:00"))
    assert edition_for(a_case("douyin_global.damage", order=on_the_first_day)).name == "2022-03-15"
    before = evolve(an_order(), placed_at=Instant.parse("2022-03-14T23:59:59+08:00"))
    with pytest.raises(InputError) as error:
        edition_for(a_case("douyin_global.damage", order=before))
    first = "2022-03-15T00:00:00+08:00"
    expected = f"an instant not before {first}, when the first edition of douyin_global.damage came into force"
    assert error.value.faults == (Fault("/order/placed_at", '"2022-03-14T23:59:59+08:00"', expected),)


def test_a_case_can_be_decided_under_an_edition_by_its_name() -> None:
    """Whichever governs it. Another name is refused, and so is any if the policy is not installed."""
    case = a_case("douyin_global.damage")
    edition = policies()["douyin_global.damage"][0]
    assert edition_named(case, edition.name) is edition
    for policy, name in (("douyin_global.damage", "1999-01-01"), ("acme.returns", edition.name)):
        with pytest.raises(InputError) as error:
            edition_named(a_case(policy), name)
        expected = f'a policy with the edition "{name}"'
        assert error.value.faults == (Fault("/policy", f'"{policy}"', expected),)


def test_only_an_edition_decides_a_case() -> None:
    with pytest.raises(InputError) as error:
        edition_for(a_case("douyin_global.damage"), "2022-03-15")  # type: ignore[arg-type]  # which is what is refused
    assert error.value.faults == (Fault("", '"2022-03-15"', "an edition of a policy"),)


def test_an_edition_decides_only_its_kind_of_case() -> None:
    case, admission = a_case("douyin_global.damage"), policies()["douyin_alliance.admission"][0]
    with pytest.raises(InputError) as error:
        edition_for(case, admission)
    expected = "a AdmissionCase, which douyin_alliance.admission decides"
    assert error.value.faults == (Fault("", shown(case), expected),)


def test_packs_are_found_in_the_order_of_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of one name as they are found."""
    lamps, chairs, more_chairs = (EntryPoint(*each, GROUP) for each in (("l", "b"), ("c", "z"), ("c", "a")))
    found = {GROUP: (lamps, chairs, more_chairs)}
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: found[group])
    assert installed_packs() == (chairs, more_chairs, lamps)


def test_a_partly_readable_case_is_not_blamed_for_its_edition() -> None:
    """Without an order no edition can be selected, so only the missing order is reported."""
    with pytest.raises(InputError) as error:
        case_from({**case_document(a_case("douyin_global.damage")), "order": None})
    assert [each.pointer for each in error.value.faults] == ["/order"]


def test_every_installed_edition_is_under_its_policy() -> None:
    """All editions of the packs are found, each under its own policy."""
    assert {edition.policy for edition in editions()} == set(policies())
    assert set(policies()) >= {
        "douyin_global.authenticity",
        "douyin_global.damage",
        "douyin_global.local_return",
        "douyin_alliance.admission",
    }


def test_a_decision_identifies_its_edition() -> None:
    """By policy and name, whatever the revision. One that is not installed is not found."""
    for each in editions():
        assert edition_behind(PolicyRef(each.policy, each.name, each.revision)) is each
    assert edition_behind(PolicyRef("douyin_global.authenticity", "1999-01-01", 1)) is None
    assert edition_behind(PolicyRef("nobody.s_promise", "2022-03-15", 1)) is None


def test_the_fault_of_an_unknown_policy_lists_the_installed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or that no pack is installed."""
    assert one_of_the_policies() == "one of " + ", ".join(policies())
    monkeypatch.setattr(finding, "policies", dict)
    assert one_of_the_policies() == "a policy, and no pack is installed that has one"
