"""Day by day and instant by instant: exactly one edition governs from the first edition on, and earlier cases are refused."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import Instant
from adjudicator.engine import registry
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.enumerations import Programme
from adjudicator.model.errors import InputError
from adjudicator.model.time import BEIJING, DAY, HOUR
from adjudicator.rulebook import documents
from adjudicator.testing import a_case, laws
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import put
from documents import ONE_OF_OTHER_KINDS

POLICIES: Final = registry.policies()
ONE_DAY: Final = dt.timedelta(days=1)
LONG_BEFORE: Final = dt.date(2000, 1, 1)
LONG_AFTER: Final = dt.date(2100, 1, 1)


ANY_INSTANT: Final = st.integers(
    Instant.parse("1000-01-01T00:00:00Z"), Instant.parse("9899-12-31T23:59:59.999999Z")
).map(Instant)


def shown_in_force(policy: str, day: dt.date) -> list[Edition]:
    """The editions that are shown as in force on a day, first and last day included."""
    return [
        edition
        for edition in registry.policies()[policy]
        for last in (documents.last_day(edition),)
        if edition.effective_from <= day and (last is None or day <= last)
    ]


def instant(day: dt.date, time: dt.time) -> Instant:
    """An instant in Beijing time."""
    return Instant.at(dt.datetime.combine(day, time, BEIJING))


@pytest.mark.parametrize("policy", POLICIES)
def test_every_day_has_the_edition_that_is_shown_to_be_in_force(policy: str) -> None:
    """For every day of a century, morning and evening: one edition from its first day on, and none before."""
    first, day = POLICIES[policy][0], LONG_BEFORE
    while day < LONG_AFTER:
        shown = shown_in_force(policy, day)
        assert len(shown) == (day >= first.effective_from), f"on {day}: {shown}"
        for time in (dt.time.min, dt.time.max):
            assert registry.governing(policy, instant(day, time)) is (shown[0] if shown else None), (
                f"on {day} at {time}"
            )
        day += ONE_DAY


@pytest.mark.parametrize("edition", registry.editions(), ids=lambda edition: f"{edition.policy}-{edition.name}")
def test_an_edition_begins_with_its_day_to_the_microsecond(edition: Edition) -> None:
    """It governs from midnight in Beijing. A microsecond earlier the previous edition governs, if there is one."""
    group = POLICIES[edition.policy]
    before = group[group.index(edition) - 1] if edition is not group[0] else None
    begins = instant(edition.effective_from, dt.time.min)
    around = [registry.governing(edition.policy, Instant(begins + step)) for step in (-1, 0, 1)]
    assert around == [before, edition, edition]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_instant_has_the_edition_of_its_beijing_day(policy: str) -> None:
    """For instants from the whole range, and from the century in which editions begin."""
    a_nearer_one = st.integers(instant(LONG_BEFORE, dt.time.min), instant(LONG_AFTER, dt.time.max)).map(Instant)

    @given(ANY_INSTANT | a_nearer_one)
    def check(moment: Instant) -> None:
        shown = shown_in_force(policy, moment.datetime(BEIJING).date())
        assert len(shown) == (moment >= POLICIES[policy][0].governs_from)
        assert registry.governing(policy, moment) is (shown[0] if shown else None)

    check()


# Before the first edition


def document(policy: str) -> dict[str, Any]:
    """A valid case for a policy."""
    if policy not in ONE_OF_OTHER_KINDS:
        return case_document(a_case(policy))
    found = copy.deepcopy(ONE_OF_OTHER_KINDS[policy])
    return found | {"history": []} if "history" in found else found


@pytest.mark.parametrize("policy", POLICIES)
def test_a_case_from_before_the_first_edition_is_refused(policy: str) -> None:
    """The fault is at the instant that selects the edition, and says from when on there is one."""
    first = POLICIES[policy][0]
    case = document(policy)
    put(case, first.case_kind.governed_from, str(Instant(first.governs_from - 1)))
    with pytest.raises(InputError) as refused:
        case_from(case)
    (fault,) = refused.value.faults
    assert fault.pointer == first.case_kind.governed_from
    assert str(first.governs_from) in fault.expected
    assert policy in fault.expected


@pytest.mark.parametrize("policy", POLICIES)
def test_the_first_edition_governs_from_its_first_instant(policy: str) -> None:
    first = POLICIES[policy][0]
    case = document(policy)
    put(case, first.case_kind.governed_from, str(first.governs_from))
    assert registry.edition_for(case_from(case)) is first


# Several editions, made up


def against_a_global_merchant(programme: Programme) -> bool:
    """ZZ.1. The merchant is a Global one."""
    return programme is Programme.GLOBAL


def edition_from(day: dt.date) -> Edition:
    """An edition of a made-up policy."""
    return Edition(
        policy="test.policy",
        article="ZZ.1",
        effective_from=day,
        case_kind=CLAIMS,
        requires=(against_a_global_merchant,),
    )


OLD, NEW, NEWEST = MADE_UP = tuple(
    edition_from(day) for day in (dt.date(2022, 3, 15), dt.date(2022, 3, 16), dt.date(2024, 2, 29))
)


def by_its_day(policy: str, moment: Instant) -> Edition | None:
    """The latest edition that has started."""
    begun = [
        edition
        for edition in MADE_UP
        if edition.policy == policy and edition.effective_from <= moment.datetime().date()
    ]
    return begun[-1] if begun else None


def with_a_gap(policy: str, moment: Instant) -> Edition | None:
    """Nothing governs in the last microsecond before the newest edition."""
    return None if moment == NEWEST.governs_from - 1 else by_its_day(policy, moment)


def with_an_overlap(policy: str, moment: Instant) -> Edition | None:
    """The old edition still governs after the next has started."""
    return OLD if moment == NEW.governs_from else by_its_day(policy, moment)


def before_its_day(policy: str, moment: Instant) -> Edition | None:
    """The first edition already governs a day early."""
    return OLD if OLD.governs_from - DAY <= moment < OLD.governs_from else by_its_day(policy, moment)


def by_the_clock_of_greenwich(policy: str, moment: Instant) -> Edition | None:
    """Days begin eight hours late."""
    return by_its_day(policy, Instant(moment - 8 * HOUR))


def never_ending(policy: str, moment: Instant) -> Edition | None:
    """The old edition governs forever."""
    return OLD if policy == OLD.policy and moment >= OLD.governs_from else None


def test_the_law_accepts_correct_editions() -> None:
    laws.one_edition_governs(MADE_UP, governed_by=by_its_day)
    laws.one_edition_governs(MADE_UP[::-1], governed_by=by_its_day)


@pytest.mark.parametrize(
    "governor", [with_a_gap, with_an_overlap, before_its_day, by_the_clock_of_greenwich, never_ending]
)
def test_the_law_notices_a_gap_and_an_overlap(governor: laws.Governor) -> None:
    with pytest.raises(AssertionError, match=r"test\.policy is governed at"):
        laws.one_edition_governs(MADE_UP, governed_by=governor)


def test_two_editions_of_one_day_are_noticed() -> None:
    """By the law, and by the engine before the law is checked."""
    twice = (*MADE_UP, evolve(NEW))
    with pytest.raises(AssertionError, match=r"two editions of test\.policy govern from 2022-03-16"):
        laws.one_edition_governs(twice, governed_by=by_its_day)
    with pytest.raises(PolicyError, match=r"two editions of test\.policy govern from 2022-03-16"):
        registry.in_order(twice)


@contextmanager
def installed(editions: Sequence[Edition]) -> Iterator[None]:
    """Replace the installed editions."""
    policies = registry.in_order(editions)
    with pytest.MonkeyPatch.context() as patch:
        for module in (registry, documents):
            patch.setattr(module, "policies", lambda: policies)
        yield


@given(st.lists(st.dates(dt.date(2020, 1, 1), dt.date(2023, 1, 1)), min_size=1, max_size=4, unique=True))
def test_any_editions_govern_without_gaps(days: list[dt.date]) -> None:
    """In any order, close together or far apart; and the editions shown as in force have no gaps or overlaps."""
    editions = [edition_from(day) for day in days]
    with installed(editions):
        laws.one_edition_governs(editions)
        for day in (each + step * ONE_DAY for each in days for step in (-1, 0, 1)):
            assert len(shown_in_force("test.policy", day)) == (day >= min(days))
