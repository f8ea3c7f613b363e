"""Findings, deadlines and remarks of a decision in JSON, in the order of their fields and in canonical order, without making them.

What is the same in every case is written once for each edition, with gaps for the rest. The text is the one that the encoder would
write of what :mod:`adjudicator.engine.findings` makes; a field that is added to it has to be added here, or nothing starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
from orjson import Fragment

from adjudicator.engine.clause import Clause, Node, getter
from adjudicator.engine.findings import (
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
from adjudicator.engine.shared_judgement import SharedJudgement
from adjudicator.model.finding import Because, Deadline, Effect, FactRead, Finding, JsonValue, Margin, Remark
from adjudicator.wire.template import ANY_MOMENT_TEXT, Fragments, Pair, Part, Template, Texts, json_text

WRITTEN: Final[Mapping[type, tuple[str, ...]]] = {
    Finding: ("clause", "cites", "line_id", "role", "effect", "because", "facts", "evidence", "margin"),
    Because: ("code", "params"),
    FactRead: ("name", "value", "pointers"),
    Margin: ("unit", "value"),
    Deadline: ("clause", "line_id", "counted_from", "starts_at", "ends_at", "includes_end"),
    Remark: ("code", "cites", "line_id", "params"),
}
"""The fields that are written here, in their order."""

MOST_COMBINATIONS: Final = 4096
"""The number of combinations of answers and of unknown facts for which the texts of plain answers are kept together."""
MOST_ANSWERS: Final = 16_384
"""The number of plain answers whose texts are kept."""
MOST_PLACES: Final = 4096
"""The number of editions and places in a case for which pointers are kept as text."""


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
        if not each.answers:
            continue
        if type(each) is SharedJudgement:
            found = each.written.get("findings") or _shared(each, texts)
        else:
            found = (*map(Fragment, _findings(each, texts)),)
        plain.append(found[0])
        canonical.append(found[1])
    return plain, canonical


def _shared(judgement: SharedJudgement, texts: Texts) -> tuple[Fragment, Fragment]:
    """The findings of a judgement that many cases share, written once: with gaps for the moment, if it is among the facts."""
    parts: tuple[list[str], list[str]] | None = judgement.written.get("with gaps")
    if parts is None:
        plain, canonical = _findings(judgement, texts)
        if ANY_MOMENT_TEXT not in plain:
            judgement.written["findings"] = found = Fragment(plain.encode()), Fragment(canonical.encode())
            return found
        judgement.written["with gaps"] = parts = plain.split(ANY_MOMENT_TEXT), canonical.split(ANY_MOMENT_TEXT)
    return Fragment(texts.moment.join(parts[0])), Fragment(texts.moment.join(parts[1]))


def _findings(judgement: Judgement, texts: Texts) -> Pair:
    """The findings of one judgement, one after another."""
    facts, subject, edition = judgement.facts, judgement.subject, judgement.edition
    same, effects = same_of(edition), judgement.effects
    found = texts.of((*same.read(facts.found), subject.line_id))
    found += _pointers(edition, (*subject.places().items(),))
    for index, node in same.measured:
        found.append(_margin(seconds_left(facts, node, effects[index])))
    plain, others = _answers(edition, judgement.kinds, facts.unknown)
    first = len(found)
    found += plain
    for index in others:
        clause, answer = edition.clauses[index], judgement.answers[index]
        because = _because(f"{clause.name}.{answer.because}", params_of(facts, clause, answer))
        at = first + index * TEXTS_OF_AN_ANSWER
        behind = evidence_behind(subject, answer)
        found[at : at + TEXTS_OF_AN_ANSWER] = _answer(effects[index], because, json_text(behind) if behind else "[]")
    return same.template.filled(found)


def _margin(seconds: int | None) -> str:
    return "null" if seconds is None else f'{{"unit":"seconds","value":{seconds}}}'


def _because(code: str, params: Mapping[str, JsonValue]) -> str:
    """A reason, which has one parameter at most: so both orders are the same."""
    return f'{{"code":{quoted(code)},"params":{json_text(params) if params else "{}"}}}'


Answer: TypeAlias = tuple[str, str, str, str]
TEXTS_OF_AN_ANSWER: Final = 4
NOT_PLAIN: Final = ("",) * TEXTS_OF_AN_ANSWER
"""In place of the texts of an answer that is not plain."""


def _answer(effect: Effect, because: str, evidence: str) -> Answer:
    """The texts of an answer: effect and reason, then the evidence; in canonical order the reason, then effect and evidence."""
    return f'"{effect}","because":{because}', evidence, because, f'"{effect}","evidence":{evidence}'


@lru_cache(maxsize=MOST_COMBINATIONS)
def _answers(
    edition: Edition, kinds: tuple[bool | type, ...], unknown: frozenset[str]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The texts of all answers, where those that are not plain are not written yet, and the positions of these."""
    texts: list[str] = []
    others: list[int] = []
    for index, (clause, kind) in enumerate(zip(edition.clauses, kinds, strict=True)):
        if isinstance(kind, bool):
            texts += _plain_answer(clause, kind, whatever(clause, unknown) if unknown else ())
        else:
            texts += NOT_PLAIN
            others.append(index)
    return tuple(texts), tuple(others)


@lru_cache(maxsize=MOST_ANSWERS)
def _plain_answer(clause: Clause, answer: bool, immaterial: tuple[str, ...]) -> Answer:
    """The texts of a plain answer. It has no evidence, and always the same reason while the same facts are unknown and immaterial."""
    because = _because(clause.plainly[answer].code, {"whatever": immaterial} if immaterial else {})
    return _answer(clause.effects[answer], because, "[]")


Places: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]
"""The positions that replace each placeholder of a pointer."""


@lru_cache(maxsize=MOST_PLACES)
def _pointers(edition: Edition, places: Places) -> tuple[str, ...]:
    """The text of each fact behind the clauses that has its pointers: what follows its value, and in canonical order precedes it."""
    pointers = {fact.name: json_text(fact.where(dict(places))) for fact in edition.read_always}
    after = [f',"pointers":{each}}}' for each in pointers.values()]
    before = [f'{{"name":{quoted(name)},"pointers":{each},"value":' for name, each in pointers.items()]
    return (*after, *before)


class Same(NamedTuple):
    """What is the same of all findings under an edition.

    The gaps of the template are for the values of the facts, which ``read`` takes, the line, the pointers, the margins of the
    ``measured`` clauses, and the answers of all clauses.
    """

    template: Template
    read: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    measured: tuple[tuple[int, Node], ...]


@lru_cache(maxsize=MOST_EDITIONS)
def same_of(edition: Edition) -> Same:
    """What is the same of all findings under an edition."""
    facts, clauses = tuple(fact.name for fact in edition.read_always), edition.clauses
    measures = {index: each.node for index, each in enumerate(clauses) if each.node.window and each.node.moment}
    gaps = Gaps(facts, tuple(measures))
    both = [_finding(gaps, index, clause) for index, clause in enumerate(clauses)]
    plain, canonical = (_separated(parts) for parts in zip(*both, strict=True))
    return Same(
        Template.of(plain, canonical, gaps.answer(len(clauses))[0]),
        getter(facts),
        tuple(measures.items()),
    )


class Gaps(NamedTuple):
    """The order of the texts that belong in the gaps."""

    facts: tuple[str, ...]
    measured: tuple[int, ...]

    @property
    def line(self) -> int:
        """The line."""
        return len(self.facts)

    def fact(self, name: str) -> tuple[int, int, int]:
        """The value of a fact, what follows it, and what precedes it in canonical order."""
        position, count = self.facts.index(name), len(self.facts)
        return position, count + 1 + position, 2 * count + 1 + position

    def margin(self, index: int) -> Part:
        """The margin of a clause: always null if it measures nothing."""
        return 3 * len(self.facts) + 1 + self.measured.index(index) if index in self.measured else "null"

    def answer(self, index: int) -> range:
        """The texts of the answer of a clause."""
        first = 3 * len(self.facts) + 1 + len(self.measured) + TEXTS_OF_AN_ANSWER * index
        return range(first, first + TEXTS_OF_AN_ANSWER)


def _finding(gaps: Gaps, index: int, clause: Clause) -> tuple[list[Part], list[Part]]:
    """The parts of the finding of a clause, in both orders."""
    name, cites, role = quoted(clause.name), json_text(clause.cites), quoted(clause.role.value)
    effect_because, evidence, because, effect_evidence = gaps.answer(index)
    plain_facts, canonical_facts = _facts(gaps, clause)
    plain: list[Part] = [f'{{"clause":{name},"cites":{cites},"line_id":', gaps.line]
    plain += [f',"role":{role},"effect":', effect_because, ',"facts":[', *plain_facts, '],"evidence":', evidence]
    plain += [',"margin":', gaps.margin(index), "}"]
    canonical: list[Part] = ['{"because":', because, f',"cites":{cites},"clause":{name},"effect":', effect_evidence]
    canonical += [',"facts":[', *canonical_facts, '],"line_id":', gaps.line]
    canonical += [',"margin":', gaps.margin(index), f',"role":{role}}}']
    return plain, canonical


def _facts(gaps: Gaps, clause: Clause) -> tuple[list[Part], list[Part]]:
    """The parts of the facts that a clause has read, in both orders."""
    plain: list[list[Part]] = []
    canonical: list[list[Part]] = []
    for name in clause.reads:
        value, after, before = gaps.fact(name)
        plain.append([f'{{"name":{quoted(name)},"value":', value, after])
        canonical.append([before, value, "}"])
    return _separated(plain), _separated(canonical)


def _separated(items: Iterable[Iterable[Part]]) -> list[Part]:
    """The parts of some items with commas between them."""
    parts: list[Part] = []
    for item in items:
        parts += [*([","] if parts else []), *item]
    return parts


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
                    "starts_at": Fragment(instants[window.starts_at]),
                    "ends_at": Fragment(instants[window.ends_at]),
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
