"""The auditor's record: everything in the decision, as codes and in words, and the case if you have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from adjudicator.explain import findings, money, outcomes
from adjudicator.explain.page import Block, Page, Pairs, Paragraph, Section, blocks_of, section
from adjudicator.explain.view import View
from adjudicator.kinds.process_decision import ProcessDecision
from adjudicator.model.award import Award, Measure, Step
from adjudicator.model.decision import Decision
from adjudicator.model.finding import Deadline, FactRead, Finding, JsonValue, Remark, Request
from adjudicator.wire.codec import case_document, decision_document


def record(view: View) -> Page:
    """What identifies the decision, every finding with its facts, the money with its keys and steps, the digests."""
    decision = view.decision
    return Page(
        view.words.language,
        view.say("letter.title.auditor", rule=view.rule),
        view.about(),
        blocks_of(
            section(
                view.say("letter.heading.decided"),
                Paragraph(view.words.verdict(decision.outcome), strong=True),
                _pairs(view, _identity(view)),
            ),
            section(view.say("record.lines"), *_lines(view)),
            section(view.say("record.measures"), *(_measure(view, each) for each in decision.measures)),
            section(view.say("record.awards"), *(_award(view, each) for each in decision.awards)),
            section(
                view.say("letter.heading.reckoning"),
                *(_step(view, each) for each in decision.ladder),
            ),
            section(view.say("record.return"), _sent_back(view)),
            section(view.say("record.findings"), *(_finding(view, each) for each in decision.findings)),
            section(view.say("record.deadlines"), *(_deadline(view, each) for each in decision.deadlines)),
            section(view.say("record.requests"), *(_request(view, each) for each in decision.requests)),
            section(view.say("record.remarks"), *(_remark(view, each) for each in decision.remarks)),
            section(view.say("record.metadata"), _leaves(view, decision.metadata)),
            section(view.say("record.case"), _leaves(view, None if view.case is None else case_document(view.case))),
        ),
    )


def _identity(view: View) -> Iterator[tuple[str, object]]:
    decision = view.decision
    yield "outcome", decision.outcome
    yield "as_of", decision.as_of
    yield "policy", decision.policy.id
    yield "edition", decision.policy.edition
    yield "revision", decision.policy.revision
    yield "contract", decision.contract
    yield "reconsider_at", decision.reconsider_at
    yield from _own_fields(decision)
    if decision.digests:
        yield "case_digest", decision.digests.case
        yield "decision_digest", decision.digests.decision


_SHOWN_BELOW: Final = frozenset({"lines", "incidents", "awards", "measures", "ladder", "return_authorisation", "steps"})
"""Fields of particular kinds of decisions that have their own section in the record."""


def _own_fields(decision: Decision) -> Iterator[tuple[str, object]]:
    """The fields that only decisions of this kind have."""
    everywhere = {each.name for each in attrs.fields(Decision)}
    for name, value in decision_document(decision).items():
        if name not in everywhere and name not in _SHOWN_BELOW:
            yield from ((f"{name}{pointer}", leaf) for pointer, leaf in _each(value))


def _lines(view: View) -> Iterator[Block]:
    for line_id, outcome in () if view.decision.lines else view.decision.parts:
        if line_id is not None:
            pairs = _pairs(view, (("line", line_id), ("outcome", outcome), *_of_a_step(view.decision, line_id)))
            yield Section(outcomes.part(view, line_id, outcome), (pairs,))
    for line in view.decision.lines:
        yield Section(
            outcomes.line_result(view, line),
            (
                _pairs(
                    view,
                    (
                        ("line", line.line_id),
                        ("outcome", line.outcome.value),
                        ("units_claimed", line.units_claimed),
                        ("units", line.units),
                    ),
                ),
            ),
        )


def _of_a_step(decision: Decision, step: str) -> Iterator[tuple[str, object]]:
    """What else is known of a step of a process."""
    for each in decision.steps if isinstance(decision, ProcessDecision) else ():
        if each.step == step:
            yield "taken_by", each.by
            yield "refused_by", each.refused_by
            yield "waits_for", tuple([f"{awaited.need} ({awaited.to})" for awaited in each.waits_for])
            yield "opens_at", each.opens_at


def _award(view: View, award: Award) -> Block:
    return Section(
        view.words.award(award, view.currency, view.decision.paid_for),
        (
            _pairs(
                view,
                (
                    ("kind", award.kind.value),
                    ("line", award.line_id),
                    ("amount", award.amount),
                    ("entitled", award.entitled),
                    ("settled", award.settled),
                    ("key", award.key),
                ),
            ),
        ),
    )


def _measure(view: View, measure: Measure) -> Block:
    named = (("measure", measure.measure), ("cites", measure.cites), ("amount", measure.amount))
    return Section(outcomes.measure(view, measure), (_pairs(view, named),))


def _step(view: View, step: Step) -> Block:
    return Section(
        view.words.step(step, view.currency),
        (
            _pairs(
                view,
                (("step", step.step), ("cites", step.cites), ("line", step.line_id), ("amount", step.amount)),
                ((view.say("record.input", name=name), value) for name, value in step.inputs.items()),
            ),
        ),
    )


def _sent_back(view: View) -> Block | None:
    allowed = view.decision.return_authorisation
    if allowed is None:
        return None
    return _pairs(
        view,
        (
            ("address", money.address(view, allowed)),
            ("address_id", allowed.address_id),
            ("market", allowed.market),
            ("lines", allowed.line_ids),
            ("freight", allowed.freight_borne_by.value),
        ),
    )


def _finding(view: View, finding: Finding) -> Block:
    deadline = findings.deadline_of(view, finding)
    margin = finding.margin
    return Section(
        view.words.finding(finding, deadline),
        (
            _pairs(
                view,
                (
                    ("clause", finding.clause),
                    ("cites", finding.cites),
                    ("line", finding.line_id),
                    ("role", finding.role.value),
                    ("effect", finding.effect.value),
                    ("because", finding.because.code),
                    *finding.because.params.items(),
                    ("evidence", finding.evidence),
                    ("margin", f"{margin.value} {margin.unit.value}" if margin else None),
                ),
                ((_fact_with_places(view, fact), fact.value) for fact in finding.facts),
            ),
        ),
    )


def _fact_with_places(view: View, fact: FactRead) -> str:
    """The name of a fact and the places in the case that it is read from, if it has any."""
    return view.say("record.fact", fact=fact.name, places=", ".join(fact.pointers)) if fact.pointers else fact.name


def _deadline(view: View, deadline: Deadline) -> Block:
    return Section(
        view.words.sentences(view.words.restated(deadline.clause), view.words.deadline(deadline)),
        (
            _pairs(
                view,
                (
                    ("clause", deadline.clause),
                    ("line", deadline.line_id),
                    ("counted_from", deadline.counted_from),
                    ("starts_at", deadline.starts_at),
                    ("ends_at", deadline.ends_at),
                    ("includes_end", deadline.includes_end),
                ),
            ),
        ),
    )


def _request(view: View, request: Request) -> Block:
    accepted = (
        (view.say("record.accepted", number=number, field=place), values)
        for number, fields in enumerate(request.accepts, start=1)
        for place, values in fields.items()
    )
    return Section(
        view.words.request(request),
        (
            _pairs(
                view,
                (
                    ("to", request.to),
                    ("need", request.need),
                    ("line", request.line_id),
                    ("document", request.evidence_id),
                    ("due_at", request.due_at),
                ),
                accepted,
            ),
        ),
    )


def _remark(view: View, remark: Remark) -> Block:
    named = (("code", remark.code), ("cites", remark.cites), ("line", remark.line_id), *remark.params.items())
    return Section(view.words.remark(remark), (_pairs(view, named),))


def _pairs(
    view: View,
    named: Sequence[tuple[str, object]] | Iterator[tuple[str, object]],
    *more: Iterator[tuple[str, object]],
) -> Pairs:
    """Fields with their names in words, without empty ones. The names in ``more`` are words already."""
    pairs = [(view.say(f"record.field.{name}"), value) for name, value in named]
    pairs += [each for others in more for each in others]
    return Pairs(tuple((name, _written(view, value)) for name, value in pairs if value is not None and value != ()))


def _written(view: View, value: object) -> str:
    """A value as the decision holds it; lists are joined."""
    if value is None:
        return view.say("value.unknown")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(_written(view, each) for each in value) or view.say("value.none")
    return str(value) or view.say("record.empty")


def _leaves(view: View, document: Any) -> Pairs | None:
    """Every leaf of a JSON document that is not empty, by pointer."""
    leaves = tuple((pointer, _written(view, value)) for pointer, value in _each(document))
    return Pairs(leaves) if leaves else None


def _each(value: Any, pointer: str = "") -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _each(each, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _each(each, f"{pointer}/{index}")
    elif value is not None:
        yield pointer, value
