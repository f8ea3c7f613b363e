"""Money: what is payable now, what was paid before, what a cap removed, how it was calculated, and where goods go back to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from adjudicator.explain.page import Block, Items, Paragraph, Table, items, paragraph, section
from adjudicator.explain.view import View, capitalised
from adjudicator.model.award import Award, ReturnAuthorisation, Step
from adjudicator.model.time import SECOND, Instant


def is_about_money(view: View) -> bool:
    """Whether the decision calculated awards, even if the result is nothing."""
    return view.decision.total is not None and bool(view.decision.ladder)


def payable(view: View, intro: str) -> Iterator[Block | None]:
    """Each award with its total and deductions, and what was paid under this case before."""
    decision = view.decision
    if decision.awards:
        yield paragraph(intro)
        yield _table(view, decision.awards)
        yield items(tuple(_settled(view, each) for each in decision.awards if each.settled))
    elif not view.particulars.paid:
        yield paragraph(view.say("letter.nothing_payable"))
    yield from paid_before(view)
    yield items(tuple(cut_by_caps(view)))


def _table(view: View, awards: Iterable[Award]) -> Table:
    rows = tuple((*_labels(view, each), view.words.money(each.amount, view.currency)) for each in awards)
    total = (view.say("letter.total"), "", view.words.money(view.decision.total or 0, view.currency))
    head = (view.say("letter.kind"), view.say("letter.for"), view.say("letter.amount"))
    return Table(head, (*rows, total), total=True)


def _labels(view: View, award: Award) -> tuple[str, str]:
    return view.say(f"award.{award.kind.value}"), view.opening_line(award.line_id)


def _settled(view: View, award: Award) -> str:
    kind, line = _labels(view, award)
    entitled = view.words.money(award.entitled, view.currency)
    settled = view.words.money(award.settled, view.currency)
    return view.say("letter.settled", kind=kind, line=line, entitled=entitled, settled=settled)


def paid_before(view: View) -> Iterator[Block | None]:
    """What was paid under this very case before, for what, and when; or may still be on its way, where no date is known."""
    if not view.particulars.paid:
        return
    text = "letter.paid" if are_dated(view) else "letter.paid_or_on_its_way"
    total = sum(each.amount for each in view.particulars.paid)
    yield paragraph(view.say(text, total=view.words.money(total, view.currency)))
    yield items(tuple(_payments(view)))


def _payments(view: View) -> Iterator[str]:
    for each in view.particulars.paid:
        params = {
            "kind": capitalised(view.words.value("kind", each.kind.value)),
            "line": view.opening_line(each.line_id),
            "amount": view.words.money(each.amount, view.currency),
        }
        if each.settled_at is None:
            yield view.say("letter.payment", **params)
        else:
            yield view.say("letter.payment_on", day=view.words.day(each.settled_at), **params)


def cut_by_caps(view: View) -> Iterator[str]:
    """What is due but not paid in full, because the lines together reach a cap."""
    for award in view.decision.awards:
        if cut := award.entitled - award.settled - award.amount:
            kind, name = _labels(view, award)
            yield view.say("letter.capped", kind=kind, line=name, cut=view.words.money(cut, view.currency))
    caps = _caps(view)
    if view.decision.awards and any(step.step in caps and counts(view, step) for step in view.decision.ladder):
        paid = {award.line_id for award in view.decision.awards}
        for line in view.decision.lines:
            if line.units and line.line_id not in paid:
                yield view.say("letter.capped_out", line=view.opening_line(line.line_id))


def calculation(view: View) -> Block | None:
    """The calculation by line, without steps that pass their input on unchanged."""
    blocks: list[Block] = []
    kept = (step for step in view.decision.ladder if counts(view, step))
    for line_id, group in groupby(kept, key=lambda step: step.line_id):
        first, *rest = group
        steps = (first, *(step for before, step in pairwise((first, *rest)) if not _passes_on(step, before)))
        blocks += [
            Paragraph(view.opening_line(line_id)),
            Items(tuple(view.words.step(each, view.currency) for each in steps), in_order=True),
        ]
    return section(view.say("letter.heading.reckoning"), *blocks)


def counts(view: View, step: Step) -> bool:
    """Whether a step is worth showing: a cap that was not reached is not."""
    total = view.decision.total
    return total is None or step.step not in _caps(view) or step.amount <= total


def _caps(view: View) -> frozenset[str]:
    grants = view.words.edition.grants if view.words.edition else None
    return frozenset(each.__name__ for each in grants.caps) if grants else frozenset()


def _passes_on(step: Step, before: Step) -> bool:
    return before.step in step.inputs and step.amount == before.amount


def address(view: View, allowed: ReturnAuthorisation) -> str:
    """The return address, as far as it is known."""
    market = view.words.value("market", allowed.market)
    addresses = {(each.id, each.market): each.address for each in reversed(view.particulars.return_addresses)}
    named = addresses.get((allowed.address_id, allowed.market)) or allowed.address_id
    return view.say("letter.address", address=named, market=market) if named else market


def are_dated(view: View) -> bool:
    """Whether it is known of all payments under this case when they were made. A payout that is only reserved has no date."""
    return all(each.settled_at is not None for each in view.particulars.paid)


def last_payment(view: View) -> Instant | None:
    """When something was last paid under this case, to the second; ``None`` if something may still be on its way."""
    moments = [each.settled_at for each in view.particulars.paid if each.settled_at is not None]
    return Instant(max(moments) // SECOND * SECOND) if are_dated(view) and moments else None
