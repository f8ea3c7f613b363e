"""The effects with which a clause must be seen. Where one is impossible, the reason is listed here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from adjudicator.engine.registry import policies
from adjudicator.testing.clause_coverage import possible_sights

PATH: Final = "what was chosen on filing is always known"
BESIDE: Final = "it makes conduct serious that another clause finds, and speaks together with that one"
CANNOT_BE: Final = {
    ("filed_in_due_form", "undecided"): "who filed and who bought is always known",
    ("filed_on_the_authenticity_path", "undecided"): PATH,
    ("filed_on_the_order_page", "undecided"): PATH,
    ("filed_as_return_and_refund", "undecided"): PATH,
    ("returned_by_the_buyer", "undecided"): "who filed and who bought is always known",
    ("claimed_as_a_return", "undecided"): PATH,
    ("goods_are_back", "decisive"): "whether the goods are intact is not known before they are back",
    ("merchant_names_a_local_address", "defeats"): "a missing address is asked for, never held against the consumer",
    ("sold_to_a_named_territory", "defeats"): "elsewhere the rule is silent, and a person decides",
    ("evidence_is_inconclusive", "decisive"): "the proof that it speaks of is undecided with it",
    ("did_something_similar", "defeats"): "the list is open, and a person judges",
    ("with_a_problem_or_its_risk", "decisive"): BESIDE,
    ("with_prohibited_goods_or_another_violation", "decisive"): BESIDE,
    ("with_a_grave_threat", "decisive"): BESIDE,
    ("goods_are_out_of_stock", "decisive"): "what is not dispatched is due or late: both clauses speak together",
    ("taken_by_the_right_side", "undecided"): "who wants to take a step is always known",
    ("the_task_is_new", "undecided"): "what may not count comes after the task was placed",
    ("a_task_is_offered", "undecided"): "what may not count comes after the order was taken",
    ("ending_is_agreed_or_decided", "supports"): "the rule does not say how a task is ended, and a person decides",
    ("damage_proof_is_usable", "decisive"): "without usable proof nothing is shown either: both clauses speak together",
}


def sights_there_are(policy: str) -> set[tuple[str, str]]:
    """Every possible sight of the clauses in a policy's newest edition."""
    (*_, edition) = policies()[policy]
    return possible_sights(edition, CANNOT_BE)


def never_seen(policy: str, seen: Collection[tuple[str, str]]) -> list[str]:
    """The sights that are missing, and those that were listed as impossible but occurred."""
    return [f"{clause} {sight}" for clause, sight in sorted(sights_there_are(policy).symmetric_difference(seen))]
