"""Clearance from the Select Alliance, and reopening (DA.2, R45, R49, R54)."""

from fractions import Fraction

from . import admission
from .whole import judge_whole

BOTH = (True, False)
BELOW = (
    "experience_score_below_3_5",
    "bar",
    {"experience_score": ("3.4", "3.5")},
    lambda f: Fraction(f["experience_score"]) >= Fraction("3.5"),
)
PAPERS = ("brand_papers_fall_short", "bar", {"brand_papers": BOTH}, lambda f: f["brand_papers"])
UNFIT = ("found_unfit_for_promotion", "bar", {"fitness": BOTH}, lambda f: not f["fitness"])
REQUIREMENTS = [clause for clause in admission.CLAUSES if clause[1] == "requirement"]
OPENINGS = [clause for clause in admission.CLAUSES if clause[1] == "bar"]

JUDGED = {
    ("merchant", "promoted"): (BELOW, PAPERS, UNFIT),
    ("merchant", "cleared"): (*REQUIREMENTS, *OPENINGS),
    ("product", "promoted"): (PAPERS, UNFIT),
    ("product", "cleared"): (PAPERS, UNFIT),
}
MET = {
    ("merchant", "promoted"): "stays",
    ("merchant", "cleared"): "may_reopen",
    ("product", "promoted"): "stays",
    ("product", "cleared"): "may_be_promoted_again",
}


def facts(case):
    """{need: stated value or None}, raw."""
    checked = case["checked"]
    return {
        **admission.facts({**case, "product": checked}),
        "brand_papers": checked.get("brand_papers_in_order"),
        "fitness": checked.get("found_unfit"),
    }


def examine(case):
    """The decision, without the time to look again."""
    kind = case["checked"]["of"], case["checked"]["state"]
    failed = "may_be_cleared" if kind[1] == "promoted" else "stays_out"
    decision = judge_whole(JUDGED[kind], facts(case), admission.asked_as, met=MET[kind], failed=failed)
    discretion = ["clearing_is_a_right"] if decision["outcome"] == "may_be_cleared" else []
    return {**decision, "remarks": ["checked_again_every_day", *discretion]}


def judge_clearance(case):
    """The decision."""
    return {**examine(case), "reconsider_at": admission.when_to_look_again(case, examine)}
