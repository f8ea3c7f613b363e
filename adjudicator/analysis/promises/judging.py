"""Hold promises against a decision. What the decision does not settle is said to be beyond judgement, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from adjudicator.analysis.promises import sums, times
from adjudicator.analysis.promises.books import Books
from adjudicator.analysis.promises.results import Cause, Judged, Mood, Owed, Payee, Promise, Subject, Verdict
from adjudicator.analysis.promises.rulings import Ruling, agreed, cannot_judge, refused
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.decision import Outcome
from adjudicator.model.finding import JsonValue


def judged(promises: Sequence[Promise], books: Books, reply: str) -> tuple[Judged, ...]:
    """Hold each promise of a reply against the decision in ``books``. ``reply`` is the text that the promises point into."""
    rulings = [_ruling(each, books) for each in promises]
    return tuple(
        _judged(promise, ruling, reply)
        for promise, ruling in zip(promises, sums.with_parts(promises, rulings, books), strict=True)
    )


def _judged(promise: Promise, ruling: Ruling, reply: str) -> Judged:
    return Judged(
        promise.start,
        promise.end,
        reply[promise.start : promise.end],
        promise.subject,
        promise.mood,
        ruling.verdict,
        ruling.reason,
        dict(_params(promise, ruling)),
        ruling.owed,
        ruling.against,
    )


def _params(promise: Promise, ruling: Ruling) -> Iterator[tuple[str, JsonValue]]:
    """What was read of a promise, and what to write instead if that can be said."""
    if promise.kind is not None:
        yield "kind", promise.kind.value
    for name in ("amount", "multiple"):
        if getattr(promise, name) is not None:
            yield name, getattr(promise, name)
    if promise.share is not None:
        yield "share", str(promise.share)
    if promise.line_ids:
        yield "line_ids", promise.line_ids
    if promise.time is not None and promise.time.length is None:
        yield "until", str(promise.time.latest)
    write = None if promise.time is None else times.exact_words(promise.time, ruling.reason)
    if write is not None:
        yield "write", write


def _ruling(promise: Promise, books: Books) -> Ruling:
    if promise.mood is Mood.UNCLEAR:
        return cannot_judge(Cause.UNCLEAR, books.owed_in_money(promise.kind))
    if promise.mood is Mood.CONDITIONAL:
        return _of_a_condition(promise, books)
    if promise.of_some and books.is_mixed:
        return cannot_judge(Cause.UNCLEAR, books.owed_in_money(promise.kind))
    if promise.payee is not None and promise.mood is Mood.PROMISED:
        return _of_another_payee(promise, books)
    ruling = _BY_SUBJECT[promise.subject](promise, books)
    return _of_a_denial(ruling, books) if promise.mood is Mood.DENIED else ruling


def _of_a_condition(promise: Promise, books: Books) -> Ruling:
    """A promise under a condition is about another case. Only who pays for a return and the times that the decision names hold in any case."""
    if promise.subject in (Subject.FREIGHT, Subject.OTHER):
        return _BY_SUBJECT[promise.subject](promise, books)
    if promise.subject in (Subject.DEADLINE, Subject.DUE_DATE):
        ruling = _BY_SUBJECT[promise.subject](promise, books)
        if ruling.verdict is Verdict.AGREED:
            return ruling
    return cannot_judge(Cause.CONDITIONAL, books.owed_in_money(promise.kind))


def _of_a_denial(ruling: Ruling, books: Books) -> Ruling:
    """A reply must not deny what the customer is owed. What follows a return is not decided yet."""
    if ruling.verdict is Verdict.CANNOT_JUDGE and books.decision.return_authorisation is not None:
        return ruling
    return refused(Cause.DENIED, ruling.owed) if ruling.verdict is Verdict.AGREED else agreed()


def _of_another_payee(promise: Promise, books: Books) -> Ruling:
    """Awards go to the claimant. Whether someone else may receive them on their behalf is not decided."""
    if promise.payee is Payee.OTHER_SIDE:
        return refused(Cause.WRONG_RECIPIENT, books.owed_in_money(), () if books.awards() else books.against)
    return cannot_judge(Cause.NOT_DECIDED_HERE, books.owed_in_money())


def _of_everything(promise: Promise, books: Books) -> Ruling:
    owed = books.owed_in_money(promise.kind)
    if not books.payable():
        return sums.no_money_owed(books)
    in_full = books.is_in_full()
    if in_full is None:
        return cannot_judge(Cause.PART_OF_THE_ORDER, owed)
    return agreed(owed) if in_full else refused(Cause.TOO_MUCH, owed)


def _of_an_award(promise: Promise, books: Books) -> Ruling:
    """Money of one kind. Where goods are returned, postage is that of the return."""
    is_freight = promise.kind is AwardKind.POSTAGE and books.grants_returns
    return _of_freight(promise, books) if is_freight else sums.of_an_award(promise, books)


def _of_a_return(_: Promise, books: Books) -> Ruling:
    allowed = books.decision.return_authorisation
    if allowed is not None:
        return agreed(tuple(Owed("return", line_id, None, None, None, ()) for line_id in allowed.line_ids))
    if not books.grants_returns:
        return cannot_judge(Cause.NOT_DECIDED_HERE)
    return sums.nothing_owed(books)


def _of_freight(promise: Promise, books: Books) -> Ruling:
    allowed = books.decision.return_authorisation
    if allowed is None:
        return sums.nothing_owed(books) if books.grants_returns else cannot_judge(Cause.NOT_DECIDED_HERE)
    borne_by = allowed.freight_borne_by
    owed = (Owed(f"freight_{borne_by.value}", None, None, None, None, ()),)
    if borne_by is FreightBearer.UNDETERMINED or promise.freight is None:
        return cannot_judge(Cause.NOT_DECIDED_HERE, owed)
    return agreed(owed) if borne_by is promise.freight else refused(Cause.WRONG_FREIGHT, owed)


def _of_an_outcome(promise: Promise, books: Books) -> Ruling:
    decision = books.decision
    lines = {each.line_id: each.outcome for each in decision.lines}
    actual = {str(lines[each]) for each in promise.line_ids if each in lines} or {str(decision.outcome)}
    if not (books.decides_a_claim and actual <= frozenset(Outcome)):
        return cannot_judge(Cause.NOT_DECIDED_HERE, books.outcomes)
    if actual <= promise.outcomes:
        return agreed(books.outcomes)
    return refused(Cause.WRONG_OUTCOME, books.outcomes, books.against)


def _of_a_person(_: Promise, books: Books) -> Ruling:
    if books.decision.with_a_person:
        return agreed(books.outcomes)
    if not books.decides_a_claim:
        return cannot_judge(Cause.NOT_DECIDED_HERE, books.outcomes)
    return refused(Cause.WRONG_OUTCOME, books.outcomes)


def _of_anything_else(_: Promise, books: Books) -> Ruling:
    return cannot_judge(Cause.NOT_DECIDED_HERE, books.owed_in_money())


_BY_SUBJECT: Final[Mapping[Subject, Callable[[Promise, Books], Ruling]]] = {
    Subject.AMOUNT: sums.of_an_amount,
    Subject.AWARD: _of_an_award,
    Subject.EVERYTHING: _of_everything,
    Subject.SHARE: sums.of_a_share,
    Subject.MULTIPLE: sums.of_a_multiple,
    Subject.RETURN: _of_a_return,
    Subject.FREIGHT: _of_freight,
    Subject.OUTCOME: _of_an_outcome,
    Subject.DEADLINE: times.of_a_deadline,
    Subject.DUE_DATE: times.of_a_due_date,
    Subject.PERSON: _of_a_person,
    Subject.OTHER: _of_anything_else,
}
