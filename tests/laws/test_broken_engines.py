"""Each law accepts the engine and fails on one that breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any, Final, cast

import pytest
from attrs import evolve

from adjudicator import Case, ClaimDecision, InputError, Instant, decide
from adjudicator.analysis.edits import Act, Change
from adjudicator.analysis.whatif import alternatives
from adjudicator.engine.registry import policies
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import Programme, Verification
from adjudicator.model.money import Minor
from adjudicator.model.time import DAY
from adjudicator.testing import (
    AS_OF,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_merchant,
    an_appraisal,
    an_order,
    laws,
)
from adjudicator.testing.applicable_laws import law_name
from adjudicator.testing.laws import processes
from adjudicator.wire.codec import case_from
from adjudicator.wire.pointer import put
from admissions import IN_ORDER
from douyin_xingtu.task import EDITION as TASKS
from tasks import START, task

Engine = Callable[[Case], ClaimDecision]

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
TENFOLD: Final = 10


def overpays(case: Case) -> ClaimDecision:
    """Pays a cent too much."""
    decision = decide(case)
    return evolve(decision, awards=tuple(evolve(each, amount=Minor(each.amount + 1)) for each in decision.awards))


def forgets_the_ledger(case: Case) -> ClaimDecision:
    """Ignores earlier payments."""
    return decide(evolve(case, settlements=()))


def skips_a_clause(case: Case) -> ClaimDecision:
    """Stops before the last clause."""
    decision = decide(case)
    return evolve(decision, findings=decision.findings[:-1])


def guesses(case: Case) -> ClaimDecision:
    """Treats an unknown programme as a domestic one."""
    merchant = case.order.merchant
    programme = merchant.programme or Programme.DOMESTIC
    return decide(evolve(case, order=evolve(case.order, merchant=evolve(merchant, programme=programme))))


def hears_the_first_only(case: Case) -> ClaimDecision:
    """Reads only the first piece of evidence."""
    return decide(evolve(case, evidence=case.evidence[:1]))


def hears_the_rejected(case: Case) -> ClaimDecision:
    """Treats everything as verified."""
    return decide(
        evolve(case, evidence=tuple(evolve(each, verification=Verification.VERIFIED) for each in case.evidence))
    )


def never_closes(case: Case) -> ClaimDecision:
    """Waits for evidence forever."""
    return decide(evolve(case, claim=evolve(case.claim, evidence_closes_at=None)))


def is_lenient(case: Case) -> ClaimDecision:
    """Treats a claim as filed a microsecond earlier than it was."""
    filed_at = max(case.order.placed_at, Instant(case.claim.filed_at - 1))
    return decide(evolve(case, claim=evolve(case.claim, filed_at=filed_at)))


def announces_too_late(case: Case) -> ClaimDecision:
    """Announces an instant later than the one at which something changes."""
    decision = decide(case)
    return evolve(decision, reconsider_at=decision.reconsider_at and Instant(decision.reconsider_at + 1))


def asks_otherwise_later(case: Case) -> ClaimDecision:
    """Asks a different party for the same thing after a certain moment."""
    decision = decide(case)
    if case.as_of == AS_OF:
        return decision
    return evolve(decision, requests=tuple(evolve(each, to="carrier") for each in decision.requests))


def denies_all(case: Case) -> ClaimDecision:
    """Denies everything."""
    return evolve(decide(case), outcome=Outcome.DENIED)


def asks_for_nothing(case: Case) -> ClaimDecision:
    """Makes no requests."""
    return evolve(decide(case), requests=())


def is_never_content(case: Case) -> ClaimDecision:
    """Keeps repeating its first requests."""
    return evolve(decide(case), requests=decide(a_case(case.policy)).requests)


def reads_metadata(case: Case) -> ClaimDecision:
    """Depends on the metadata."""
    return evolve(decide(case), case_id=str(case.metadata))


def counts_the_lines(case: Case) -> ClaimDecision:
    """Makes the decision on a line depend on the number of lines."""
    decision = decide(case)
    return evolve(decision, lines=tuple(evolve(line, units=len(decision.lines)) for line in decision.lines))


TOSSES: Final = count()


def tosses_a_coin(case: Case) -> ClaimDecision:
    """Decides at random."""
    return evolve(decide(case), case_id=str(next(TOSSES)))


def rounds_in_json(case: Case) -> ClaimDecision:
    """Depends on more than JSON preserves."""
    return evolve(decide(case), total=cast(Minor, 0.5))


PROVEN: Final = a_case(AUTHENTICITY, an_appraisal(), an_appraisal("E2", verification=Verification.REJECTED))
SHOWN: Final = a_case(DAMAGE, a_damage_photo())
IN_PARTS: Final = a_case(AUTHENTICITY, an_appraisal(units_covered=3), order=an_order(a_line(quantity=3)))
UNPROVEN: Final = a_case(AUTHENTICITY, a_damage_photo(), claim=a_claim(evidence_closes_at=Instant(AS_OF + DAY)))
WITHOUT_END: Final = a_case(AUTHENTICITY)
REJECTED: Final = a_case(AUTHENTICITY, an_appraisal(verification=Verification.REJECTED))
UNKNOWN: Final = a_case(AUTHENTICITY, order=an_order(merchant=a_merchant(programme=None)))
LISTED: Final = a_case(AUTHENTICITY, an_appraisal("E0"), *(a_damage_photo(f"E{number}") for number in range(1, 9)))
TWO_LINES: Final = a_case(AUTHENTICITY, an_appraisal(), order=an_order(a_line("L1"), a_line("L2")))


@pytest.mark.parametrize(
    ("law", "case", "engine"),
    [
        (laws.decides_the_same_twice, PROVEN, tosses_a_coin),
        (laws.survives_json, PROVEN, rounds_in_json),
        (laws.metadata_is_not_read, PROVEN, reads_metadata),
        (laws.requests_are_honest, UNPROVEN, is_never_content),
        (laws.time_alone_changes_nothing_unannounced, UNPROVEN, announces_too_late),
        (laws.time_alone_changes_nothing_unannounced, WITHOUT_END, asks_otherwise_later),
        (laws.the_outcome_follows_from_the_findings, PROVEN, denies_all),
        (laws.requests_are_for_lines_that_wait, UNPROVEN, asks_for_nothing),
        (laws.order_does_not_matter, LISTED, hears_the_first_only),
        (laws.never_a_guess, UNKNOWN, guesses),
        (laws.rejected_evidence_counts_for_nothing, REJECTED, hears_the_rejected),
        (laws.lines_are_judged_alone, TWO_LINES, counts_the_lines),
        (laws.nothing_is_asked_after_closing, UNPROVEN, never_closes),
        (laws.deadlines_are_exact, PROVEN, is_lenient),
        (partial(laws.money_stays_within_what_was_paid, times_the_price=TENFOLD), PROVEN, overpays),
        (laws.no_more_comes_back_than_the_order_cost, SHOWN, overpays),
        (laws.paying_settles, PROVEN, forgets_the_ledger),
        (laws.keys_follow_the_ledger, PROVEN, forgets_the_ledger),
        (laws.parts_add_up, IN_PARTS, forgets_the_ledger),
        (partial(laws.no_sequence_overpays, times_the_price=TENFOLD, rounds=20), PROVEN, forgets_the_ledger),
    ],
    ids=lambda value: None if isinstance(value, Case) else law_name(value),
)
def test_a_law_notices_that_it_is_broken(law: Callable[..., None], case: Case, engine: Engine) -> None:
    """Each law accepts the engine and rejects a broken one; a law that no engine could break would prove nothing."""
    law(case)
    with pytest.raises((AssertionError, InputError)):
        law(case, decide=engine)


UNCLEAR: Final = case_from(
    task("rate", "client", *START, "upload_script", {"step": "reject_script", "changes_stated": None})
)


def opens_all(case: Any) -> Any:
    """Opens every step."""
    decision = decide(case)
    steps = tuple(evolve(each, outcome="open", refused_by=()) for each in decision.steps)
    return evolve(decision, steps=steps)


def opens_nothing(case: Any) -> Any:
    """Refuses every step."""
    decision = decide(case)
    steps = tuple(evolve(each, outcome="refused", refused_by=("it_pleases_me",)) for each in decision.steps)
    return evolve(decision, steps=steps)


def takes_silence_for_no(case: Any) -> Any:
    """Ignores rejections of which it is unknown whether they stated changes."""
    *before, last = case.history
    return decide(case.replace(history=(*before, evolve(last, changes_stated=False))) if case is UNCLEAR else case)


@pytest.mark.parametrize(
    ("law", "engine"),
    [
        (laws.only_open_steps_are_possible, opens_all),
        (laws.only_open_steps_are_possible, opens_nothing),
        (laws.each_event_was_possible, opens_nothing),
        (laws.steps_are_never_a_guess, takes_silence_for_no),
    ],
)
def test_a_law_of_processes_notices_that_it_is_broken(law: Callable[..., None], engine: Engine) -> None:
    law(UNCLEAR, TASKS)
    with pytest.raises(AssertionError):
        law(UNCLEAR, TASKS, decide=engine)


def test_the_law_of_the_past_notices_changes_to_past_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """An alternative that changes a past event, and one that takes another step."""
    (taken, *_) = alternatives(case_from(task("upload_video", "creator", *START, "upload_script")))
    laws.the_past_is_not_rewritten(UNCLEAR)
    change = Change("/history/0/step", None, None, "place_task", "rate", Act.HAD_IT_BEEN, None)
    monkeypatch.setattr(processes, "alternatives", lambda *_, **__: [evolve(taken, changes=(change,))])
    with pytest.raises(AssertionError, match="rewrites the past"):
        laws.the_past_is_not_rewritten(UNCLEAR)


def with_places(document: Mapping[str, Any], *changes: tuple[str, Any]) -> Any:
    """A case with other values at some places."""
    changed = json.loads(json.dumps(document))
    for pointer, value in changes:
        put(changed, pointer, value)
    return case_from(changed)


def test_a_case_refused_for_two_reasons_is_reconsidered_when_one_ends() -> None:
    """A penalty leaves the look-back while the score is still too low: the case stays refused, for one reason fewer."""
    penalty = ("/shop/penalties", [{"rule": "evasive_information", "imposed_at": "2023-08-02T00:00:00+08:00"}])
    alone, beside = with_places(IN_ORDER, penalty), with_places(IN_ORDER, penalty, ("/shop/shop_score", "4.1"))
    assert decide(alone).reconsider_at == decide(beside).reconsider_at == Instant.parse("2024-08-02T00:00:00+08:00")
    for case in (alone, beside):
        laws.time_alone_changes_nothing_unannounced(case)


def test_the_law_of_complete_findings_notices_a_short_circuit() -> None:
    """A decision without its last finding is not complete."""
    edition = policies()[PROVEN.policy][0]
    laws.findings_are_complete(PROVEN, edition)
    with pytest.raises(AssertionError, match="should be"):
        laws.findings_are_complete(PROVEN, edition, decide=skips_a_clause)
