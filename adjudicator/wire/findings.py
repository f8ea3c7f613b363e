"""Findings, deadlines and remarks of a decision in JSON, in the order of their fields and in canonical order, without making them.

What is the same in every case is written once for each edition, with gaps for the rest. The text is the one that the encoder would
write of what :mod:`adjudicator.engine.findings` makes; a field that is added to it has to be added here, or nothing starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
from orjson import Fragment, dumps

from adjudicator.engine.clause import Clause, Node, getter
from adjudicator.engine.effects import effect_of
from adjudicator.engine.findings import (
    FindingsTogether,
    evidence_behind,
    measured,
    only_window,
    params_of,
    remarks_made,
    seconds_left,
    whatever,
)
from adjudicator.engine.judgement import Judgement
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.engine.shared_judgement import SharedJudgement, SharedWork, WithResult
from adjudicator.model.finding import Because, Deadline, FactRead, Finding, JsonValue, Margin, Remark
from adjudicator.wire.template import ANY_MOMENT_TEXT, Fragments, Pair, Part, Template, Texts, joined, separated

WRITTEN: Final[Mapping[type, tuple[str, ...]]] = {
    Finding: ("clause", "cites", "line_id", "role", "effect", "because", "facts", "evidence", "margin"),
    Because: ("code", "params"),
    FactRead: ("name", "value", "pointers"),
    Margin: ("unit", "value"),
    Deadline: ("clause", "line_id", "counted_from", "starts_at", "ends_at", "includes_end"),
    Remark: ("code", "cites", "line_id", "params"),
}
"""The fields that are written here, in their order."""

MOST_COMBINATIONS: Final = 2048
"""The number of combinations of answers, of unknown facts and of places in a case for which what is the same in findings is kept."""
MOST_ANSWERS: Final = 4096
"""The number of answers, in some places in a case, for which what is the same in a finding is kept."""


Documents: TypeAlias = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""A list in both orders, for orjson, which sorts the members of its objects itself."""


def check_fields(kind: Any, written: tuple[str, ...]) -> None:
    """Raises :class:`TypeError` for a class with other fields than are written."""
    if tuple(each.name for each in attrs.fields(kind)) != written:
        raise TypeError(f"{kind.__name__} has other fields than are written here: {', '.join(written)}")


for _kind, _names in WRITTEN.items():
    check_fields(_kind, _names)


# Findings


def findings_written(judgements: Iterable[Judgement], texts: Texts) -> Fragments:
    """All findings of some judgements in both orders, for orjson."""
    plain: list[Fragment] = []
    canonical: list[Fragment] = []
    for each in judgements:
        if each.answers:
            found = _in_both_orders(each, texts)
            plain.append(found[0])
            canonical.append(found[1])
    return plain, canonical


def findings_together_written(findings: FindingsTogether, texts: Texts) -> Fragments:
    """The same of all that is judged in a case: what many cases share is put in place at once."""
    judged, shared, own = findings.of.judged, findings.of.shared, findings.of.own
    kept: _Kept | None = shared.written.get("findings") or _kept(shared, judged, texts)
    if kept is None:
        return findings_written([each.judgement for each in judged], texts)
    plain, canonical = [*kept.plain], [*kept.canonical]
    for place in (*kept.with_gaps, *own):
        plain[place], canonical[place] = _in_both_orders(judged[place].judgement, texts)
    return plain, canonical


class _Kept(NamedTuple):
    """The findings that many cases share. Those of each case are null, as are those ``with_gaps`` for the moment, at these places."""

    plain: tuple[Any, ...]
    canonical: tuple[Any, ...]
    with_gaps: tuple[int, ...]


def _kept(shared: SharedWork[Any], judged: Iterable[WithResult], texts: Texts) -> _Kept | None:
    """``None`` if something has no clauses, so that there are no findings in its place."""
    if not all(each.judgement.answers for each in judged):
        return None
    plain: list[Fragment | None] = [None] * len(shared.judged)
    canonical = [*plain]
    gaps: list[int] = []
    for place, each in enumerate(shared.judged):
        if each is not None:
            written = _in_both_orders(each.judgement, texts)
            if "with gaps" in each.judgement.written:
                gaps.append(place)
            else:
                plain[place], canonical[place] = written
    shared.written["findings"] = kept = _Kept(tuple(plain), tuple(canonical), tuple(gaps))
    return kept


def _in_both_orders(judgement: Judgement, texts: Texts) -> tuple[Fragment, Fragment]:
    """The findings of one judgement."""
    if type(judgement) is SharedJudgement:
        return judgement.written.get("findings") or _shared(judgement, texts)
    plain, canonical = _findings(judgement, texts)
    return Fragment(plain), Fragment(canonical)


def _shared(judgement: SharedJudgement, texts: Texts) -> tuple[Fragment, Fragment]:
    """The findings of a judgement that many cases share, written once: with gaps for the moment, if it is among the facts."""
    parts: tuple[list[bytes], list[bytes]] | None = judgement.written.get("with gaps")
    if parts is None:
        plain, canonical = _findings(judgement, texts)
        if ANY_MOMENT_TEXT not in plain:
            judgement.written["findings"] = found = Fragment(plain), Fragment(canonical)
            return found
        judgement.written["with gaps"] = parts = plain.split(ANY_MOMENT_TEXT), canonical.split(ANY_MOMENT_TEXT)
    moment = dumps(texts.moment and texts.instants[texts.moment])
    return Fragment(moment.join(parts[0])), Fragment(moment.join(parts[1]))


def _findings(judgement: Judgement, texts: Texts) -> Pair:
    """The findings of one judgement, one after another. Reasons and margins have their members in canonical order anyway."""
    facts, subject, edition = judgement.facts, judgement.subject, judgement.edition
    same, effects = same_of(edition), judgement.effects
    documents: list[Any] = []
    for index, node in same.measured:
        seconds = seconds_left(facts, node, effects[index])
        documents.append(None if seconds is None else {"unit": "seconds", "value": seconds})
    template, others = _template(edition, judgement.kinds, facts.unknown, (*subject.places().items(),))
    for index in others:
        clause, answer = edition.clauses[index], judgement.answers[index]
        reason = {"code": f"{clause.name}.{answer.because}", "params": params_of(facts, clause, answer)}
        documents += reason, evidence_behind(subject, answer)
    return template.filled(texts.of((*same.read(facts.found), subject.line_id), documents))


class Same(NamedTuple):
    """What is the same of all findings under an edition.

    The gaps in them are for the values of the facts, which ``read`` takes, the line, the margins of the ``measured`` clauses, and the
    reason and evidence of each answer.
    """

    read: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    facts: Mapping[str, int]
    measured: tuple[tuple[int, Node], ...]

    @property
    def line(self) -> int:
        """The position of the line."""
        return len(self.facts)

    def margin(self, index: int) -> Part:
        """That of the margin of a clause: always null if it measures nothing."""
        positions = {each: self.line + 1 + at for at, (each, _) in enumerate(self.measured)}
        return positions.get(index, b"null")

    def answer(self, number: int) -> int:
        """That of the reason of an answer, the first of which is number 0; its evidence follows."""
        return self.line + 1 + len(self.measured) + 2 * number


@lru_cache(maxsize=MOST_EDITIONS)
def same_of(edition: Edition) -> Same:
    """What is the same of all findings under an edition."""
    facts = {fact.name: at for at, fact in enumerate(edition.read_always)}
    measures = {index: each.node for index, each in enumerate(edition.clauses) if each.node.window and each.node.moment}
    return Same(getter((*facts,)), facts, (*measures.items(),))


Places: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]
"""The positions that replace each placeholder of a pointer."""


@lru_cache(maxsize=MOST_COMBINATIONS)
def _template(
    edition: Edition, kinds: tuple[bool | type, ...], unknown: frozenset[str], places: Places
) -> tuple[Template, tuple[int, ...]]:
    """What is the same of all findings with such answers, and the positions of the clauses whose answers are not plain."""
    others: list[int] = []
    both: list[Parts] = []
    for index, (clause, kind) in enumerate(zip(edition.clauses, kinds, strict=True)):
        is_plain = isinstance(kind, bool)
        immaterial = whatever(clause, unknown) if is_plain and unknown else ()
        both.append(_finding(edition, index, kind, 0 if is_plain else len(others), immaterial, places))
        if not is_plain:
            others.append(index)
    return Template.of(*(separated(parts) for parts in zip(*both, strict=True))), tuple(others)


Parts: TypeAlias = tuple[list[Part], list[Part]]
"""The parts of a template, in both orders."""


@lru_cache(maxsize=MOST_ANSWERS)
def _finding(
    edition: Edition, index: int, kind: bool | type, number: int, immaterial: tuple[str, ...], places: Places
) -> Parts:
    """The parts of the finding of a clause, for an answer that is plain while some unknown facts are ``immaterial``, or one of a type.

    Answers that are not plain have a ``number``.
    """
    same, clause = same_of(edition), edition.clauses[index]
    line, margin = same.line, same.margin(index)
    because: Part = same.answer(number)
    evidence: Part = same.answer(number) + 1
    if isinstance(kind, bool):
        params: Mapping[str, JsonValue] = {"whatever": immaterial} if immaterial else {}
        because, evidence = dumps({"code": clause.plainly[kind].code, "params": params}), b"[]"
    name, cites = b'"clause":' + dumps(clause.name), b'"cites":' + dumps(clause.cites)
    role, effect = b'"role":' + dumps(clause.role), b'"effect":' + dumps(effect_of(clause, kind))
    plain_facts, canonical_facts = _facts(edition, clause, dict(places))
    plain: list[Part] = [b'{%b,%b,"line_id":' % (name, cites), line, b',%b,%b,"because":' % (role, effect), because]
    plain += [b',"facts":[', *plain_facts, b'],"evidence":', evidence, b',"margin":', margin, b"}"]
    canonical: list[Part] = [b'{"because":', because, b',%b,%b,%b,"evidence":' % (cites, name, effect), evidence]
    canonical += [b',"facts":[', *canonical_facts, b'],"line_id":', line, b',"margin":', margin, b",%b}" % role]
    return joined(plain), joined(canonical)


def _facts(edition: Edition, clause: Clause, places: Mapping[str, tuple[int, ...]]) -> Parts:
    """The parts of the facts that a clause has read, in both orders."""
    plain: list[list[Part]] = []
    canonical: list[list[Part]] = []
    positions = same_of(edition).facts
    for name in clause.reads:
        at = positions[name]
        start, pointers = b'{"name":' + dumps(name), b'"pointers":' + dumps(edition.read_always[at].where(places))
        plain.append([start + b',"value":', at, b",%b}" % pointers])
        canonical.append([b'%b,%b,"value":' % (start, pointers), at, b"}"])
    return separated(plain), separated(canonical)


# Deadlines and remarks


def deadlines_written(judgements: Iterable[Judgement], texts: Texts) -> Documents:
    """All deadlines of some judgements, for orjson."""
    found: list[dict[str, Any]] = []
    instants = texts.instants
    for judgement in judgements:
        for clause, name in measured(judgement.edition):
            window = only_window(judgement.facts.found[name])
            if window is not None:
                deadline = {
                    "clause": clause,
                    "line_id": judgement.subject.line_id,
                    "counted_from": window.counted_from,
                    "starts_at": instants[window.starts_at],
                    "ends_at": instants[window.ends_at],
                    "includes_end": window.includes_end,
                }
                found.append(deadline)
    return found, found


def remarks_written(judgements: Iterable[Judgement], _: Texts) -> Documents:
    """All remarks of some judgements, for orjson."""
    found: list[dict[str, Any]] = [
        {"code": node.name, "cites": node.cites, "line_id": judgement.subject.line_id, "params": {}}
        for judgement in judgements
        for node in remarks_made(judgement)
    ]
    return found, found
