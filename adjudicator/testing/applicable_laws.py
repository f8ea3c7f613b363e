"""Select the laws that apply to an edition: those of every case, of claims, of money and of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, TypeAlias

import attrs

from adjudicator import api
from adjudicator.engine.policy import Edition
from adjudicator.kinds.process import ProcessKind
from adjudicator.kinds.review import ReviewKind
from adjudicator.model.case import Case
from adjudicator.model.evidence import Evidence
from adjudicator.model.soundness import CaseBase
from adjudicator.testing import laws
from adjudicator.testing.completions import awaited_by

Law: TypeAlias = Callable[..., None]
"""Takes a case, and ``decide`` by name."""

OF_EVERY_CASE: Final[tuple[Law, ...]] = (
    laws.decides_the_same_twice,
    laws.survives_json,
    laws.metadata_is_not_read,
    laws.requests_are_honest,
    laws.time_alone_changes_nothing_unannounced,
)
"""Laws for every kind of case."""

OF_CLAIMS: Final[tuple[Law, ...]] = (
    laws.the_outcome_follows_from_the_findings,
    laws.requests_are_for_lines_that_wait,
    laws.rejected_evidence_counts_for_nothing,
    laws.lines_are_judged_alone,
    laws.nothing_is_asked_after_closing,
    laws.deadlines_are_exact,
)
"""Further laws for claims."""

OF_ANY_PAYMENT: Final[tuple[Law, ...]] = (laws.paying_settles, laws.keys_follow_the_ledger)
"""Further laws for any kind of case that awards money and has settlements."""

OF_PAYMENTS: Final[tuple[Law, ...]] = (
    *OF_ANY_PAYMENT,
    laws.parts_add_up,
    laws.what_was_taken_back_counts_for_nothing,
)
"""Further laws for claims that award money."""


def laws_of(
    edition: Edition, *, times_the_price: int = 0, awaited: Callable[[Evidence], bool] | None = None
) -> Iterator[Law]:
    """The laws that apply to an edition.

    ``times_the_price`` is the largest compensation as a multiple of the goods' price. ``awaited`` tells whether an unverified
    document counts only once it is verified; by default, the edition decides that.
    """
    yield from OF_EVERY_CASE
    yield partial(_findings_are_complete, edition)
    if isinstance(edition.case_kind, ReviewKind):
        yield partial(_of_the_edition, laws.unknown_fields_are_never_a_guess, edition)
    if isinstance(edition.case_kind, ProcessKind):
        yield from laws_of_a_process(edition)
    if not issubclass(edition.case_kind.case_type, Case):
        case_type: Any = edition.case_kind.case_type
        if edition.grants is not None and "settlements" in attrs.fields_dict(case_type):
            yield from OF_ANY_PAYMENT
        return
    yield from OF_CLAIMS
    yield laws.order_does_not_matter
    yield partial(_never_a_guess, edition, awaited)
    if edition.grants is not None:
        yield from OF_PAYMENTS
        yield partial(laws.money_stays_within_what_was_paid, times_the_price=times_the_price)
        yield partial(laws.no_sequence_overpays, times_the_price=times_the_price)


def laws_of_a_process(edition: Edition) -> tuple[Law, ...]:
    """The further laws for an edition about a process."""
    return (
        laws.the_past_is_not_rewritten,
        *(
            partial(_of_the_edition, law, edition)
            for law in (
                laws.only_open_steps_are_possible,
                laws.each_event_was_possible,
                laws.steps_are_never_a_guess,
            )
        ),
    )


def law_name(law: Law) -> str:
    """The name of a law, used as a test id."""
    function = law.func if isinstance(law, partial) else law
    if isinstance(law, partial) and function is _of_the_edition:
        (function, _) = law.args
    return str(getattr(function, "__name__", function)).lstrip("_")


def _of_the_edition(law: Law, edition: Edition, case: CaseBase, *, decide: laws.Decider = api.decide) -> None:
    law(case, edition, decide=decide)


def _findings_are_complete(edition: Edition, case: CaseBase, *, decide: laws.Decider) -> None:
    laws.findings_are_complete(case, edition, decide=decide)


def _never_a_guess(
    edition: Edition, awaited: Callable[[Evidence], bool] | None, case: Case, *, decide: laws.ClaimDecider
) -> None:
    waits = awaited or awaited_by(edition, case)
    laws.never_a_guess(case, laws.completions(case, awaited=waits, at_most=24), decide=decide)
