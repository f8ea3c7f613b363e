"""The promises of time in a clause: until when the customer can send something, and when we act."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from adjudicator.analysis.promises.results import Promise, Subject
from adjudicator.replies import lexicon
from adjudicator.replies.sentences import Sentence
from adjudicator.replies.times import ENDLESS, FORGIVEN, NEAR_DAY, OPEN_ENDED, WEEKDAY, NamedTime

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


def times_promised(text: str, times: Sequence[NamedTime], sentence: Sentence) -> Iterator[Promise]:
    """The times of a clause that are promised: by which the customer can send something, or we act."""
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
