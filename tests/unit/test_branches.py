"""The answer that the branches of a fact share, or what is asked for if they do not."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations, compress, product
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudicator.engine.branches import Branch, Branches, deciding_assumptions, numbered, resolve
from adjudicator.model.facts import Ask, Disputed, Failed, Holds, Need, NotCovered, Open, Party, Repairable
from adjudicator.model.time import DAY, HOUR, Instant
from adjudicator.testing import FILED_AT

VALUES: Final[Mapping[str, tuple[int, ...]]] = {"one": (0, 1), "two": (0, 1, 2), "three": (0, 1)}
ASKS: Final[Mapping[Hashable, tuple[Ask, ...]]] = {
    name: (Ask(Need(name, Party.PLATFORM)),) for name in (*VALUES, "four")
}
ASK: Final = ASKS["one"][0]
UNPROVEN: Final = Open((ASK,), "not_shown")
AS_GOOD_AS_FAILED: Final = Open((ASK,), "not_shown", as_good_as_failed=True)
KINDS: Final[tuple[tuple[Any, ...], ...]] = (
    (True, Holds(), Holds("another")),
    (False, Failed("late"), AS_GOOD_AS_FAILED),
    (UNPROVEN, Open((ASK,), "another")),
    (Disputed("experts_differ"), NotCovered("not_foreseen")),
    (7,),
    ("holds",),
    (Repairable(ASK),),
)
"""Groups of answers that count as the same."""


@st.composite
def trees(draw: st.DrawFn, open_to: tuple[str, ...] = tuple(VALUES)) -> tuple[Branch, ...]:
    """Answers under every assumption about some facts, of which some only matter for certain values of others."""
    if not open_to or draw(st.integers(0, 4)) == 0:
        return (Branch({}, draw(st.sampled_from([answer for kind in KINDS for answer in kind]))),)
    name = draw(st.sampled_from(open_to))
    rest = tuple(each for each in open_to if each != name)
    return tuple(
        Branch({name: value, **each.assuming}, each.value) for value in VALUES[name] for each in draw(trees(rest))
    )


def kind_of(answer: Any) -> int:
    """The class of answers that count as the same."""
    return next(number for number, kind in enumerate(KINDS) if any(each is answer for each in kind))


def what_it_turns_on(branches: tuple[Branch, ...]) -> Iterator[str]:
    """Each fact for which another value gives another answer, by comparing all pairs of branches."""
    for name in dict.fromkeys(name for each in branches for name in each.assuming):
        for one, other in combinations([each for each in branches if name in each.assuming], 2):
            shared = one.assuming.keys() & other.assuming.keys() - {name}
            if all(one.assuming[each] == other.assuming[each] for each in shared) and kind_of(one.value) != kind_of(
                other.value
            ):
                yield str(name)
                break


@settings(max_examples=5 * settings().max_examples)
@given(trees())
def test_exactly_the_facts_that_change_an_answer_are_asked_for(branches: tuple[Branch, ...]) -> None:
    """Everything it depends on, unless nothing supports the claim."""
    answer = resolve(Branches.of(branches, ASKS))
    kinds = {kind_of(each.value) for each in branches}
    if kinds <= {1, 2}:
        first = next((each.value for each in branches if type(each.value) is Open), branches[0].value)
        assert answer is first
    elif len(kinds) == 1:
        assert answer is branches[0].value
    else:
        assert answer == Open(tuple(ASKS[name][0] for name in what_it_turns_on(branches)), "pending")


FOUR: Final[Mapping[str, tuple[int, ...]]] = {**VALUES, "four": (0, 1)}


@st.composite
def all_combinations(draw: st.DrawFn) -> Branches:
    """An answer for each combination of values of some facts, of which only some matter."""
    names = draw(st.permutations([*FOUR]))[: draw(st.integers(0, len(FOUR)))]
    matters = [draw(st.booleans()) for _ in names]
    answers = st.sampled_from([draw(st.sampled_from(kind)) for kind in draw(st.permutations(KINDS))[:2]])
    of_those: dict[tuple[int, ...], Any] = {}
    for each in product(*[FOUR[name] for name in names]):
        of_those.setdefault(tuple(compress(each, matters)), draw(answers))
    values = [of_those[tuple(compress(each, matters))] for each in product(*[FOUR[name] for name in names])]
    return Branches(*numbered(values), ASKS, {name: FOUR[name] for name in names})


@settings(max_examples=10 * settings().max_examples)
@given(all_combinations())
def test_all_combinations_are_compared_as_if_each_stated_its_assumptions(branches: Branches) -> None:
    """The answer is the same, and so is what it depends on."""
    stated = Branches.of(branches.branches, ASKS)
    assert len({tuple(each.items()) for each in stated.assumptions}) == len(branches.values)
    assert resolve(branches) == resolve(stated)
    assert [*deciding_assumptions(branches)] == [*deciding_assumptions(stated)]


def test_a_fact_that_matters_only_sometimes_is_compared_there() -> None:
    """The third fact matters only for one value of the second, and the first for the other."""
    branches = (
        Branch({"one": 0, "two": 0, "three": 0}, True),
        Branch({"one": 0, "two": 0, "three": 1}, True),
        Branch({"one": 0, "two": 1}, True),
        Branch({"one": 1, "two": 0, "three": 0}, True),
        Branch({"one": 1, "two": 0, "three": 1}, True),
        Branch({"one": 1, "two": 1, "three": 0}, False),
        Branch({"one": 1, "two": 1, "three": 1}, False),
    )
    assert resolve(Branches.of(branches, ASKS)) == Open((*ASKS["one"], *ASKS["two"]), "pending")


def test_a_fact_that_only_decides_what_else_is_unknown_is_not_asked_for() -> None:
    """Both ways, the answer is no only if the second fact is 2 and the third is 1, which come in another order."""
    branches = (
        Branch({"one": 0, "two": 0}, True),
        Branch({"one": 0, "two": 1}, True),
        Branch({"one": 0, "two": 2, "three": 0}, True),
        Branch({"one": 0, "two": 2, "three": 1}, False),
        Branch({"one": 1, "three": 0}, True),
        Branch({"one": 1, "three": 1, "two": 0}, True),
        Branch({"one": 1, "three": 1, "two": 1}, True),
        Branch({"one": 1, "three": 1, "two": 2}, False),
    )
    assert resolve(Branches.of(branches, ASKS)) == Open((*ASKS["two"], *ASKS["three"]), "pending")


EARLIER, LATER = Instant(FILED_AT + HOUR), Instant(FILED_AT + DAY)
SHORT: Final = Holds("for_now", changes_at=EARLIER)
LONG: Final = Holds("for_longer", changes_at=LATER)


@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        ((True, SHORT), SHORT),
        ((SHORT, True), SHORT),
        ((LONG, SHORT, Holds()), SHORT),
        ((Holds("for_good"), True), Holds("for_good")),
    ],
)
def test_the_answer_that_holds_shortest_is_given(answers: tuple[Any, ...], answer: Any) -> None:
    """An answer without an end holds longest; of equal ones, the first counts."""
    branches = tuple(Branch({"two": value}, each) for value, each in enumerate(answers))
    assert resolve(Branches.of(branches, ASKS)) == answer


def test_time_alone_changes_what_is_asked_once_an_answer_may_not_hold_any_more() -> None:
    """After the earlier end, the answer depends on more facts than before, unless it did already."""
    short, long = Branch({"one": 1, "two": 0}, SHORT), Branch({"one": 1, "two": 1}, LONG)
    both = resolve(Branches.of((Branch({"one": 0}, False), short, long), ASKS))
    assert (both.asks, both.changes_at) == (ASKS["one"], EARLIER)
    alone = resolve(Branches.of((Branch({"one": 0}, False), Branch({"one": 1}, LONG)), ASKS))
    assert (alone.asks, alone.changes_at) == (ASKS["one"], None)


def test_time_alone_changes_what_is_asked_once_a_repair_comes_too_late() -> None:
    """After it, every answer fails, and what is unknown does not matter any more."""
    repair = Repairable(ASK, until=EARLIER)
    answer = resolve(Branches.of((Branch({"one": 0}, False), Branch({"one": 1}, repair)), ASKS))
    assert (answer.asks, answer.changes_at) == (ASKS["one"], EARLIER + 1)


@pytest.mark.parametrize("values", [2, 256, 257])
def test_many_different_answers_are_compared(values: int) -> None:
    """One thing that settles two unknowns is asked for once."""
    tried: dict[Hashable, tuple[int, ...]] = {"one": tuple(range(values)), "two": (0, 1), "three": (0, 1)}
    answers = tuple([number + two for number in range(values) for two in (0, values) for _ in range(2)])
    answer = Branches(*numbered(answers), {"one": (ASK,), "two": (ASK,), "three": ASKS["three"]}, tried).answer
    assert answer == Open((ASK,), "pending")
