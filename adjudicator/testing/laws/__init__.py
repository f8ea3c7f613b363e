"""Laws that every policy must obey. Each takes a case, decides it and variants of it, and raises if the law is broken.

Run them over your own pack with your own cases or strategies::

    @given(cases("acme.returns"))
    def test_never_a_guess(case):
        laws.never_a_guess(case)

Laws know no rule. If one depends on a rule (how much compensation is possible, say), you pass that as an argument. You can also
pass your own ``decide``, to try an edition.
"""

from adjudicator.testing.comparison import APPROVED, WAITING
from adjudicator.testing.completions import MARKETS, NOBODYS_BRAND, completions
from adjudicator.testing.laws.advice import (
    answers_are_honest,
    requests_are_honest,
    what_if_is_honest,
    what_if_is_minimal,
)
from adjudicator.testing.laws.claims import (
    deadlines_are_exact,
    lines_are_judged_alone,
    never_a_guess,
    nothing_is_asked_after_closing,
    order_does_not_matter,
    rejected_evidence_counts_for_nothing,
    requests_are_for_lines_that_wait,
    the_outcome_follows_from_the_findings,
    unusable_evidence_counts_for_nothing,
)
from adjudicator.testing.laws.deciders import ClaimDecider, Decider, Governor
from adjudicator.testing.laws.decisions import (
    decides_the_same_twice,
    findings_are_complete,
    metadata_is_not_read,
    survives_json,
    time_alone_changes_nothing_unannounced,
)
from adjudicator.testing.laws.editions import one_edition_governs
from adjudicator.testing.laws.money import (
    a_proof_is_used_up,
    keys_follow_the_ledger,
    money_stays_within_what_was_paid,
    no_more_comes_back_than_the_order_cost,
    no_sequence_overpays,
    parts_add_up,
    paying_settles,
    what_was_taken_back_counts_for_nothing,
)
from adjudicator.testing.laws.processes import (
    each_event_was_possible,
    only_open_steps_are_possible,
    steps_are_never_a_guess,
    the_past_is_not_rewritten,
)
from adjudicator.testing.laws.reviews import unknown_fields_are_never_a_guess
from adjudicator.testing.ledger import ceiling, covers_at_most, paid_under_this_claim, price, settled_before, settling

__all__ = [
    "APPROVED",
    "MARKETS",
    "NOBODYS_BRAND",
    "WAITING",
    "ClaimDecider",
    "Decider",
    "Governor",
    "a_proof_is_used_up",
    "answers_are_honest",
    "ceiling",
    "completions",
    "covers_at_most",
    "deadlines_are_exact",
    "decides_the_same_twice",
    "each_event_was_possible",
    "findings_are_complete",
    "keys_follow_the_ledger",
    "lines_are_judged_alone",
    "metadata_is_not_read",
    "money_stays_within_what_was_paid",
    "never_a_guess",
    "no_more_comes_back_than_the_order_cost",
    "no_sequence_overpays",
    "nothing_is_asked_after_closing",
    "one_edition_governs",
    "only_open_steps_are_possible",
    "order_does_not_matter",
    "paid_under_this_claim",
    "parts_add_up",
    "paying_settles",
    "price",
    "rejected_evidence_counts_for_nothing",
    "requests_are_for_lines_that_wait",
    "requests_are_honest",
    "settled_before",
    "settling",
    "steps_are_never_a_guess",
    "survives_json",
    "the_outcome_follows_from_the_findings",
    "the_past_is_not_rewritten",
    "time_alone_changes_nothing_unannounced",
    "unknown_fields_are_never_a_guess",
    "unusable_evidence_counts_for_nothing",
    "what_if_is_honest",
    "what_if_is_minimal",
    "what_was_taken_back_counts_for_nothing",
]
