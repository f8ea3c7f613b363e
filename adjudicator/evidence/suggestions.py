"""What a machine would suggest for fields that are not known. Nothing here reaches the case before a person confirms it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from adjudicator.evidence.facts import Examined
from adjudicator.evidence.readings import Reading, What
from adjudicator.evidence.report import ExaminedFile, Suggestion
from adjudicator.model.fields import fields_by_wire_name
from adjudicator.model.finding import JsonValue
from adjudicator.model.time import Instant

_DATE: Final = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_WAYBILL: Final = re.compile(r"\b[A-Z]{0,4}\d{9,20}\b")
_ISSUER: Final = re.compile(
    r"(?:公司|法院|检测中心|检验院|鉴定中心|監督管理局|监督管理局|\bLtd\b|\bInc\b|\bGmbH\b|\bSA\b|\bLLC\b)\.?"
)
_KINDS: Final[Mapping[str, re.Pattern[str]]] = {
    "official_finding": re.compile(r"判决书|判決書|裁定书|裁定書|处罚决定|處罰決定|\bJUDGMENT\b", re.IGNORECASE),
    "appraisal_report": re.compile(r"鉴定|鑑定|检测报告|檢測報告|\bAPPRAISAL\b", re.IGNORECASE),
    "courier_statement": re.compile(
        r"(?:物流|快递|快遞|承运|承運).*(?:证明|證明|说明|說明)|\bSTATEMENT OF THE CARRIER\b", re.IGNORECASE
    ),
    "package_photo": re.compile(r"运单|運單|\bWAYBILL\b", re.IGNORECASE),
}
"""Words by which a kind of document may be known, the surest first."""
LONGEST_LINE: Final = 200
"""The most characters of a line that are looked at together: patterns take longer than the line is long."""
MOST: Final = 50
"""The most suggestions for a piece of evidence."""


def suggestions(examined: Examined, known: frozenset[str]) -> tuple[Suggestion, ...]:
    """What to suggest for the fields of a piece of evidence that are not known; each value once."""
    found: dict[tuple[str, JsonValue], Suggestion] = {}
    fields = {*fields_by_wire_name(examined.kinds[examined.item.kind]), "issuer/name"} - known
    for file, reading, line in _lines(examined):
        for field, value in _values(line):
            if len(found) < MOST and field in fields and field.partition("/")[0] in fields:
                found.setdefault((field, value), _suggestion(field, value, file, reading))
    if "stamped" in fields:
        for file, reading in examined.readings(What.SEAL):
            found.setdefault(("stamped", True), _suggestion("stamped", True, file, reading))
    return (*_kind(examined), *found.values())


def _lines(examined: Examined) -> Iterator[tuple[ExaminedFile, Reading, str]]:
    """The lines of all texts; a long one, which no document has, in pieces."""
    for what in (What.WORDS, What.TEXT, What.CODE):
        for file, reading in examined.readings(what):
            for line in reading.value.splitlines():
                for start in range(0, len(line), LONGEST_LINE):
                    yield file, reading, line[start : start + LONGEST_LINE]


def is_telling(line: str) -> bool:
    """Whether something might be suggested because of a line of text."""
    short = line[:LONGEST_LINE]
    return any(True for _ in _values(short)) or any(words.search(short) for words in _KINDS.values())


def _values(text: str) -> Iterator[tuple[str, JsonValue]]:
    for number in _WAYBILL.findall(text):
        yield "waybill_no", number
    for year, month, day in _DATE.findall(text):
        try:
            yield "issued_at", str(Instant.parse(f"{year}-{int(month):02d}-{int(day):02d}T00:00:00+08:00"))
        except ValueError:
            continue
    ends = [issuer.end() for issuer in _ISSUER.finditer(text)]
    if ends:
        yield "issuer/name", text[: ends[-1]].strip()


def _kind(examined: Examined) -> Iterator[Suggestion]:
    """The kind of document that words suggest most strongly, for evidence of unknown kind."""
    if examined.item.kind != "other":
        return
    lines = tuple(_lines(examined))
    for kind, words in ((name, words) for name, words in _KINDS.items() if name in examined.kinds):
        for file, reading, line in lines:
            if words.search(line):
                yield _suggestion("kind", kind, file, reading)
                return


def _suggestion(field: str, value: JsonValue, file: ExaminedFile, reading: Reading) -> Suggestion:
    return Suggestion(field=field, value=value, file=file.name, method=reading.method, place=reading.place)
