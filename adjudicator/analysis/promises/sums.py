"""Promises of money, held against awards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import Final

from adjudicator.analysis.promises.books import Books
from adjudicator.analysis.promises.results import Cause, Mood, Promise, Subject, Verdict
from adjudicator.analysis.promises.rulings import Ruling, agreed, cannot_judge, refused
from adjudicator.model.award import Award, AwardKind

_COMES_BACK: Final = (AwardKind.REFUND, AwardKind.TAX, AwardKind.POSTAGE)

_BESIDES_THE_PRICE: Final = (AwardKind.TAX, AwardKind.POSTAGE)


def nothing_owed(books: Books) -> Ruling:
    """What is promised is not granted, or not yet."""
    reason = Cause.NOT_OWED_YET if books.pays_once_settled else Cause.NOT_OWED
    return refused(reason, books.owed_in_money(), books.against)


def no_money_owed(books: Books) -> Ruling:
    """The same for money, of which a rule that never pays says nothing."""
    if books.decision.total is None or books.grants_returns:
        return cannot_judge(Cause.NOT_DECIDED_HERE)
    return nothing_owed(books)


def of_an_award(promise: Promise, books: Books) -> Ruling:
    """Money of one kind without a figure."""
    owed = books.owed_in_money(promise.kind)
    payable = books.payable(promise.kind, promise.line_ids)
    if payable:
        return cannot_judge(Cause.UNCLEAR, owed) if promise.added else agreed(owed)
    if promise.past and books.settled:
        return agreed(owed, Cause.ON_RECORD)
    return no_money_owed(books)


def of_an_amount(promise: Promise, books: Books) -> Ruling:
    """A sum of money."""
    owed = books.owed_in_money(None if promise.is_total else promise.kind)
    currency = books.decision.currency
    if currency is not None and promise.currencies and currency not in promise.currencies:
        return refused(Cause.WRONG_CURRENCY, owed)
    if promise.amount is None:
        return cannot_judge(Cause.UNREADABLE, owed)
    if promise.is_figure or books.decision.total is None:
        known = promise.amount in books.figures
        return agreed(owed, Cause.FIGURE) if known else cannot_judge(Cause.UNKNOWN_FIGURE, owed)
    if promise.past and promise.amount in (0, *books.settled):
        return agreed(owed, Cause.ON_RECORD)
    if promise.for_each:
        return _of_each_unit(promise, promise.amount, books)
    payable = books.payable(None if promise.is_total else promise.kind, promise.line_ids)
    if promise.amount == payable or _is_all_that_comes_back(promise, books):
        return agreed(owed)
    if promise.inexact:
        return cannot_judge(Cause.INEXACT, owed)
    return _of_another_amount(promise, promise.amount, payable, books)


def _of_each_unit(promise: Promise, amount: int, books: Books) -> Ruling:
    """A sum for each unit. If not all that was claimed is granted, it may be meant for the others too."""
    kind = promise.kind or AwardKind.REFUND
    owed, units = books.owed_in_money(kind), {each.line_id: each for each in books.decision.lines}
    awards = [(each, units[each.line_id]) for each in books.awards(kind, promise.line_ids) if each.line_id in units]
    if not awards:
        return no_money_owed(books)
    if promise.inexact or all(amount * line.units == award.amount for award, line in awards):
        is_all = not promise.inexact and all(line.units == line.units_claimed for _, line in awards)
        return agreed(owed) if is_all else cannot_judge(Cause.UNCLEAR, owed)
    is_more = any(amount * line.units > award.amount for award, line in awards)
    return refused(Cause.TOO_MUCH if is_more else Cause.TOO_LITTLE, owed)


def _of_another_amount(promise: Promise, amount: int, payable: int, books: Books) -> Ruling:
    """A sum that is not the one that is owed: which one it is, if any."""
    owed = books.owed_in_money(None if promise.is_total else promise.kind)
    if not books.payable():
        return no_money_owed(books)
    of_kind = books.awards(promise.kind)
    if not promise.is_total and promise.line_ids and amount in _each(of_kind):
        return refused(Cause.WRONG_LINE, owed)
    if not promise.is_total and not promise.line_ids and promise.kind is not None and amount in _each(of_kind):
        return cannot_judge(Cause.ONE_OF_SEVERAL, owed)
    if amount in {books.payable(), *(books.payable(kind) for kind in AwardKind)} - {0} and promise.kind is not None:
        return refused(Cause.WRONG_KIND, books.owed_in_money())
    if not payable:
        return refused(Cause.NOT_OWED, books.owed_in_money(), books.against)
    return refused(Cause.TOO_MUCH if amount > payable else Cause.TOO_LITTLE, owed)


def _each(awards: Iterable[Award]) -> frozenset[int]:
    return frozenset(each.amount for each in awards)


def _is_all_that_comes_back(promise: Promise, books: Books) -> bool:
    """Whether a stated refund includes the tax and the postage that are refunded with it."""
    back = sum(books.payable(kind, promise.line_ids) for kind in _COMES_BACK)
    return promise.kind is AwardKind.REFUND and promise.amount == back != books.payable(
        AwardKind.REFUND, promise.line_ids
    )


def with_parts(promises: Sequence[Promise], rulings: Sequence[Ruling], books: Books) -> Iterator[Ruling]:
    """The rulings after adding up the promises of a reply.

    One part by itself, without naming what it is for, is too little; together with the rest or the total it is right. An amount stated in
    addition to the total, or to a refund that includes it, may be counted twice.
    """
    amounts = [_stated_amount(promise) for promise in promises]
    total, parts = books.payable(), _parts(books)
    is_whole = total in amounts or sum({each for each in amounts if each in parts}) == total
    is_split = any(each.kind in _BESIDES_THE_PRICE for each in promises if _stated_amount(each))
    is_total_stated = False
    for promise, ruling in zip(promises, rulings, strict=True):
        is_part = is_whole and _is_of_no_kind(promise) and promise.amount in parts
        is_right = ruling.verdict is Verdict.AGREED or (is_part and ruling.verdict is Verdict.REFUSED)
        if is_right and _may_be_meant_twice(promise, is_total_stated, is_split, books):
            yield cannot_judge(Cause.UNCLEAR, books.owed_in_money())
        else:
            yield agreed(books.owed_in_money()) if is_right and ruling.verdict is Verdict.REFUSED else ruling
        is_total_stated = is_total_stated or _stated_amount(promise) == total


def _may_be_meant_twice(promise: Promise, is_total_stated: bool, is_split: bool, books: Books) -> bool:
    if not _stated_amount(promise):
        return False
    return (promise.added and is_total_stated) or (is_split and _is_all_that_comes_back(promise, books))


def _stated_amount(promise: Promise) -> int:
    is_told = promise.subject is Subject.AMOUNT and promise.mood is Mood.PROMISED and not promise.is_figure
    return promise.amount or 0 if is_told else 0


def _is_of_no_kind(promise: Promise) -> bool:
    is_amount = promise.subject is Subject.AMOUNT and promise.mood is Mood.PROMISED and promise.payee is None
    return is_amount and promise.kind is None and not promise.is_total and not promise.line_ids


def _parts(books: Books) -> frozenset[int]:
    of_kinds = frozenset(books.payable(kind) for kind in AwardKind)
    return (of_kinds | _each(books.awards())) - {0}


def of_a_share(promise: Promise, books: Books) -> Ruling:
    """A share of the price, as a refund."""
    owed = books.owed_in_money(AwardKind.REFUND)
    refunds = books.awards(AwardKind.REFUND, promise.line_ids)
    if not refunds or promise.share is None:
        return no_money_owed(books)
    if any(each.settled for each in refunds) or not all(books.bases(each.line_id) for each in refunds):
        return cannot_judge(Cause.NOT_DECIDED_HERE, owed)
    share = promise.share
    if all(each.amount in _shares(share, books.bases(each.line_id)) for each in refunds):
        return agreed(owed)
    return refused(Cause.WRONG_SHARE, owed)


def _shares(share: Fraction, bases: Iterable[int]) -> frozenset[int]:
    return frozenset(ceil(share * base) for base in bases)


def of_a_multiple(promise: Promise, books: Books) -> Ruling:
    """A multiple of the price on top of it, as compensation that nothing has cut."""
    owed = books.owed_in_money(AwardKind.COMPENSATION)
    awards = books.awards(AwardKind.COMPENSATION, promise.line_ids)
    if promise.is_figure:
        known = promise.multiple in books.multiples or books.are_free
        return agreed(owed, Cause.FIGURE) if known else cannot_judge(Cause.UNKNOWN_FIGURE, owed)
    if not awards or promise.multiple is None:
        return no_money_owed(books)
    if promise.inexact:
        return cannot_judge(Cause.INEXACT, owed)
    times = promise.multiple
    if not all(each.entitled in {times * base for base in books.bases(each.line_id)} for each in awards):
        return refused(Cause.WRONG_MULTIPLE, owed)
    if any(each.amount + each.settled < each.entitled for each in awards):
        return refused(Cause.TOO_MUCH, owed)
    return agreed(owed)
