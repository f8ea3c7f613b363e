"""The findings of a decision as JSON text, without making them first: in the order of their fields, and in canonical order.

What is the same for all cases with the same answers is written once, with gaps for the rest. The text is the one that the encoder
would write of :func:`adjudicator.engine.findings.findings`; a field that is added to a finding has to be added here, or nothing
starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
from attrs import frozen

from adjudicator.engine.clause import Clause, getter
from adjudicator.engine.findings import evidence_behind, margin_of, reason_of
from adjudicator.engine.judgement import Judgement
from adjudicator.engine.policy import Edition
from adjudicator.model.finding import Because, FactRead, Finding, JsonValue, Margin
from adjudicator.wire.template import Part, Template, value_text, value_texts
from adjudicator.wire.writer import Text, json_text, list_of_pairs

WRITTEN: Final[Mapping[type, tuple[str, ...]]] = {
    Finding: ("clause", "cites", "line_id", "role", "effect", "because", "facts", "evidence", "margin"),
    Because: ("code", "params"),
    FactRead: ("name", "value", "pointers"),
    Margin: ("unit", "value"),
}
"""The fields that are written here, in their order."""

MOST_TEMPLATES: Final = 1024
"""The number of editions and answers for which the same of all findings is kept as text."""
MOST_PLACES: Final = 4096
"""The number of editions and places in a case for which pointers are kept as text."""


def check_fields(kind: Any, written: tuple[str, ...]) -> None:
    """Raises :class:`TypeError` for a class with other fields than are written."""
    if tuple(each.name for each in attrs.fields(kind)) != written:
        raise TypeError(f"{kind.__name__} has other fields than are written here: {', '.join(written)}")


for _kind, _names in WRITTEN.items():
    check_fields(_kind, _names)


def findings_text(judgements: Iterable[Judgement]) -> Text:
    """All findings of some judgements, as a list."""
    return Text(*list_of_pairs([_findings(judgement) for judgement in judgements]))


def _findings(judgement: Judgement) -> tuple[str, str]:
    """The findings of one judgement, one after another."""
    facts, subject, edition = judgement.facts, judgement.subject, judgement.edition
    same = same_of(edition, judgement.kinds, unknown=bool(facts.unknown))
    values = value_texts(same.read(facts))
    values.append(value_text(subject.line_id))
    values.extend(_pointers(edition, tuple(subject.places().items())))
    for index in same.gaps.measured:
        values += [_margin(margin_of(facts, edition.clauses[index].node, judgement.effects[index]))]
    for index in same.gaps.others:
        values += _parts_of_its_own(judgement, index)
    return same.template.filled(values)


def _parts_of_its_own(judgement: Judgement, index: int) -> tuple[str, str, str, str]:
    """The effect, the reason in both orders, and the evidence of a finding whose answer is not plain."""
    clause, answer = judgement.edition.clauses[index], judgement.answers[index]
    because = _because(reason_of(judgement.facts, clause, answer))
    evidence = "[]" if type(answer) is bool else json_text(evidence_behind(judgement.subject, answer))
    return quoted(judgement.effects[index].value), because.plain, because.canonical, evidence


Places: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]
"""The positions that replace each placeholder of a pointer."""


@lru_cache(maxsize=MOST_PLACES)
def _pointers(edition: Edition, places: Places) -> tuple[str, ...]:
    """The pointers of each fact behind the clauses."""
    return tuple([json_text(fact.where(dict(places))) for fact in edition.read_always])


class Same(NamedTuple):
    """What is the same of all findings with the same answers: the text around the gaps. ``read`` takes the facts' values."""

    gaps: Gaps
    template: Template
    read: Callable[[Mapping[str, Any]], tuple[Any, ...]]


@frozen
class Gaps:
    """The order of the values that belong in the gaps.

    They are those of the ``facts``, the line, the pointers of the facts, the margins of the ``measured`` clauses, and four parts for
    each of the ``others``, whose answers are not plain.
    """

    facts: tuple[str, ...]
    measured: tuple[int, ...]
    others: tuple[int, ...]

    @property
    def line(self) -> int:
        """The line."""
        return len(self.facts)

    def fact(self, name: str) -> tuple[int, int]:
        """The value of a fact, and its pointers."""
        position = self.facts.index(name)
        return position, self.line + 1 + position

    def margin(self, index: int) -> Part:
        """The margin of a clause: always null if it measures nothing."""
        return 2 * self.line + 1 + self.measured.index(index) if index in self.measured else "null"

    def of_its_own(self, index: int) -> tuple[Part, Part, Part, Part]:
        """The effect, the reason in both orders, and the evidence of a clause whose answer is not plain."""
        first = 2 * self.line + 1 + len(self.measured) + 4 * self.others.index(index)
        return first, first + 1, first + 2, first + 3

    @property
    def count(self) -> int:
        """How many there are."""
        return 2 * self.line + 1 + len(self.measured) + 4 * len(self.others)


@lru_cache(maxsize=MOST_TEMPLATES)
def same_of(edition: Edition, kinds: tuple[bool | type, ...], *, unknown: bool) -> Same:
    """What is the same for these kinds of answers to an edition's clauses, with something ``unknown`` or not.

    A plain answer always has the same reason, unless it could have another one if all were known, and no evidence.
    """
    answers = [kind if isinstance(kind, bool) and not unknown else None for kind in kinds]
    facts = tuple(fact.name for fact in edition.read_always)
    gaps = Gaps(
        facts,
        tuple(index for index, clause in enumerate(edition.clauses) if clause.node.moment is not None),
        tuple(index for index, answer in enumerate(answers) if answer is None),
    )
    plain: list[Part] = []
    canonical: list[Part] = []
    for index, (clause, answer) in enumerate(zip(edition.clauses, answers, strict=True)):
        separator = "," if index else ""
        in_order, in_canonical_order = _finding(gaps, index, clause, answer)
        plain += [separator, *in_order]
        canonical += [separator, *in_canonical_order]
    return Same(gaps, Template.of(plain, canonical, gaps.count), getter(facts))


def _finding(gaps: Gaps, index: int, clause: Clause, answer: bool | None) -> tuple[list[Part], list[Part]]:
    """The parts of one finding, in both orders."""
    name, cites, role = quoted(clause.name), json_text(clause.cites), quoted(clause.role.value)
    effect, because, canonical_because, evidence = (
        gaps.of_its_own(index) if answer is None else _plain_parts(clause, answer)
    )
    facts, canonical_facts = _facts(gaps, clause)
    plain: list[Part] = [
        f'{{"clause":{name},"cites":{cites},"line_id":',
        gaps.line,
        f',"role":{role},"effect":',
        effect,
    ]
    plain += [',"because":', because, ',"facts":[', *facts, '],"evidence":', evidence]
    plain += [',"margin":', gaps.margin(index), "}"]
    canonical: list[Part] = ['{"because":', canonical_because, f',"cites":{cites},"clause":{name},"effect":', effect]
    canonical += [',"evidence":', evidence, ',"facts":[', *canonical_facts, '],"line_id":', gaps.line]
    canonical += [',"margin":', gaps.margin(index), f',"role":{role}}}']
    return plain, canonical


def _plain_parts(clause: Clause, answer: bool) -> tuple[Part, Part, Part, Part]:
    because = _because(clause.plainly[answer])
    return quoted(clause.effects[answer].value), because.plain, because.canonical, "[]"


def _facts(gaps: Gaps, clause: Clause) -> tuple[list[Part], list[Part]]:
    """The parts of the facts that a clause has read, in both orders."""
    plain: list[Part] = []
    canonical: list[Part] = []
    for number, name in enumerate(clause.reads):
        value, pointers = gaps.fact(name)
        start = f'{"," if number else ""}{{"name":{quoted(name)}'
        plain += [f'{start},"value":', value, ',"pointers":', pointers, "}"]
        canonical += [f'{start},"pointers":', pointers, ',"value":', value, "}"]
    return plain, canonical


def _because(reason: Because) -> Text:
    code, params = quoted(reason.code), reason.params
    return Text(
        f'{{"code":{code},"params":{_members(params)}}}',
        f'{{"code":{code},"params":{_members({name: params[name] for name in sorted(params)})}}}',
    )


def _members(of: Mapping[str, JsonValue]) -> str:
    return f"{{{','.join([f'{quoted(name)}:{json_text(value)}' for name, value in of.items()])}}}" if of else "{}"


def _margin(margin: Margin | None) -> str:
    return "null" if margin is None else f'{{"unit":{quoted(margin.unit.value)},"value":{margin.value}}}'
