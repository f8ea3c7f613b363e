"""Whether acts lie after a warning, while acts, warnings and their times may be unknown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Final

import pytest

from adjudicator.engine.vocabulary import either_way
from adjudicator.law import (
    ANY,
    FoundAct,
    Instant,
    Need,
    Notice,
    Open,
    Party,
    all_done_after,
    done_after,
    missing,
)

WHEN: Final = Need("incident_time", Party.PLATFORM)
NOTICES: Final = Need("notices", Party.PLATFORM)
WARNED, ACTED, OPENED, NOW = (Instant(1000 * number) for number in (1, 2, 3, 4))
WHETHER: Final = missing(NOTICES, {"happened": (True, False)})


def act(name: str, happened_at: Instant | None, *, certain: bool = True) -> FoundAct:
    return FoundAct(SimpleNamespace(id=name, happened_at=happened_at), int(name), certain)


def told(*acts: FoundAct, notices: tuple[Notice, ...] = (Notice(WARNED),)) -> bool | Open:
    return done_after(acts, notices, received_by=OPENED, as_of=NOW, when=WHEN)


def when(name: str) -> Open:
    return missing(WHEN, {f"/incidents/{name}/happened_at": ANY}, part=name)


@pytest.mark.parametrize(
    ("acts", "notices", "is_after"),
    [
        ((), (Notice(WARNED),), False),
        ((act("0", ACTED),), (), False),
        ((act("0", None),), (), False),
        ((act("0", ACTED),), (Notice(WARNED),), True),
        ((act("0", WARNED),), (Notice(WARNED),), False),
        ((act("0", NOW),), (Notice(None),), True),
        ((act("0", WARNED), act("1", ACTED)), (Notice(WARNED),), True),
    ],
)
def test_an_act_lies_after_a_notice_and_not_at_it(
    acts: tuple[FoundAct, ...], notices: tuple[Notice, ...], is_after: bool
) -> None:
    """A notice of unknown time was received by the time that is stated for all."""
    assert told(*acts, notices=notices) is is_after


def test_what_is_not_known_is_asked_for_where_it_turns_on_it() -> None:
    """Notices, times of acts, and acts that may be found; not what cannot matter any more."""
    assert told(act("0", None)) == either_way([when("0")])
    assert told(act("0", ACTED), notices=(Notice(None, lacks=WHETHER),)) == either_way([WHETHER])
    assert told(act("0", ACTED, certain=False)) == either_way([], turns_on=["0"])
    late_enough = act("0", NOW, certain=False)
    assert told(late_enough, notices=(Notice(None, lacks=WHETHER),)) == either_way([], turns_on=["0"])
    unwarned = (Notice(None, certain=False, lacks=WHETHER),)
    assert told(act("0", NOW), notices=unwarned) == either_way([WHETHER])
    late = Instant(NOW - 1)
    assert told(act("0", late), act("1", None, certain=False), notices=unwarned) == either_way([WHETHER])


@pytest.mark.parametrize(("noticed_at", "is_after"), [(Instant(NOW - 1), either_way([when("0")])), (NOW, False)])
def test_no_act_is_later_than_the_decision(noticed_at: Instant, is_after: bool | Open) -> None:
    """So one at an unknown time lies after no notice that was received only then, and nothing is asked."""
    assert done_after((act("0", None),), (Notice(noticed_at),), received_by=NOW, as_of=NOW, when=WHEN) == is_after


def test_all_acts_lie_after_a_notice_only_if_each_surely_does() -> None:
    def all_after(*acts: FoundAct, notice: Notice) -> bool:
        return all_done_after(acts, (notice,), received_by=OPENED)

    assert all_after(act("0", ACTED, certain=False), act("1", NOW), notice=Notice(WARNED))
    assert not all_after(notice=Notice(WARNED))
    assert not all_after(act("0", ACTED), act("1", WARNED), notice=Notice(WARNED))
    assert not all_after(act("0", ACTED), act("1", None), notice=Notice(WARNED))
    assert not all_after(act("0", NOW), notice=Notice(None, certain=False))
