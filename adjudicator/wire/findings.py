"""The findings of a decision as JSON text, without making them first: in the order of their fields, and in canonical order.

What is the same for every case is written once for each edition. The text is the one that the encoder would write of
:func:`adjudicator.engine.findings.findings`; a field that is added to a finding has to be added here, or nothing starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from types import NoneType
from typing import Any, Final, NamedTuple, TypeAlias

import attrs
from attrs import Factory, frozen

from adjudicator.engine.clause import Clause
from adjudicator.engine.findings import evidence_behind, margin_of, reason_of
from adjudicator.engine.judgement import Judgement
from adjudicator.engine.policy import Edition
from adjudicator.model.facts import Fact
from adjudicator.model.finding import Because, Effect, FactRead, Finding, JsonValue, Margin
from adjudicator.model.json_value import json_value
from adjudicator.model.time import Instant
from adjudicator.wire.writer import Text, json_text

WRITTEN: Final[Mapping[type, tuple[str, ...]]] = {
    Finding: ("clause", "cites", "line_id", "role", "effect", "because", "facts", "evidence", "margin"),
    Because: ("code", "params"),
    FactRead: ("name", "value", "pointers"),
    Margin: ("unit", "value"),
}
"""The fields that are written here, in their order."""


MOST_POINTERS: Final = 16_384
"""The number of facts whose pointers are kept, each for one position in a case."""


def check_fields(kind: Any, written: tuple[str, ...]) -> None:
    """Raises :class:`TypeError` for a class with other fields than are written."""
    if tuple(each.name for each in attrs.fields(kind)) != written:
        raise TypeError(f"{kind.__name__} has other fields than are written here: {', '.join(written)}")


for _kind, _names in WRITTEN.items():
    check_fields(_kind, _names)


def findings_text(judgements: Iterable[Judgement]) -> Text:
    """All findings of some judgements, as a list."""
    plain: list[str] = []
    canonical: list[str] = []
    for judgement in judgements:
        _write(judgement, plain, canonical)
    return Text(f"[{','.join(plain)}]", f"[{','.join(canonical)}]")


def _write(judgement: Judgement, plain: list[str], canonical: list[str]) -> None:
    facts, subject = judgement.facts, judgement.subject
    templates = templates_of(judgement.edition)
    places = tuple(subject.places().items())
    line_id = json_text(subject.line_id)
    read, read_canonically = {}, {}
    for fact in templates.facts:
        read[fact.name], read_canonically[fact.name] = fact.text(facts[fact.name], places)
    for template, (clause, answer, effect) in zip(templates.clauses, judgement.clauses, strict=True):
        of_it, of_it_canonically = ",".join(clause.facts_read(read)), ",".join(clause.facts_read(read_canonically))
        margin = "null" if clause.node.moment is None else _margin(margin_of(facts, clause.node, effect))
        if type(answer) is bool and not facts.unknown:
            around = template.plainly[answer]
        else:
            evidence = "[]" if type(answer) is bool else json_text(evidence_behind(subject, answer))
            around = template.around(effect, _because(reason_of(facts, clause, answer)), evidence)
        plain.append(f"{template.head}{line_id}{around.before}{of_it}{around.after}{margin}}}")
        canonical.append(
            f'{around.canonically_before}{of_it_canonically}],"line_id":{line_id},"margin":{margin}{template.canonical_end}'
        )


Places: TypeAlias = tuple[tuple[str, tuple[int, ...]], ...]
"""The positions that replace each placeholder of a pointer."""


@frozen(eq=False)
class _FactTemplate:
    """A fact that clauses read, with what is the same of it in every case."""

    name: str
    fact: Fact
    head: str
    canonical_head: str

    @classmethod
    def of(cls, fact: Fact) -> _FactTemplate:
        name = quoted(fact.name)
        return cls(fact.name, fact, f'{{"name":{name},"value":', f'{{"name":{name},"pointers":')

    def text(self, value: Any, places: Places) -> tuple[str, str]:
        """The fact as it was read in one case, in both orders."""
        pointers = _pointers(self, places)
        write = _AT_ONCE.get(type(value))
        read = json_text(json_value(value)) if write is None else write(value)
        return f'{self.head}{read},"pointers":{pointers}}}', f'{self.canonical_head}{pointers},"value":{read}}}'


@lru_cache(maxsize=MOST_POINTERS)
def _pointers(template: _FactTemplate, places: Places) -> str:
    return json_text(template.fact.where(dict(places)))


_AT_ONCE: Final[Mapping[type, Callable[[Any], str]]] = {
    str: quoted,
    int: str,
    bool: {True: "true", False: "false"}.__getitem__,
    NoneType: lambda _: "null",
    Instant: lambda moment: f'"{moment}"',
}
"""How the values of most facts are written."""


class _Around(NamedTuple):
    """What stands around the facts of a finding: from the role on before them, and the evidence after them."""

    before: str
    after: str
    canonically_before: str


@frozen(eq=False)
class _ClauseTemplate:
    """A clause with what is the same of its findings in every case; of those with a plain answer, nearly all."""

    head: str
    role: str
    canonical_middle: str
    canonical_end: str
    plainly: dict[bool, _Around] = Factory(dict)

    @classmethod
    def of(cls, clause: Clause) -> _ClauseTemplate:
        name, cites, role = quoted(clause.name), json_text(clause.cites), quoted(clause.role.value)
        template = cls(
            f'{{"clause":{name},"cites":{cites},"line_id":',
            f',"role":{role},"effect":',
            f',"cites":{cites},"clause":{name},"effect":',
            f',"role":{role}}}',
        )
        for answer, reason in clause.plainly.items():
            template.plainly[answer] = template.around(clause.effects[answer], _because(reason), "[]")
        return template

    def around(self, effect: Effect, because: Text, evidence: str) -> _Around:
        """What stands around the facts, given what the answer has come to."""
        effect_text = quoted(effect.value)
        return _Around(
            f'{self.role}{effect_text},"because":{because.plain},"facts":[',
            f'],"evidence":{evidence},"margin":',
            f'{{"because":{because.canonical}{self.canonical_middle}{effect_text},"evidence":{evidence},"facts":[',
        )


class Templates(NamedTuple):
    """What is the same of its findings in every case, clause by clause and fact by fact."""

    clauses: tuple[_ClauseTemplate, ...]
    facts: tuple[_FactTemplate, ...]


@lru_cache(maxsize=256)
def templates_of(edition: Edition) -> Templates:
    """What is the same of all findings under an edition."""
    return Templates(tuple(map(_ClauseTemplate.of, edition.clauses)), tuple(map(_FactTemplate.of, edition.read_always)))


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
