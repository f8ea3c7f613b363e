"""Clauses that the guarantees share: merchant, form, path and clocks."""

from datetime import timedelta

from .completions import every_answer, what_matters
from .findings import ask, defeats, finding, supports, wanting
from .raw import TICK, carrying, closed, instant, later, line_of, midnight_after, whole_seconds

CATEGORIES = ("food", "milk_powder", "alcohol", "other")


def merchant_clause(case, as_of):
    """Whether the merchant was a Global one when the order was placed. An unknown programme is tried both ways (R20)."""
    clause = "against_a_global_merchant"
    stated = case["order"]["merchant"].get("programme")
    unknowns = [("programme", (stated,) if stated else ("global", "domestic"))]
    answers = set(every_answer(unknowns, lambda full: full["programme"] == "global").values())
    if answers == {True}:
        return supports(clause)
    if answers == {False}:
        return defeats(clause)
    return wanting(clause, [ask("platform", "global_programme")], closed(case, as_of))


def form_clause(case):
    """The claimant is the buyer (R22)."""
    same = case["claim"]["claimant_id"] == case["order"]["buyer_id"]
    return supports("filed_in_due_form") if same else defeats("filed_in_due_form")


def path_clause(clause, right, case, as_of, last_in_time):
    """A wrong path can be corrected while a new filing would be in time and evidence is open (R21, R30)."""
    if right:
        return supports(clause)
    if closed(case, as_of) or (last_in_time is not None and as_of > last_in_time):
        return defeats(clause)
    return finding(clause, "defeats", "open", [ask("consumer", "refile")])


def completion(case, line_id):
    """The stated instant at which the transaction succeeded."""
    return instant(line_of(case, line_id).get("completed_at"))


def signing(case, line_id):
    """When the last parcel with the line was signed for; None while one is unsigned or none is known (R6)."""
    signed = [instant(parcel.get("signed_at")) for parcel in carrying(case, line_id)]
    return max(signed) if signed and None not in signed else None


def started(start, as_of):
    """Whether a clock runs: its start is known and in the past (R5)."""
    return start is not None and start <= as_of


def ninety_days(start):
    """The 90 days (R1): the last instant in time, the end to state, and whether the end itself is in time."""
    late = midnight_after(start, 90)
    return late - TICK, late, False


def hours_for(category):
    """72 hours, but 24 for food, milk powder and alcohol (R37)."""
    return 24 if category in ("food", "milk_powder", "alcohol") else 72


def damage_window(start, category):
    """The same triple as `ninety_days`, for damage (R2)."""
    end = later(start, timedelta(hours=hours_for(category)))
    return end, end, True


def possible_categories(line):
    """The stated category, or all four."""
    return (line["category"],) if line.get("category") else CATEGORIES


def window_clause(clause, start, unknowns, window, clock_ask, fact_ask, case, as_of):
    """Whether `filed_at` is in time (R7), on every completion of the facts that decide the window's length (R9)."""
    if not started(start, as_of):
        return wanting(clause, [clock_ask], closed(case, as_of))
    filed = instant(case["claim"]["filed_at"])
    table = every_answer(unknowns, lambda full: filed <= window(full))
    if len(set(table.values())) > 1:
        assert what_matters(unknowns, table)
        return wanting(clause, [fact_ask], closed(case, as_of))
    edges = set(every_answer(unknowns, window).values())
    margin = min((whole_seconds(filed, edge) for edge in edges), key=abs)
    return (supports if all(table.values()) else defeats)(clause, margin=margin)
