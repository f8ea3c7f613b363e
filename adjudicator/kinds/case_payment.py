"""Money for a case that is judged as a whole: the entitlement, the amount due, and the calculation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.inspection import Function, location
from adjudicator.engine.judgement import Judgement
from adjudicator.engine.ladder import LadderPart
from adjudicator.engine.policy import Edition
from adjudicator.engine.standing import Standing
from adjudicator.kinds.dues import Due, Pays, check_amounts, dues_of
from adjudicator.kinds.payment import capped
from adjudicator.model.award import AwardKind
from adjudicator.model.facts import Open, Repairable


@frozen(kw_only=True, eq=False)
class CasePayment:
    """What a case that is granted pays.

    ``steps`` are the steps that the kinds of award share, ``pays`` are the kinds with their amounts. ``at_most`` are ceilings over
    everything together, applied one after the other; what exceeds one is cut from the end of ``cap_priority``.
    """

    pays: tuple[Pays, ...]
    steps: tuple[Function, ...] = ()
    at_most: tuple[Function, ...] = ()
    cap_priority: tuple[AwardKind, ...] = field()

    @cap_priority.default
    def _in_their_order(self) -> tuple[AwardKind, ...]:
        return tuple(each.kind for each in self.pays)

    def __attrs_post_init__(self) -> None:
        kinds = [each.kind for each in self.pays]
        if not kinds or len(set(kinds)) < len(kinds):
            raise PolicyError("a CasePayment pays each kind of award once, and at least one")
        if sorted(self.cap_priority) != sorted(kinds):
            raise PolicyError("the cap_priority of a CasePayment names each kind of award that it pays once")
        if units := [each.kind.value for each in self.pays if each.units is not None]:
            raise PolicyError(f"a case that is judged as a whole has no units for {units[0]}")
        _check_functions(self)

    def functions(self) -> Iterator[Function]:
        """The functions."""
        return (function for _, function in self.places())

    @property
    def decides_with(self) -> Function:
        """The outcome also depends on the first amount: a case waits for what that needs."""
        return self.pays[0].entitled

    def places(self) -> Iterator[tuple[str, Function]]:
        """The steps first, then what each kind of award takes, and the caps."""
        yield from (("reckoned_from", function) for function in self.steps)
        for pays in self.pays:
            yield from ((f"per_case.{pays.kind.value}", function) for function in pays.functions())
        yield from (("at_most", function) for function in self.at_most)

    @property
    def caps(self) -> tuple[Function, ...]:
        """The ceilings over everything together."""
        return self.at_most

    @property
    def terms(self) -> Mapping[str, str]:
        """In which order the kinds of award are paid under a cap."""
        return {"taken_in_order": ", ".join(kind.value for kind in self.cap_priority)}


def _check_functions(payment: CasePayment) -> None:
    """Refuse a function that stands in the calculation twice, and one that returns no amount."""
    seen: set[Function] = set()
    for function in payment.functions():
        if function in seen:
            raise PolicyError(
                f"{location(function)} stands in a CasePayment twice; steps are what comes before what is entitled and due"
            )
        seen.add(function)
    check_amounts(seen, "CasePayment")


def unknown_amounts(edition: Edition, judgement: Judgement) -> tuple[Any, ...]:
    """The answers in place of amounts that are not known yet; none unless the case would be granted.

    Afterwards every amount is a plain fact or one of these answers: one that is the same for all possible values is known.
    """
    if judgement.standing is not Standing.GRANTED or not isinstance(edition.grants, CasePayment):
        return ()
    facts = judgement.facts
    for function in edition.grants.functions():
        value = facts[function.__name__]
        if type(value) is Branches:
            facts[function.__name__] = value.answer
    values = [facts[function.__name__] for function in edition.grants.functions()]
    return tuple(value for value in values if value is not None and type(value) is not int)


def standing_given(judgement: Judgement, unknown: tuple[Any, ...]) -> Standing:
    """The standing of a case, given the answers in place of unknown amounts."""
    if not unknown:
        return judgement.standing
    waits = any(type(each) is Repairable or (type(each) is Open and not judgement.closed) for each in unknown)
    return Standing.WAITING if waits else Standing.FOR_A_PERSON


def dues(edition: Edition, judgement: Judgement) -> tuple[tuple[Due, ...], tuple[LadderPart, ...]]:
    """What is due for a granted case, and the ladder that leads to it; nothing for any other."""
    payment, facts = edition.grants, judgement.facts
    if judgement.standing is not Standing.GRANTED or not isinstance(payment, CasePayment):
        return (), ()
    ladder: list[LadderPart] = []
    found = dues_of(edition, facts, payment.steps, payment.pays, None, ladder)
    return capped(edition, facts, found, payment.at_most, payment.cap_priority, ladder), tuple(ladder)
