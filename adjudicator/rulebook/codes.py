"""List every stable code that decisions under the installed policies can contain.

Reasons are derived by :mod:`adjudicator.rulebook.answers`: the list is complete, but may include reasons that no case produces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

from attrs import evolve, field, frozen

from adjudicator.engine.clause import Clause, Node
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.model.facts import Need, Party
from adjudicator.model.finding import Effect
from adjudicator.rulebook.answers import FOR_A_PERSON, Answer, answers_of, effect_of, needs_of, sample_finding
from adjudicator.wire.codec import document_of
from adjudicator.words import ENGLISH, LANGUAGES, SIMPLIFIED_CHINESE, Words, reason_codes, rule_code, tag_of, words_for


class Kind(StrEnum):
    """The kind of thing that a code names."""

    OUTCOME = "outcome"
    REASON = "reason"
    NEED = "need"
    REMARK = "remark"


@frozen(kw_only=True)
class Code:
    """A stable code: the editions of its policy that use it, what it means, and what to do next.

    ``borne_by`` lists those who can supply something, or else those whom the result disadvantages. ``effects`` lists all effects
    that it can have: the same reason can leave a case undecided, and defeat it after a deadline. ``needs`` lists what may be
    requested. ``text`` and ``next`` are by language.
    """

    code: str
    kind: Kind
    policy: str
    editions: tuple[str, ...]
    since: str
    cites: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    borne_by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    text: Mapping[str, str]
    next: Mapping[str, str] = field(factory=dict)


def codes(policy: str | None = None) -> tuple[Code, ...]:
    """Every code of one policy, or of all installed ones. Its text is from the newest edition that has it.

    Raises :class:`KeyError` if the policy is not installed, and :class:`OSError` if its source is missing.
    """
    chosen = policies() if policy is None else {policy: policies()[policy]}
    return tuple(each for editions in chosen.values() for each in _over(editions))


def codes_without_words(edition: Edition, language: str) -> tuple[str, ...]:
    """The codes of titles, outcomes, verdicts, reasons, needs, asks, facts, settings and restatements without text in a language.

    A restatement counts as missing if readers would see it in another language or script. Labels of fields and choices are not
    checked: which of them readers see depends on the case.
    """
    words = words_for(edition, language)
    lacking = (ways[0] for ways in _lookups(edition, language) if not any(way in words for way in ways))
    return tuple(dict.fromkeys(lacking))


def code_document(code: Code) -> dict[str, Any]:
    """A code as a JSON document."""
    return document_of(code)


def _over(editions: Iterable[Edition]) -> Iterator[Code]:
    """The codes of a policy, each with every edition that has it."""
    found: dict[tuple[Kind, str], Code] = {}
    for edition in editions:
        for each in _codes_of(edition):
            before = found.get((each.kind, each.code))
            named = (*(before.editions if before else ()), edition.name)
            found[each.kind, each.code] = evolve(each, editions=named, since=named[0])
    return iter(found.values())


# The codes of one edition


def _codes_of(edition: Edition) -> Iterator[Code]:
    kind = edition.case_kind
    for outcome in dict.fromkeys((*kind.outcomes, *kind.outcomes_of_parts)):
        yield _code(edition, outcome, Kind.OUTCOME, partial(Words.verdict, outcome=outcome))
    for clause in edition.clauses:
        yield from _reasons(edition, clause)
    for need in sorted(needs_of(edition), key=lambda need: need.name):
        yield _need(edition, need)
    for function in edition.remarks:
        name = function.__name__
        cites = edition.nodes[name].citation.citations(edition.article)
        yield evolve(_code(edition, name, Kind.REMARK, partial(Words.restated, name=name)), cites=cites)


def _code(edition: Edition, code: str, kind: Kind, text: Callable[[Words], str]) -> Code:
    return Code(
        code=code,
        kind=kind,
        policy=edition.policy,
        editions=(edition.name,),
        since=edition.name,
        text=_by_language(edition, text),
    )


def _by_language(edition: Edition, text: Callable[[Words], str]) -> dict[str, str]:
    return {tag_of(language): text(words_for(edition, language)) for language in LANGUAGES}


def _need(edition: Edition, need: Need) -> Code:
    return evolve(
        _code(edition, need.name, Kind.NEED, lambda words: words.say(f"need.{need.name}")),
        borne_by=(need.to.value,),
        next=_by_language(edition, lambda words: words.ask(need.to.value, need.name)),
    )


def _reasons(edition: Edition, clause: Clause) -> Iterator[Code]:
    """A code for each reason that a clause can give."""
    by_reason: dict[str, list[Answer]] = {}
    for answer in answers_of(edition, clause):
        by_reason.setdefault(answer.reason, []).append(answer)
    for reason, answers in sorted(by_reason.items()):
        yield _reason(edition, clause, reason, answers)


def _reason(edition: Edition, clause: Clause, reason: str, answers: Sequence[Answer]) -> Code:
    effects = tuple(dict.fromkeys(effect_of(clause, each) for each in answers))
    needs = sorted({need for each in answers for need in each.needs}, key=lambda need: need.name)
    finding = sample_finding(clause, reason, effects[0], needs)
    return evolve(
        _code(
            edition,
            finding.because.code,
            Kind.REASON,
            lambda words: words.sentences(words.restated(clause.name), words.because(finding)),
        ),
        cites=clause.cites,
        effects=effects,
        borne_by=_bearers(edition, effects[0], answers[0], needs),
        needs=tuple(each.name for each in needs),
        next=_by_language(edition, lambda words: _next_step(words, effects[0], answers[0], needs)),
    )


def _bearers(edition: Edition, effect: Effect, answer: Answer, needs: Iterable[Need]) -> tuple[str, ...]:
    if needs:
        return tuple(dict.fromkeys(need.to.value for need in needs))
    if answer.kind in FOR_A_PERSON:
        return (Party.PLATFORM.value,)
    kind = edition.case_kind
    bearer = kind.respondent if effect is Effect.SUPPORTS else kind.claimant
    return (bearer.value,) if bearer else ()


def _next_step(words: Words, effect: Effect, answer: Answer, needs: Sequence[Need]) -> str:
    """Who has to supply what, or who decides, or that nothing remains to be done."""
    if needs:
        return words.sentences(*(words.ask(need.to.value, need.name) for need in needs))
    return words.say("codes.person" if answer.kind in FOR_A_PERSON else f"codes.{effect.value}")


# What lacks words


def _lookups(edition: Edition, language: str) -> Iterator[tuple[str, ...]]:
    """For each thing that readers see, the codes that its text can have, the usual one first."""
    yield (f"title.{edition.policy}",)
    kind = edition.case_kind
    yield from ((f"outcome.{each}",) for each in (*kind.outcomes, *kind.outcomes_of_parts))
    yield from ((f"verdict.{each}",) for each in kind.outcomes)
    for name in sorted({need.name for need in needs_of(edition)}):
        yield (f"need.{name}",)
        yield (f"ask.{name}",)
    yield from ((f"party.{party}",) for party in _parties(edition))
    for clause in edition.clauses:
        for answer in sorted(answers_of(edition, clause), key=lambda each: each.reason):
            finding = sample_finding(clause, answer.reason, effect_of(clause, answer), ())
            of_this_clause, usual, of_any = reason_codes(finding)
            yield usual, of_this_clause, of_any
    yield from ((f"fact.{fact.name}",) for fact in edition.read_always)
    yield from ((f"setting.{name}",) for name in edition.settings)
    yield from ((f"not_adjudicated.{reason}",) for reason in edition.not_adjudicated.values())
    yield from ((rule_code(node),) for node in _restated(edition) if not _has_docstring_in(node, language))


def _parties(edition: Edition) -> tuple[str, ...]:
    """Every party that claims, responds or can supply something."""
    kind = edition.case_kind
    asked = sorted(need.to.value for need in needs_of(edition))
    named = (kind.claimant, kind.respondent, *(fact.supplier for fact in edition.read_always))
    return tuple(dict.fromkeys((*(each.value for each in named if each), *asked)))


def _restated(edition: Edition) -> Iterator[Node]:
    """The functions that decisions restate: clauses, grants and remarks, but not facts that the rule establishes."""
    granted = edition.grants.functions() if edition.grants else ()
    judged = {fact.__name__ for fact in edition.facts}
    for function in (*edition.requires, *edition.barred_by, *granted, *edition.remarks):
        if function.__name__ not in judged:
            yield edition.nodes[function.__name__]


def _has_docstring_in(node: Node, language: str) -> bool:
    return bool({ENGLISH: node.citation.english, SIMPLIFIED_CHINESE: node.citation.chinese}.get(language))
