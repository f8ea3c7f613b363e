"""The agent's script: a few short sentences to read aloud, from what was decided to what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from adjudicator.explain import findings, money, outcomes, requests, timing
from adjudicator.explain.page import Items, Page
from adjudicator.explain.view import View
from adjudicator.model.award import FreightBearer
from adjudicator.model.decision import LineResult, Outcome
from adjudicator.model.finding import Finding, Request

MOST: Final = 8
"""As many sentences as a caller can be expected to follow."""

MOST_LINES: Final = 2
MOST_REASONS: Final = 2
MOST_ASKED: Final = 2


def script(view: View) -> Page:
    """What was decided, what is paid, for how many units, why and when; what is awaited; and last what to do.

    What does not fit is left out from the end, before what to do: the amount and the units are always said.
    """
    asked = requests.grouped(view, view.claimant)
    last = tuple(dict.fromkeys(_to_do(view, asked[:MOST_ASKED])))
    first = tuple(dict.fromkeys((*_decided(view), *_pending(view))))
    room = MOST - len(last)
    if len(first) > room or len(asked) > MOST_ASKED:
        first = (*first[: room - 1], view.say("script.rest"))
    title = view.say("letter.title.agent", rule=view.rule)
    return Page(view.words.language, title, view.about()[:1], (Items((*first, *last), in_order=True),))


def _decided(view: View) -> Iterator[str]:
    yield outcomes.verdict(view).text
    if money.is_about_money(view):
        yield from _money(view)
    yield from islice(_units(view), MOST_LINES)
    yield from outcomes.spoken_remarks(view)
    yield from (_reason(view, each) for each in islice(findings.decisive(view), MOST_REASONS))
    if findings.met(view) and not findings.decisive(view):
        yield view.say("script.met")
    yield view.say("script.date", day=view.words.day(view.decision.as_of))


def _reason(view: View, finding: Finding) -> str:
    """Why something is refused, and what, if there is more."""
    lines = () if finding.line_id is None else (finding.line_id,)
    return view.words.sentences(findings.spoken(view, finding), view.where(lines))


def _units(view: View) -> Iterator[str]:
    """The number of granted units for each granted line."""
    for line in view.decision.lines:
        if line.outcome in (Outcome.APPROVED, Outcome.PARTIALLY_APPROVED):
            yield _units_of(view, line)


def _units_of(view: View, line: LineResult) -> str:
    name = view.titles.get(line.line_id) or view.line(line.line_id)
    return view.words.counted("script.units", line.units_claimed, units=line.units, line=name)


def _money(view: View) -> Iterator[str]:
    """The sum and its parts, if there are several; or what was paid before, and when."""
    words, decision = view.words, view.decision
    if decision.awards:
        total = words.say("script.money", total=words.spoken_money(decision.total or 0, view.currency))
        yield words.sentences(total, _parts(view))
    elif view.particulars.paid:
        paid = words.spoken_money(sum(each.amount for each in view.particulars.paid), view.currency)
        moment = money.last_payment(view)
        yield (
            words.say("script.paid_or_on_its_way", total=paid)
            if moment is None
            else words.say("script.paid_on", total=paid, day=words.day(moment))
        )
    else:
        yield words.say("letter.nothing_payable")


def _parts(view: View) -> str:
    kinds: dict[str, int] = {}
    for award in view.decision.awards:
        kinds[award.kind.value] = kinds.get(award.kind.value, 0) + award.amount
    parts = (
        view.say(f"script.award.{kind}", amount=view.words.spoken_money(amount, view.currency))
        for kind, amount in kinds.items()
    )
    return view.say("script.parts", parts=view.words.listed(parts)) if len(kinds) > 1 else ""


def _pending(view: View) -> Iterator[str]:
    if findings.for_a_person(view):
        yield view.say("script.person")
    waiting = requests.waiting(view, view.claimant)
    yield from waiting.items if waiting else ()
    yield view.say("script.rights")


def _to_do(view: View, asked: Sequence[requests.GroupedRequest]) -> Iterator[str]:
    yield from (_asked(view, each.request) for each in asked)
    allowed = view.decision.return_authorisation
    if allowed is not None:
        send_back = view.say("script.send_back", market=view.words.value("market", allowed.market))
        is_settled = allowed.freight_borne_by is not FreightBearer.UNDETERMINED
        freight = view.say(f"letter.freight.{allowed.freight_borne_by.value}") if is_settled else ""
        yield view.words.sentences(send_back, freight)
    if timing.evidence_is_closed(view):
        yield view.words.sentences(*timing.after_closing(view))
    elif not asked and allowed is None:
        yield view.say("letter.nothing_to_do")


def _asked(view: View, request: Request) -> str:
    """What the caller must supply, which documents will do, and by when, in one sentence."""
    return view.words.sentences(
        requests.please_send(view, request), _what_will_do(view, request), timing.until(view, request.due_at)
    )


def _what_will_do(view: View, request: Request) -> str:
    """The acceptable kinds of documents; or else the choice to make, if there is only one."""
    words = view.words
    kinds = dict.fromkeys(str(kind) for each in request.accepts for kind in each.get("kind", ()))
    if kinds:
        return words.say("script.kinds", kinds=words.listed((words.value("kind", each) for each in kinds), "or"))
    answers = requests.answers(view, request)
    return words.say("script.takes", answer=answers[0]) if request.evidence_id is None and len(answers) == 1 else ""
