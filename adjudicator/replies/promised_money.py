"""The promises of money in a clause: amounts, shares and multiples, awards without a figure, and who is paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from attrs import evolve

from adjudicator.analysis.promises.results import Payee, Promise, Subject
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.replies import lexicon, phrasing, rights
from adjudicator.replies.amounts import Money
from adjudicator.replies.context import Context
from adjudicator.replies.numbers import numbers_in
from adjudicator.replies.sentences import Clause, Sentence

_PART: Final = re.compile(
    r"、|;|\(|\)|\[|\]|\+|=|&|\band\b|\bplus\b|和|以及|及(?!时)|并且?|另(?:加|外)?|外加|，|,(?![0-9])|(?<![0-9]),"
)
_COLON: Final = re.compile(r"[:：]")
_FIGURE: Final = re.compile(r"^\s*[:：]")
OF_MONEY: Final = frozenset({Subject.AMOUNT, Subject.AWARD, Subject.EVERYTHING, Subject.SHARE, Subject.MULTIPLE})


def payee_in(text: str) -> Payee | None:
    """Who is paid, if that is not the customer."""
    if lexicon.WRONG_PAYEE.search(text):
        return Payee.OTHER_SIDE
    return Payee.SOMEONE_ELSE if lexicon.STRANGE_PAYEE.search(text) else None


def amounts_in(clause: Clause, money: Sequence[Money], sentence: Sentence, context: Context) -> Iterator[Promise]:
    """The amounts of a clause. One in brackets right behind another is that other in other words."""
    last: Promise | None = None
    for each in money:
        found = _amount(clause, each, money, sentence, context)
        if last is not None and _IN_OTHER_WORDS.fullmatch(clause.text, last.end, each.start):
            found = evolve(found, kind=last.kind, is_total=last.is_total, line_ids=last.line_ids)
        yield found
        last = found


_THAT_IS: Final = re.compile(r"\s*(?:也就是|即|就是|(?:that is|that's|which is|i\.?e\.?)\s)\s*")
_IN_OTHER_WORDS: Final = re.compile(r"\s?\(\s?(?:大写[:：]?|in words:?)?\s?")


def _amount(clause: Clause, money: Money, all_money: Sequence[Money], sentence: Sentence, context: Context) -> Promise:
    text = clause.text
    start, end = _part_of(text, money, all_money)
    part = text[start:end]
    is_bare = not re.sub(r"[\s\-*•:.]", "", text[: money.start] + text[money.end :])
    restated = context.before if _is_restated(text[: money.start], is_bare, context.before) else None
    kinds: tuple[AwardKind, ...]
    is_bare = is_bare and not (money.is_product and _is_paid_by_nobody(sentence, context))
    if lexicon.MULTIPLE.match(text, money.end) and text[money.end] == "退":
        kinds, is_total, lines = (AwardKind.REFUND,), False, context.lines.within(clause.start, clause.end)
    elif restated is not None and restated.kind is not None:
        kinds, is_total, lines = (restated.kind,), False, restated.line_ids
    elif is_bare:
        kinds, is_total, lines = context.kinds_above, context.total_above, context.lines_above
    else:
        is_total = bool(lexicon.TOTAL.search(part)) and not lexicon.SUBTOTAL.search(part)
        kinds = _kinds_of_an_amount(part, clause, sentence, is_alone=not is_total and len(all_money) == 1)
        lines = context.lines.within(clause.start + start, clause.start + end)
    return Promise(
        start=money.start,
        end=money.end,
        subject=Subject.OTHER if rights.OTHER.search(part) else Subject.AMOUNT,
        kind=None if is_total or not kinds else kinds[0],
        is_total=is_total,
        amount=money.amount,
        currencies=money.currencies,
        line_ids=lines,
        past=bool(lexicon.PAST.search(text)),
        added=bool(lexicon.ADDED.search(text[: money.start])),
        inexact=money.inexact,
        for_each=bool(lexicon.FOR_EACH.search(part)) and not money.is_product,
        is_figure=not (is_bare or restated) and _is_figure(clause, money, sentence, context),
    )


def _kinds_of_an_amount(part: str, clause: Clause, sentence: Sentence, *, is_alone: bool) -> tuple[AwardKind, ...]:
    """What an amount is paid for: what its part of the clause says, or the sentence of a subtotal, or the clause if it ``is_alone`` there."""
    kinds = kinds_named(lexicon.MULTIPLE.sub(" ", part)) or kinds_named(part) or _kinds_of_a_multiple(part)
    if not kinds and lexicon.SUBTOTAL.search(part):
        kinds = kinds_named(sentence.text)[:1]
    return kinds or (kinds_named(clause.text)[:1] if is_alone else ())


def _is_figure(clause: Clause, money: Money, sentence: Sentence, context: Context) -> bool:
    """Whether an amount is a figure of a calculation, or what something cost, and nobody is promised it."""
    text = clause.text
    return bool(
        _opens_a_step(text, money)
        or _is_mentioned(text)
        or _is_the_customers(text)
        or _is_paid_and_comes_back_in_part(text, money)
        or (lexicon.UNITS_TOGETHER.search(text) and _is_paid_by_nobody(sentence, context))
        or _is_listed_as_past(clause, sentence)
    )


def _is_restated(lead: str, is_bare: bool, before: Promise | None) -> bool:
    """Whether an amount says again what the clause before has said: "ten times the price, that is 2,590"."""
    if before is None:
        return False
    return bool(_THAT_IS.fullmatch(lead)) or (is_bare and before.subject is not Subject.AMOUNT)


def _opens_a_step(text: str, money: Money) -> bool:
    """Whether a clause begins with an amount and a colon, as a step of a calculation does."""
    return not text[: money.start].strip() and bool(_FIGURE.match(text[money.end :]))


def _is_mentioned(text: str) -> bool:
    """Whether nothing in a clause says that anyone pays its amounts."""
    return not (kinds_named(text) or any(each.search(text) for each in (lexicon.PAYS, lexicon.TOTAL, phrasing.COMMITS)))


def _is_the_customers(text: str) -> bool:
    """Whether a clause only says what the customer paid or what something costs."""
    match = phrasing.CUSTOMER_PAID.search(text)
    if match is None:
        return False
    rest = text[: match.start()] + " " + text[match.end() :]
    given = _COMES_TO_US & {*kinds_named(_PRICE.sub(" ", rest))}
    return not (phrasing.COMMITS.search(rest) or given or _COMES_BACK.search(rest))


_COMES_TO_US: Final = frozenset({AwardKind.REFUND, AwardKind.COMPENSATION})
_PRICE: Final = re.compile(r"\bfor the goods\b|\bprice of the goods\b|货款|价款")
_COMES_BACK: Final = re.compile(r"\b(?:get|back)\b|[退拿要返]回")


def _is_paid_and_comes_back_in_part(text: str, money: Money) -> bool:
    """Whether an amount is what the customer paid, and only a part of it comes back."""
    before, behind = text[max(0, money.start - 16) : money.start], text[money.end : money.end + 24]
    return bool(
        (_OF.search(before) and _THAT_YOU_PAID.match(behind))
        or (_YOU_PAID_IN_CHINESE.search(before) and _OF_WHICH_IN_CHINESE.match(behind))
    )


_OF: Final = re.compile(r"\bof (?:the |your )?$")
_THAT_YOU_PAID: Final = re.compile(r"\s(?:that |which )?you (?:have )?(?:paid|spent)\b")
_YOU_PAID_IN_CHINESE: Final = re.compile(r"[您你](?:实际)?(?:支付|付|花)(?:了)?的?\s?$")
_OF_WHICH_IN_CHINESE: Final = re.compile(r"\s?(?:当?中|里)")


def _is_paid_by_nobody(sentence: Sentence, context: Context) -> bool:
    """Whether nothing in a sentence or above it says that anyone pays what it adds up or multiplies."""
    whole = sentence.text
    is_told_above = context.kinds_above or context.total_above
    return not (is_told_above or kinds_named(whole) or lexicon.PAYS.search(whole) or phrasing.COMMITS.search(whole))


def _is_listed_as_past(clause: Clause, sentence: Sentence) -> bool:
    """Whether an amount is an item of a list, and only what follows says that something was paid before."""
    is_told = lexicon.PAST.search(clause.text) or phrasing.COMMITS.search(clause.text)
    return not is_told and sentence.says_paid_behind(clause)


def _part_of(text: str, money: Money, all_money: Sequence[Money]) -> tuple[int, int]:
    """The part of a clause that is about one amount: up to the next separator or amount on either side."""
    start, end = 0, len(text)
    for match in _PART.finditer(text):
        if match.end() <= money.start:
            start = match.end()
        elif match.start() >= money.end:
            end = match.start()
            break
    if _opens_a_bracket(text, start, money):
        start = max((match.end() for match in _PART.finditer(text, 0, start - 1)), default=0)
    if colon := _COLON.search(text, money.end, end):
        end = colon.start()
    for other in all_money:
        if start <= other.start < money.start:
            colon = _COLON.search(text, other.end, money.start)
            start = colon.end() if colon else other.end
        if money.end <= other.start < end:
            end = other.start
    return start, end


def _opens_a_bracket(text: str, start: int, money: Money) -> bool:
    """Whether an amount stands alone in brackets: it is then about what stands before them."""
    return text[:start].endswith("(") and not text[start : money.start].strip() and text[money.end :].startswith(")")


def _kinds_of_a_multiple(text: str) -> tuple[AwardKind, ...]:
    """A multiple of a price is compensation."""
    return (AwardKind.COMPENSATION,) if next(multiples_in(text), None) else ()


def kinds_named(text: str) -> tuple[AwardKind, ...]:
    """The kinds of money that a text names, the most specific first. The freight of a return is not one of them."""
    rest = rights.FREIGHT.sub(" ", text)
    return tuple(kind for kind, pattern in lexicon.KINDS.items() if pattern.search(rest))


def awards_in(text: str, found: Sequence[Promise]) -> Iterator[Promise]:
    """Money that is promised without a figure."""
    if any(each.subject in OF_MONEY or each.subject in (Subject.OUTCOME, Subject.FREIGHT) for each in found):
        return
    if match := phrasing.NOTHING.search(text):
        yield Promise(start=match.start(), end=match.end(), subject=Subject.AWARD)
        return
    is_told = phrasing.COMMITS.search(text) or phrasing.NEGATIVE.search(text)
    rest = rights.FREIGHT.sub(lambda match: " " * len(match.group()), text)
    kinds = kinds_named(text)
    for kind in kinds:
        is_borne = kind is AwardKind.POSTAGE and rights.bearer_in(text) is FreightBearer.MERCHANT
        if not (is_told or is_borne):
            continue
        if kind is AwardKind.REFUND and _BESIDES & {*kinds} and not lexicon.GOODS.search(text):
            continue  # the verb of what is refunded: postage or tax
        match = lexicon.KINDS[kind].search(rest)
        if match is not None and not _NOUN_ONLY.match(text, match.end()):
            yield Promise(
                start=match.start(),
                end=match.end(),
                subject=Subject.AWARD,
                kind=kind,
                past=bool(lexicon.PAST.search(text)),
                added=bool(lexicon.ADDED.search(text)),
                freight=rights.bearer_in(text) if kind is AwardKind.POSTAGE else None,
            )


def benefit_in(text: str) -> Promise | None:
    """Something that sounds like money in a clause that commits us, where nothing else was read: a person has to look."""
    match = lexicon.BENEFITS.search(text)
    if match is None or _NOUN_ONLY.match(text, match.end()):
        return None
    if lexicon.PAST.search(text) or phrasing.NEGATIVE.search(text) or not phrasing.COMMITS.search(text):
        return None
    return Promise(start=match.start(), end=match.end(), subject=Subject.OTHER)


_BESIDES: Final = frozenset({AwardKind.POSTAGE, AwardKind.TAX})
_NOUN_ONLY: Final = re.compile(
    r"\s(?:request|claim|application|policy|reason|process|rules?|department|team|status)\b|(?:申请(?!已获)|流程(?!已|正在|启动)|政策|规则|原因|进度|的申请|的差额|的部分|标准|事由|理由)"
)


def everything_in(text: str) -> Iterator[Promise]:
    """That everything comes back."""
    for match in lexicon.EVERYTHING.finditer(text):
        yield Promise(start=match.start(), end=match.end(), subject=Subject.EVERYTHING, kind=AwardKind.REFUND)


_OR_MORE: Final = re.compile(r"\s?(?:以上|以内|左右|起(?!诉)|or more)")


def multiples_in(text: str) -> Iterator[Promise]:
    """Multiples of the price, such as ten times."""
    if not lexicon.MULTIPLE_CUE.search(text):
        return
    for match in lexicon.MULTIPLE.finditer(text):
        parts = match.groupdict()
        written = next(each for each in parts.values() if each)
        value = lexicon.WORDS_OF_MULTIPLES.get(written) or _whole(written)
        yield Promise(
            start=match.start(),
            end=match.end(),
            subject=Subject.MULTIPLE,
            kind=AwardKind.COMPENSATION,
            multiple=value,
            inexact=bool(_OR_MORE.match(text, match.end()) or lexicon.INEXACT.search(text, 0, match.start())),
        )


def _whole(text: str) -> int | None:
    number = next(numbers_in(text), None)
    return int(number.value) if number is not None and number.value is not None else None


def shares_in(text: str) -> Iterator[Promise]:
    """Shares of the price, such as half; all of it is everything."""
    if not any(lexicon.KINDS[kind].search(text) for kind in (AwardKind.REFUND, AwardKind.COMPENSATION)):
        return
    for match in lexicon.SHARE.finditer(text):
        share = _share(match)
        if share == 1:
            yield Promise(start=match.start(), end=match.end(), subject=Subject.EVERYTHING, kind=AwardKind.REFUND)
        else:
            yield Promise(
                start=match.start(), end=match.end(), subject=Subject.SHARE, kind=AwardKind.REFUND, share=share
            )


def _share(match: re.Match[str]) -> Fraction | None:
    parts = match.groupdict()
    if parts["half"]:
        return Fraction(1, 2)
    if thirds := parts["thirds"] or parts["thirds_of"]:
        return Fraction(2 if thirds.startswith(("two", "二", "两")) else 1, 3)
    if parts["percent"]:
        return Fraction(parts["percent"]) / 100
    number = next(numbers_in(parts["percent_words"] or parts["tenths"] or ""), None)
    if number is None or number.value is None:
        return None
    return Fraction(number.value) / (100 if parts["percent_words"] else 10)
