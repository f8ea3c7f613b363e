"""The verdict on one promise, before its words are added."""

from __future__ import annotations

from attrs import frozen

from adjudicator.analysis.promises.results import Cause, Owed, Verdict


@frozen
class Ruling:
    """A verdict, its reason, what is owed, and, if nothing is, the clauses that are the reason."""

    verdict: Verdict
    reason: Cause
    owed: tuple[Owed, ...] = ()
    against: tuple[Owed, ...] = ()


def agreed(owed: tuple[Owed, ...] = (), reason: Cause = Cause.OWED) -> Ruling:
    """The decision says the same."""
    return Ruling(Verdict.AGREED, reason, owed)


def refused(reason: Cause, owed: tuple[Owed, ...] = (), against: tuple[Owed, ...] = ()) -> Ruling:
    """The decision says otherwise."""
    return Ruling(Verdict.REFUSED, reason, owed, against)


def cannot_judge(reason: Cause, owed: tuple[Owed, ...] = ()) -> Ruling:
    """The decision does not settle it, or the text can be read in several ways."""
    return Ruling(Verdict.CANNOT_JUDGE, reason, owed)
