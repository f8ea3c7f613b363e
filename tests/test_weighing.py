"""What is asked for where an answer hangs on what is not known: exactly what it turns on."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from adjudicator.facts import Ask, Disputed, Failed, Holds, Need, Open, Party, Repairable, Silent
from adjudicator.weighing import Branch, Branches, settled

VALUES: Final[Mapping[str, tuple[int, ...]]] = {"one": (0, 1), "two": (0, 1, 2), "three": (0, 1)}
ASKS: Final[Mapping[Hashable, tuple[Ask, ...]]] = {name: (Ask(Need(name, Party.PLATFORM)),) for name in VALUES}
ASK: Final = ASKS["one"][0]
UNPROVEN: Final = Open((ASK,), "not_shown")
AS_GOOD_AS_FAILED: Final = Open((ASK,), "not_shown", as_good_as_failed=True)
KINDS: Final[tuple[tuple[Any, ...], ...]] = (
    (True, Holds(), Holds("another")),
    (False, Failed("late"), Repairable(ASK), AS_GOOD_AS_FAILED),
    (UNPROVEN, Open((ASK,), "another")),
    (Disputed("experts_differ"), Silent("not_foreseen")),
    (7,),
    ("holds",),
)
"""Answers that come to the same, together."""


@st.composite
def trees(draw: st.DrawFn, open_to: tuple[str, ...] = tuple(VALUES)) -> tuple[Branch, ...]:
    """Answers under every assumption about some things, of which some only matter where others are in a certain way."""
    if not open_to or draw(st.integers(0, 4)) == 0:
        return (Branch({}, draw(st.sampled_from([answer for kind in KINDS for answer in kind]))),)
    name = draw(st.sampled_from(open_to))
    rest = tuple(each for each in open_to if each != name)
    return tuple(
        Branch({name: value, **each.assuming}, each.value) for value in VALUES[name] for each in draw(trees(rest))
    )


def kind_of(answer: Any) -> int:
    """Which answers come to the same."""
    return next(number for number, kind in enumerate(KINDS) if any(each is answer for each in kind))


def what_it_turns_on(branches: tuple[Branch, ...]) -> Iterator[str]:
    """Each thing of which another value gives another answer, by comparing every branch with every other."""
    for name in dict.fromkeys(name for each in branches for name in each.assuming):
        for one, other in combinations([each for each in branches if name in each.assuming], 2):
            shared = one.assuming.keys() & other.assuming.keys() - {name}
            if all(one.assuming[each] == other.assuming[each] for each in shared) and kind_of(one.value) != kind_of(
                other.value
            ):
                yield str(name)
                break


@settings(max_examples=300)
@given(trees())
def test_what_an_answer_turns_on_is_asked_for_and_nothing_else(branches: tuple[Branch, ...]) -> None:
    """Unless nothing speaks for the claim, whatever it turns on."""
    answer = settled(Branches(branches, ASKS))
    kinds = {kind_of(each.value) for each in branches}
    if kinds <= {1, 2}:
        first = next((each.value for each in branches if type(each.value) is Open), branches[0].value)
        assert answer is first
    elif len(kinds) == 1:
        assert answer is branches[0].value
    else:
        assert answer == Open(tuple(ASKS[name][0] for name in what_it_turns_on(branches)), "pending")


def test_what_matters_only_sometimes_is_compared_where_it_does() -> None:
    """The third thing matters only where the second is so; the first makes a difference where it does not."""
    branches = (
        Branch({"one": 0, "two": 0, "three": 0}, True),
        Branch({"one": 0, "two": 0, "three": 1}, True),
        Branch({"one": 0, "two": 1}, True),
        Branch({"one": 1, "two": 0, "three": 0}, True),
        Branch({"one": 1, "two": 0, "three": 1}, True),
        Branch({"one": 1, "two": 1, "three": 0}, False),
        Branch({"one": 1, "two": 1, "three": 1}, False),
    )
    assert settled(Branches(branches, ASKS)) == Open((*ASKS["one"], *ASKS["two"]), "pending")
