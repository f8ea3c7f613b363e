"""From the clauses of a reply to the promises in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from attrs import evolve, frozen

from adjudicator.analysis.promises.results import Payee, Promise, Subject
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.time import Instant
from adjudicator.replies import lexicon, phrasing, rights
from adjudicator.replies.amounts import Money, money_in
from adjudicator.replies.naming import LinesNamed
from adjudicator.replies.numbers import numbers_in
from adjudicator.replies.sentences import Clause, Sentence
from adjudicator.replies.times import ENDLESS, FORGIVEN, NEAR_DAY, OPEN_ENDED, WEEKDAY, NamedTime, times_in

Span = tuple[int, int]

_PART: Final = re.compile(
    r"、|;|\(|\)|\[|\]|\+|=|&|\band\b|\bplus\b|和|以及|及(?!时)|并且?|另(?:加|外)?|外加|，|,(?![0-9])|(?<![0-9]),"
)
_COLON: Final = re.compile(r"[:：]")
_FIGURE: Final = re.compile(r"^\s*[:：]")
_SENDS: Final = re.compile(
    r"\byou (?:still )?(?:have|can|may|need|must)\b|(?<![\w-])(?:send|(?:re)?submit|re-?file|provide|upload|file|apply|return|ship)\b|\b(?:deadline|last day|expires?|left|time runs|window runs)\b"
    r"|[您你](?:还|仍|尚)?有(?=[0-9一二两三四五六七八九十])|提交|提供|上传|补充|申请|提出|寄|退回|退货|补[交件上]|补材料|发来|[发传](?:给(?![您你])|来|过来|上来|到)|截止|期限|还剩|剩余|之前发|最后一天|前(?:都|也|均)?(?:可以|行)"
)
_LEAD: Final = re.compile(r"^\s*(?:and |but )?(?:until|till|by|before|no later than|not later than|within|up to)\b")
_FEW: Final = 6
"""Fewer characters than this around a time are no words of their own."""
_FILES: Final = re.compile(
    r"(?<![\w-])(?:(?:re)?submit|(?:re-?)?file|provide|upload|apply|return|claim|send (?:us )?(?:the|your) (?:report|proof|evidence|photos?))\b|提交|提供|上传|补充|申请|退货|补交"
)
_WE_ACT: Final = re.compile(
    r"(?<![\w-])(?:refund|pay|paid|receive|credit|arrive|reply|respond|review|get back|contact|process|look|transfer|hear|answer|decide|expect|money|funds|have (?:it|the money|your)\b)\w*"
    r"|钱|款项|到账|入账|进账|到手|发放|返还|打到|转[给到账]|原路|汇|拨[款付出]|进[^，。]{0,3}账|打款|退款|退还|退给|支付|收到|赔|回复|处理|审核|答复|核实|联系|退(?!货|回)"
)
_CUE_OF_TIME: Final = re.compile(
    r"\b(?:by|until|till|before|within|in|no later than|not later than|up to|including|through|after|since|from|on|have(?: another| a further| an extra)?|deadline:?|left|takes?|is)\s*(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?(?:the\s|(?:the )?end of\s|midnight at the end of\s|[0-9:]{4,8}\s(?:on\s)?)?$"
)
_CUE_OF_TIME_BEHIND: Final = re.compile(
    rf"{WEEKDAY}\s?(?:晚上|晚|上午|下午|中午)?(?:[0-9:]{{4,8}}|[0-9]{{1,2}}点半?)?\s?(?:\(含[当本]?[日天]?\))?(?:之?内|until\b|前|之前|以前|为止|截止|止|左右|(?:就|便|即可?|会|可)?[到入]账|left|给|后|之后|以后|起)"
)
_CHINESE_UNTIL: Final = re.compile(
    r"(?:截至|截止到?|至|到|于|在|最晚|不迟于|不晚于|[您你还仍尚]有|还剩|剩余|前|(?:截止|到期)(?:时间|日期|日)?(?:为|是)?[:：]?|最后一天(?:为|是)?|期限(?:到|至))\s*(?:北京时间)?\s?$"
)


_AFTER: Final = re.compile(r"\b(?:after|since|from|starting|as of)\s(?:the\s)?$")
_AFTER_IN_CHINESE: Final = re.compile(r"\s?(?:之后|以后|后|起)")
"""What makes a time the first at which something can be sent, and not the last."""
_HAPPENED: Final = re.compile(
    r"\b(?:we|i|you|it|the \w+)(?: have| has| had|'ve)? (?:already )?(?:received|reviewed|looked|heard|contacted|answered|processed|paid|placed|sent)\b"
    r"|\b(?:was|were) (?:received|reviewed|placed|paid|sent|signed|delivered)\b"
)
_TO_COME: Final = re.compile(r"\b(?:will|shall|going to)\b|'ll\b|会|将|可")
_COUNTED_FROM: Final = re.compile(
    r"[自从][^，。]{0,16}?起|(?:签收|收到)[^，。]{0,10}?后|\b(?:after|from|since) (?:receiving|receipt)\b"
)
"""The event from which a length of time is counted: nothing that we do."""
_OVER: Final = re.compile(r"\bis over\b|\bended\b|已[于经].{0,40}(?:截止|结束)")


@frozen
class Context:
    """What a clause is read with: where lines are named, the currency, the moment of the reply, and what was spoken of before.

    ``before`` is the last promise of the clause before.
    """

    lines: LinesNamed
    currency: str
    now: Instant
    kinds_above: tuple[AwardKind, ...] = ()
    lines_above: tuple[str, ...] = ()
    total_above: bool = False
    before: Promise | None = None


def promises_in(clause: Clause, sentence: Sentence, context: Context, *, in_step: bool) -> Iterator[Promise]:
    """The promises in a clause, with positions in the folded text. Their moods are not read yet.

    ``in_step`` says that the sentence began with a figure and a colon, like a step of a calculation.
    """
    text = clause.text
    times = list(times_in(text, context.now))
    taken: list[Span] = [(each.start, each.end) for each in times]
    multiples = list(_multiples(text))
    shares = list(_shares(text))
    taken += [(each.start, each.end) for each in (*multiples, *shares)]
    money = list(money_in(text, context.currency, taken))
    found = [
        *_amounts(clause, money, sentence, context),
        *multiples,
        *shares,
        *_everything(text),
        *_times(text, times, sentence),
        *rights.rights_in(text),
    ]
    if not (money or in_step):
        found += _awards(text, found)
    lines = context.lines.within(clause.start, clause.end)
    of_some = not lines and sentence.is_of_some_in(clause)
    if not found and lines and context.before and (match := _LEFT_OUT.match(text)):
        start, end = match.end() + 1, len(text.rstrip(" .!。！"))
        found.append(Promise(start=start, end=end, subject=Subject.AWARD, kind=context.before.kind))
    if not (found or in_step) and (benefit := _benefit(text)) is not None:
        found.append(benefit)
    in_step = in_step or any(each.is_figure for each in found)
    for each in found:
        yield evolve(
            each,
            start=clause.start + each.start,
            end=clause.start + each.end,
            line_ids=each.line_ids or lines,
            of_some=of_some and each.subject in (Subject.AWARD, Subject.OUTCOME),
            payee=_payee(text) if each.subject in _OF_MONEY else None,
            is_figure=each.is_figure or (in_step and each.subject is Subject.MULTIPLE),
        )


_LEFT_OUT: Final = re.compile(r"\s*(?:but |and )?(?:not|except|excluding)(?= )")
"""How goods are taken out of what the clause before promises."""
_OF_MONEY: Final = frozenset({Subject.AMOUNT, Subject.AWARD, Subject.EVERYTHING, Subject.SHARE, Subject.MULTIPLE})


def _payee(text: str) -> Payee | None:
    if lexicon.WRONG_PAYEE.search(text):
        return Payee.OTHER_SIDE
    return Payee.SOMEONE_ELSE if lexicon.STRANGE_PAYEE.search(text) else None


# Money


def _amounts(clause: Clause, money: Sequence[Money], sentence: Sentence, context: Context) -> Iterator[Promise]:
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
    kinds = _kinds(lexicon.MULTIPLE.sub(" ", part)) or _kinds(part) or _kinds_of_a_multiple(part)
    is_bare = not re.sub(r"[\s\-*•:.]", "", text[: money.start] + text[money.end :])
    restated = context.before if _is_restated(text[: money.start], is_bare, context.before) else None
    is_bare = is_bare and not (money.is_product and _is_paid_by_nobody(sentence, context))
    if lexicon.MULTIPLE.match(text, money.end) and text[money.end] == "退":
        kinds, is_total, lines = (AwardKind.REFUND,), False, context.lines.within(clause.start, clause.end)
    elif restated is not None and restated.kind is not None:
        kinds, is_total, lines = (restated.kind,), False, restated.line_ids
    elif is_bare:
        kinds, is_total, lines = context.kinds_above, context.total_above, context.lines_above
    else:
        is_total = bool(lexicon.TOTAL.search(part)) and not lexicon.SUBTOTAL.search(part)
        lines = context.lines.within(clause.start + start, clause.start + end)
        if not kinds and lexicon.SUBTOTAL.search(part):
            kinds = _kinds(sentence.text)[:1]
        if not kinds and not is_total and len(all_money) == 1:
            kinds = _kinds(text)[:1]
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
        is_figure=not (is_bare or restated)
        and (
            _opens_a_step(text, money)
            or _is_mentioned(text)
            or _is_the_customers(text)
            or _is_paid_and_comes_back_in_part(text, money)
            or (lexicon.UNITS_TOGETHER.search(text) and _is_paid_by_nobody(sentence, context))
            or _is_listed_as_past(clause, sentence)
        ),
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
    return not (_kinds(text) or any(each.search(text) for each in (lexicon.PAYS, lexicon.TOTAL, phrasing.COMMITS)))


def _is_the_customers(text: str) -> bool:
    """Whether a clause only says what the customer paid or what something costs."""
    match = phrasing.CUSTOMER_PAID.search(text)
    if match is None:
        return False
    rest = text[: match.start()] + " " + text[match.end() :]
    given = _COMES_TO_US & {*_kinds(_PRICE.sub(" ", rest))}
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
    return not (is_told_above or _kinds(whole) or lexicon.PAYS.search(whole) or phrasing.COMMITS.search(whole))


def _is_listed_as_past(clause: Clause, sentence: Sentence) -> bool:
    """Whether an amount is an item of a list, and only what follows says that something was paid before."""
    is_told = lexicon.PAST.search(clause.text) or phrasing.COMMITS.search(clause.text)
    return not is_told and sentence.says_paid_behind(clause)


def _part_of(text: str, money: Money, all_money: Sequence[Money]) -> Span:
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
    return (AwardKind.COMPENSATION,) if next(_multiples(text), None) else ()


def _kinds(text: str) -> tuple[AwardKind, ...]:
    """The kinds of money that a text names, the most specific first. The freight of a return is not one of them."""
    rest = rights.FREIGHT.sub(" ", text)
    return tuple(kind for kind, pattern in lexicon.KINDS.items() if pattern.search(rest))


def kinds_named(text: str) -> tuple[AwardKind, ...]:
    """The kinds of money that a heading names."""
    return _kinds(text)


def _awards(text: str, found: Sequence[Promise]) -> Iterator[Promise]:
    """Money that is promised without a figure."""
    if any(each.subject in _OF_MONEY or each.subject in (Subject.OUTCOME, Subject.FREIGHT) for each in found):
        return
    if match := phrasing.NOTHING.search(text):
        yield Promise(start=match.start(), end=match.end(), subject=Subject.AWARD)
        return
    is_told = phrasing.COMMITS.search(text) or phrasing.NEGATIVE.search(text)
    rest = rights.FREIGHT.sub(lambda match: " " * len(match.group()), text)
    kinds = _kinds(text)
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


def _benefit(text: str) -> Promise | None:
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


def _everything(text: str) -> Iterator[Promise]:
    for match in lexicon.EVERYTHING.finditer(text):
        yield Promise(start=match.start(), end=match.end(), subject=Subject.EVERYTHING, kind=AwardKind.REFUND)


_OR_MORE: Final = re.compile(r"\s?(?:以上|以内|左右|起(?!诉)|or more)")


def _multiples(text: str) -> Iterator[Promise]:
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


def _shares(text: str) -> Iterator[Promise]:
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


# Time


def _times(text: str, times: Sequence[NamedTime], sentence: Sentence) -> Iterator[Promise]:
    for each in times:
        before, behind = text[max(0, each.start - 30) : each.start], text[each.end : each.end + 14]
        cued = (
            (each.time is None and not before.endswith("("))
            or _CUE_OF_TIME.search(before)
            or _CHINESE_UNTIL.search(before)
        )
        cued = cued or _CUE_OF_TIME_BEHIND.match(behind)
        subject = _subject_of_time(text, each) if cued else None
        if cued and subject is None and len(_LEAD.sub("", text).strip()) - (each.end - each.start) < _FEW:
            subject = _subject_in_sentence(sentence.text)
        if subject is None and NEAR_DAY.fullmatch(text, each.start, each.end):
            subject = _subject_of_time(text, each)
            subject = subject if subject is Subject.DUE_DATE else None
        if subject is not None:
            is_after = subject is Subject.DEADLINE and (_AFTER.search(before) or _AFTER_IN_CHINESE.match(behind))
            yield Promise(start=each.start, end=each.end, subject=subject, time=None if is_after else each.time)
    match = FORGIVEN.search(text) or ENDLESS.search(text) or (_FILES.search(text) and OPEN_ENDED.search(text))
    if match:
        yield Promise(start=match.start(), end=match.end(), subject=Subject.DEADLINE)


def _subject_of_time(text: str, time: NamedTime) -> Subject | None:
    """Whose time it is: the customer's to send something, or ours to act; of several words, the nearest decides."""
    sends = _nearest(_SENDS, text, time) if lexicon.ADDRESSES.search(text) else None
    acts = _nearest(_WE_ACT, _COUNTED_FROM.sub(lambda match: " " * len(match.group()), text), time)
    if (sends is None and acts is None) or _OVER.search(text):
        return None
    if acts is None or (sends is not None and sends <= acts):
        return Subject.DEADLINE
    has_happened = _HAPPENED.search(text) and not _TO_COME.search(text)
    return None if has_happened or lexicon.PAST.search(text) else Subject.DUE_DATE


def _subject_in_sentence(text: str) -> Subject | None:
    """Whose time it is, if a clause holds nothing but the time."""
    if lexicon.ADDRESSES.search(text) and _SENDS.search(text):
        return Subject.DEADLINE
    return Subject.DUE_DATE if _WE_ACT.search(text) and not lexicon.PAST.search(text) else None


def _nearest(pattern: re.Pattern[str], text: str, time: NamedTime) -> int | None:
    return min((max(time.start - each.end(), each.start() - time.end) for each in pattern.finditer(text)), default=None)
