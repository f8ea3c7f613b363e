"""Acts after a warning: whether what is found was done again, while acts, warnings and their times may be unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from adjudicator.engine.vocabulary import ANY, either_way, missing
from adjudicator.kinds.consequences import FoundAct
from adjudicator.model.facts import Need, Open
from adjudicator.model.time import Instant


@frozen
class Notice:
    """A warning that was received, or may have been: when, whether it is certain, and what is not known of it."""

    at: Instant | None
    certain: bool = True
    lacks: Open | None = None


def done_after(
    acts_found: Sequence[FoundAct], notices: Sequence[Notice], *, received_by: Instant, as_of: Instant, when: Need
) -> bool | Open:
    """Whether an act that is found lies after a notice, not at its instant.

    An incident says in ``happened_at`` when it was; ``when`` is the need for that. Every notice was received by an instant, and no act
    is later than ``as_of``. Acts that may be found count as well: what is lacking about them is asked for where it matters.
    """
    after = [(act, _lies_after(act, notices, received_by, as_of)) for act in acts_found]
    if any(told is True and act.certain for act, told in after):
        return True
    if all(told is False for _, told in after):
        return False
    turning = [act for act, told in after if told is not False and _may_turn_it(act, acts_found, received_by, as_of)]
    is_open = any(told is None for _, told in after)
    return either_way(
        _lacking(notices, turning, when) if is_open else (),
        turns_on=[act.incident.id for act in turning if not act.certain],
    )


def all_done_after(acts_found: Sequence[FoundAct], notices: Sequence[Notice], *, received_by: Instant) -> bool:
    """Whether every act that is found, or may be, surely lies after a notice."""
    return bool(acts_found) and all(_surely_lies_after(act, notices, received_by) for act in acts_found)


def _lies_after(act: FoundAct, notices: Sequence[Notice], received_by: Instant, as_of: Instant) -> bool | None:
    """Whether an act lies after the instant of some notice; ``None`` where that is not known."""
    if _surely_lies_after(act, notices, received_by):
        return True
    if any(each.at is None for each in notices):
        return None
    # Of an act at an unknown time, it is known that it is not later than the decision.
    return None if act.incident.happened_at is None and any(each.at < as_of for each in notices if each.at) else False


def _surely_lies_after(act: FoundAct, notices: Sequence[Notice], received_by: Instant) -> bool:
    """Whether it is known of an act that it lies after some notice."""
    happened_at: Instant | None = act.incident.happened_at
    if happened_at is None:
        return False
    return any(each.certain and (received_by if each.at is None else each.at) < happened_at for each in notices)


def _may_turn_it(act: FoundAct, acts_found: Sequence[FoundAct], received_by: Instant, as_of: Instant) -> bool:
    """Whether an act could be later than all that are found for certain, at a time when a notice could still come between."""
    certain = [each.incident.happened_at for each in acts_found if each.certain and each is not act]
    latest: Instant | None = max((each for each in certain if each is not None), default=None)
    if latest is None:
        return True
    happened_at: Instant = as_of if act.incident.happened_at is None else act.incident.happened_at
    return latest <= received_by and happened_at > latest


def _lacking(notices: Sequence[Notice], turning: Sequence[FoundAct], when: Need) -> Iterator[Open]:
    """What is missing: about the notices, and when the acts on which it turns happened."""
    yield from (each.lacks for each in notices if each.lacks is not None)
    for act in turning:
        if act.incident.happened_at is None:
            yield missing(when, {f"/incidents/{act.index}/happened_at": ANY}, part=act.incident.id)
