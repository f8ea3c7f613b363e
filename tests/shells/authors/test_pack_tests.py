"""The tests for any pack: coverage of clauses, laws, words and dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from adjudicator.engine.registry import policies
from adjudicator.model.decision import Decision
from adjudicator.model.soundness import CaseBase
from adjudicator.testing import applicable_laws, clause_coverage, pack_tests, variations
from adjudicator.testing.stash import CLAUSES_SEEN
from adjudicator.wire.codec import case_from, dump_case, load_case
from admissions import IN_ORDER
from authors.faulty import without_words


def test_clause_coverage_names_missing_and_impossible_effects() -> None:
    edition = policies()["douyin_global.local_return"][-1]
    possible = clause_coverage.possible_sights(edition)
    clause = edition.clauses[0].name
    assert clause_coverage.coverage_faults(edition, possible) == []
    assert clause_coverage.coverage_faults(edition, possible - {(clause, "decisive")}) == [
        f"{clause}, decisive: never seen"
    ]
    assert clause_coverage.coverage_faults(edition, possible, {(clause, "undecided")}) == [
        f"{clause}, undecided: seen, but said to be impossible"
    ]


def test_laws_of_money_are_for_editions_that_award_it() -> None:
    def names(policy: str) -> set[str]:
        return {applicable_laws.law_name(law) for law in applicable_laws.laws_of(policies()[policy][-1])}

    assert {"never_a_guess", "paying_settles", "findings_are_complete"} <= names("douyin_global.damage")
    assert "never_a_guess" not in names("douyin_alliance.admission")
    assert {"survives_json", "findings_are_complete"} <= names("douyin_alliance.admission")


ADMISSION: Final = "douyin_alliance.admission"
HELD: Final[list[str]] = []


def holds(case: CaseBase, *, decide: Callable[[Any], Decision]) -> None:
    """A law of a pack's own."""
    HELD.append(str(decide(case).outcome))


def test_laws_of_another_kind_of_case_use_the_cases_that_you_pass() -> None:
    HELD.clear()
    (edition,) = policies()[ADMISSION]
    of_admission = {ADMISSION: variations(IN_ORDER, {"/shop/shop_score": ["4.0"]}).map(case_from)}
    test = pack_tests.laws([edition], cases=of_admission, besides=[holds], max_examples=20)
    test(edition, holds)
    assert {*HELD} == {"admitted", "refused"}
    with pytest.raises(TypeError, match=r"douyin_alliance\.admission decides no claims: pass cases="):
        pack_tests.laws([edition])(edition, holds)


def test_a_law_sees_the_same_cases_in_every_run_and_another_law_others() -> None:
    (edition,) = policies()["douyin_global.local_return"]
    seen: list[bytes] = []

    def sees(case: CaseBase, *, decide: Callable[[Any], Decision]) -> None:
        decide(case)
        seen.append(dump_case(case))

    def looks(case: CaseBase, *, decide: Callable[[Any], Decision]) -> None:
        sees(case, decide=decide)

    runs = []
    for law in (sees, sees, looks):
        pack_tests.laws([edition], besides=[law])(edition, law)
        runs.append([*seen])
        seen.clear()
    assert runs[0] == runs[1] != runs[2]
    assert len(runs[0]) == pack_tests.EXAMPLES


def test_a_broken_law_shows_the_case_as_json() -> None:
    """It can be decided as it is."""
    (edition,) = policies()["douyin_global.local_return"]

    def is_broken(case: CaseBase, *, decide: Callable[[Any], Decision]) -> None:
        assert decide(case).outcome == "broken"

    with pytest.raises(AssertionError) as broken:
        pack_tests.laws([edition], besides=[is_broken])(edition, is_broken)
    (note,) = [each for each in broken.value.__notes__ if each.startswith("the case: ")]
    assert load_case(note.removeprefix("the case: ")).policy == edition.policy


def test_an_edition_that_pays_compensation_needs_its_limit() -> None:
    """Without one the laws would allow none, and break on the first case that is paid."""
    (edition,) = policies()["douyin_global.authenticity"]
    with pytest.raises(
        ValueError, match=r"douyin_global\.authenticity-2022-03-15 pays compensation: say with times_the_price"
    ):
        pack_tests.laws([edition])
    pack_tests.laws([edition], times_the_price=10)


def test_a_test_of_clauses_names_each_missing_effect(request: pytest.FixtureRequest) -> None:
    (edition,) = policies()["douyin_global.local_return"]
    request.config.stash[CLAUSES_SEEN], kept = {}, request.config.stash[CLAUSES_SEEN]
    try:
        with pytest.raises(pytest.fail.Exception, match="parties_agreed, undecided: never seen"):
            pack_tests.clauses([edition], count=1)(edition, request)
        assert request.config.stash[CLAUSES_SEEN][edition.policy].keys() == {each.name for each in edition.clauses}
    finally:
        request.config.stash[CLAUSES_SEEN] = kept


def test_tests_of_words_and_examples_name_what_is_missing() -> None:
    nameless = without_words()
    with pytest.raises(pytest.fail.Exception, match=r"no words in zh-Hant for title\.test\.nameless"):
        pack_tests.words([nameless])(nameless, "zh_Hant")
    with pytest.raises(pytest.fail.Exception, match=r"no file in examples/ is a case of test\.nameless"):
        pack_tests.examples([nameless])("test.nameless")


def test_a_test_of_dates_notices_an_edition_that_does_not_govern() -> None:
    (edition,) = policies()["douyin_global.local_return"]
    pack_tests.dates([edition])()
    with pytest.raises(AssertionError, match=r"douyin_global\.local_return is governed at"):
        pack_tests.dates([attrs.evolve(edition)])()


@pytest.mark.parametrize("policy", ["pinduoduo.virtual_arrival", "douyin_global.authenticity"])
def test_the_words_of_one_policy_of_a_pack_can_be_tested(policy: str) -> None:
    """Its catalogue also has those of the other policies, which are no fault."""
    editions = policies()[policy]
    pack_tests.words(editions)(editions[0], "en")
