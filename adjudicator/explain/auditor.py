"""The auditor's record: everything that the decision holds, by its codes and in words, and the case if it is at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adjudicator.explain.page import Block, Page, Pairs, Paragraph, Section, said_of, section
from adjudicator.explain.view import View
from adjudicator.model.decision import (
    Award,
    ClaimDecision,
    ConductDecision,
    Deadline,
    Finding,
    JsonValue,
    Measure,
    Remark,
    Request,
    Step,
)
from adjudicator.wire.codec import case_document


def record(told: View) -> Page:
    """Everything: what identifies the decision, every finding with its facts, the money with its keys and steps, the digests."""
    decision, claim = told.decision, told.claim
    return Page(
        told.words.language,
        told.say("letter.title.auditor", rule=told.rule),
        told.about(),
        said_of(
            section(
                told.say("letter.heading.decided"),
                Paragraph(told.words.verdict(decision.outcome), strong=True),
                _pairs(told, _identity(told)),
            ),
            section(told.say("record.lines"), *_lines(told)),
            section(told.say("record.measures"), *(_measure(told, each) for each in decision.measures)),
            section(told.say("record.awards"), *(_award(told, claim, each) for each in claim.awards) if claim else ()),
            section(
                told.say("letter.heading.reckoning"),
                *(_step(told, decision.currency or "", each) for each in decision.ladder),
            ),
            section(told.say("record.return"), _sent_back(told, claim) if claim else None),
            section(told.say("record.findings"), *(_finding(told, each) for each in decision.findings)),
            section(told.say("record.deadlines"), *(_deadline(told, each) for each in decision.deadlines)),
            section(told.say("record.requests"), *(_request(told, each) for each in decision.requests)),
            section(told.say("record.remarks"), *(_remark(told, each) for each in decision.remarks)),
            section(told.say("record.metadata"), _leaves(told, decision.metadata)),
            section(told.say("record.case"), _leaves(told, None if told.case is None else case_document(told.case))),
        ),
    )


def _identity(told: View) -> Iterator[tuple[str, object]]:
    decision = told.decision
    yield "outcome", decision.outcome
    yield "as_of", decision.as_of
    yield "policy", decision.policy.id
    yield "edition", decision.policy.edition
    yield "revision", decision.policy.revision
    yield "contract", decision.contract
    yield "reconsider_at", decision.reconsider_at
    if told.claim:
        yield "total", told.claim.total
    if isinstance(decision, ConductDecision):
        yield "gravity", decision.gravity and decision.gravity.value
        yield "time", decision.time
    yield "currency", decision.currency
    if decision.digests:
        yield "case_digest", decision.digests.case
        yield "decision_digest", decision.digests.decision


def _lines(told: View) -> Iterator[Block]:
    for line_id, outcome in told.decision.parts if told.claim is None else ():
        if line_id is not None:
            yield Section(told.part(line_id, outcome), (_pairs(told, (("line", line_id), ("outcome", outcome))),))
    for line in told.claim.lines if told.claim else ():
        yield Section(
            told.result(line),
            (
                _pairs(
                    told,
                    (
                        ("line", line.line_id),
                        ("outcome", line.outcome.value),
                        ("units_claimed", line.units_claimed),
                        ("units", line.units),
                    ),
                ),
            ),
        )


def _award(told: View, claim: ClaimDecision, award: Award) -> Block:
    return Section(
        told.words.award(award, claim.currency),
        (
            _pairs(
                told,
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


def _measure(told: View, measure: Measure) -> Block:
    named = (("measure", measure.measure), ("cites", measure.cites), ("amount", measure.amount))
    return Section(told.measure(measure), (_pairs(told, named),))


def _step(told: View, currency: str, step: Step) -> Block:
    return Section(
        told.words.step(step, currency),
        (
            _pairs(
                told,
                (("step", step.step), ("cites", step.cites), ("line", step.line_id), ("amount", step.amount)),
                ((told.say("record.input", name=name), value) for name, value in step.inputs.items()),
            ),
        ),
    )


def _sent_back(told: View, claim: ClaimDecision) -> Block | None:
    allowed = claim.return_authorisation
    if allowed is None:
        return None
    return _pairs(
        told,
        (
            ("address", told.address(allowed)),
            ("address_id", allowed.address_id),
            ("market", allowed.market),
            ("lines", allowed.line_ids),
            ("freight", allowed.freight_borne_by.value),
        ),
    )


def _finding(told: View, finding: Finding) -> Block:
    deadline = next(
        (each for each in told.decision.deadlines if (each.clause, each.line_id) == (finding.clause, finding.line_id)),
        None,
    )
    margin = finding.margin
    return Section(
        told.words.finding(finding, deadline),
        (
            _pairs(
                told,
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
                (
                    (told.say("record.fact", fact=fact.name, places=", ".join(fact.pointers)), fact.value)
                    for fact in finding.facts
                ),
            ),
        ),
    )


def _deadline(told: View, deadline: Deadline) -> Block:
    return Section(
        told.words.sentences(told.words.restated(deadline.clause), told.words.deadline(deadline)),
        (
            _pairs(
                told,
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


def _request(told: View, request: Request) -> Block:
    accepted = (
        (told.say("record.accepted", number=number, field=place), values)
        for number, fields in enumerate(request.accepts, start=1)
        for place, values in fields.items()
    )
    return Section(
        told.words.request(request),
        (
            _pairs(
                told,
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


def _remark(told: View, remark: Remark) -> Block:
    named = (("code", remark.code), ("cites", remark.cites), ("line", remark.line_id), *remark.params.items())
    return Section(told.words.remark(remark), (_pairs(told, named),))


def _pairs(
    told: View,
    named: Sequence[tuple[str, object]] | Iterator[tuple[str, object]],
    *more: Iterator[tuple[str, object]],
) -> Pairs:
    """Fields by their name in words; those that hold nothing are left out. ``more`` come with names that are words already."""
    pairs = [(told.say(f"record.field.{name}"), value) for name, value in named]
    pairs += [each for others in more for each in others]
    return Pairs(tuple((name, _written(told, value)) for name, value in pairs if value is not None and value != ()))


def _written(told: View, value: object) -> str:
    """A value as it stands in the decision; a list one after another."""
    if value is None:
        return told.say("value.unknown")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ", ".join(_written(told, each) for each in value) or told.say("value.none")
    return str(value) or told.say("record.empty")


def _leaves(told: View, document: Any) -> Pairs | None:
    """Everything in a JSON document that holds something, by its pointer."""
    leaves = tuple((pointer, _written(told, value)) for pointer, value in _each(document))
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
