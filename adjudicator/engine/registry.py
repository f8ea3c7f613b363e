"""Which editions there are, and which of them governs. Packs are found by the entry point group ``adjudicator.policies``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from itertools import groupby, pairwise
from typing import Any

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.model.decision import PolicyRef
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.soundness import CaseBase, require_case
from adjudicator.model.time import Instant

GROUP = "adjudicator.policies"


@cache
def policies() -> Mapping[str, tuple[Edition, ...]]:
    """Every policy of every installed pack, with its editions from the oldest to the newest; none where no pack is installed.

    Raises :class:`PolicyError` where a pack cannot be loaded, or two editions of one policy would govern from the same day.
    """
    packs = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return in_order(edition for pack in packs for edition in editions_of(pack))


def editions_of(pack: EntryPoint) -> tuple[Edition, ...]:
    """The editions that a pack holds. Raises :class:`PolicyError`, with the name of the pack, where they cannot be had."""
    named = f"the pack {pack.name} ({pack.value})"
    try:
        held = tuple(pack.load().EDITIONS)
    except Exception as error:  # a pack is another's code, which can fail in any way
        told = error if isinstance(error, PolicyError) else f"{type(error).__name__}: {error}"
        raise PolicyError(f"{named} cannot be loaded: {told}") from error
    if wrong := [each for each in held if not isinstance(each, Edition)]:
        raise PolicyError(f"{named} holds {shown(wrong[0])} among its EDITIONS, which is no edition")
    return held


def one_of_the_policies() -> str:
    """What a policy can be, as a fault says it."""
    return "one of " + ", ".join(policies()) if policies() else "a policy, and no pack is installed that has one"


def in_order(editions: Iterable[Edition]) -> dict[str, tuple[Edition, ...]]:
    """Editions by policy, from the oldest to the newest; refused where two would govern from the same day."""
    ordered = sorted(editions, key=lambda edition: (edition.policy, edition.effective_from))
    for one, next_one in pairwise(ordered):
        if (one.policy, one.effective_from) == (next_one.policy, next_one.effective_from):
            raise PolicyError(f"two editions of {one.policy} govern from {one.name}")
    return {policy: tuple(group) for policy, group in groupby(ordered, key=lambda edition: edition.policy)}


def editions() -> tuple[Edition, ...]:
    """Every edition of every policy."""
    return tuple(edition for group in policies().values() for edition in group)


def governing(policy: str, moment: Instant) -> Edition | None:
    """The edition of a policy that governs at an instant; ``None`` before the first, or for a policy that nobody installed."""
    in_force = [edition for edition in policies().get(policy, ()) if edition.governs_from <= moment]
    return in_force[-1] if in_force else None


def edition_behind(policy: PolicyRef) -> Edition | None:
    """The edition that a decision names, if it is installed here."""
    return next((edition for edition in policies().get(policy.id, ()) if edition.name == policy.edition), None)


def edition_for(case: CaseBase, other: Edition | None = None) -> Edition:
    """The edition that governs a case, or the ``other`` one under which it is to be looked at.

    Raises :class:`~adjudicator.model.errors.InputError` for what is no case, where no edition governs it, and for another one
    that decides cases of another kind.
    """
    if other is not None:
        return _able_to_decide(require_case(case), other)
    group = policies().get(require_case(case).policy, ())
    moment = governing_instant(group[0], case) if group else None
    in_force = [edition for edition in group if moment is not None and edition.governs_from <= moment]
    if not in_force:
        raise InputError(ungoverned(case))
    return in_force[-1]


def _able_to_decide(case: CaseBase, edition: Edition) -> Edition:
    if not isinstance(edition, Edition):
        raise InputError([Fault("", shown(edition), "an edition of a policy")])
    if not isinstance(case, edition.case_kind.case_type):
        expected = f"a {edition.case_kind.case_type.__name__}, which {edition.policy} decides"
        raise InputError([Fault("", shown(case), expected)])
    return edition


def ungoverned(case: CaseBase) -> tuple[Fault, ...]:
    """The fault of a case that no edition decides: an unknown policy, or an instant before its first edition."""
    if case.policy not in policies():
        return (Fault("/policy", shown(case.policy), one_of_the_policies()),)
    first = policies()[case.policy][0]
    moment = governing_instant(first, case)
    if moment is None or moment >= first.governs_from:
        return ()
    expected = f"an instant not before {first.governs_from}, when the first edition of {case.policy} came into force"
    return (Fault(first.case_kind.governed_from, shown(str(moment)), expected),)


def governing_instant(edition: Edition, case: CaseBase) -> Instant | None:
    """The instant by which the edition for a case is chosen, as far as the case could be read."""
    found: Any = case
    for step in edition.case_kind.governed_from.split("/")[1:]:
        found = getattr(found, step, None)
    return found if isinstance(found, Instant) else None
