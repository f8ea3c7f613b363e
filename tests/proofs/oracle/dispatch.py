"""Dispatch of virtual goods (PV.3): the time limit, the way, and whether it happened."""

from datetime import timedelta

from .completions import every_answer, what_matters
from .raw import TICK, instant, later, midnight_after

BOTH = (True, False)
NEVER = "never"
"""The time of a dispatch that did not happen."""

ASKED_AS = {
    "physical": ("merchant", "goods"),
    "custom": ("merchant", "goods"),
    "commitment": ("merchant", "commitment"),
    "agreed_otherwise": ("merchant", "agreed_time"),
    "agreed_days": ("merchant", "agreed_time"),
    "ordinary_hours": ("platform", "ordinary_dispatch_time"),
    "dispatched_at": ("merchant", "dispatch"),
    "through": ("merchant", "dispatch_way"),
    "found_false": ("platform", "false_dispatch"),
    "out_of_stock": ("platform", "stock"),
}
WINDOW = ("custom", "commitment", "agreed_otherwise", "agreed_days", "ordinary_hours")


def could_be(case):
    """The possible values of each fact; one if it is known."""
    goods, dispatch = case["goods"], case.get("dispatch") or {}
    anything = {
        "physical": BOTH,
        "custom": BOTH,
        "commitment": ("hours_24", "hours_48", "agreed"),
        "agreed_otherwise": BOTH,
        "agreed_days": (1, 3650),
        "ordinary_hours": (1, 87_600),
        "through": ("logistics", "batch_import", "order_page"),
        "found_false": BOTH,
        "out_of_stock": BOTH,
    }
    known = {**goods, **dispatch, "out_of_stock": case.get("out_of_stock")}
    facts = {name: values if known.get(name) is None else (known[name],) for name, values in anything.items()}
    return {**facts, "dispatched_at": dispatched(case, facts)}


def dispatched(case, facts):
    """The values to try for the time of dispatch: not at all, at the order, now, or on either side of a window's end."""
    dispatch, as_of = case.get("dispatch") or {}, instant(case["as_of"])
    happened, at = did_happen(dispatch), instant(dispatch.get("at"))
    placed = instant(case["order"]["placed_at"])
    ends = [last for last, _ in windows(case, facts)]
    some = {placed, as_of, *ends, *(later(end, TICK) for end in ends)} if at is None else {at}
    possible = sorted(moment for moment in some if placed <= moment <= as_of)
    return {True: tuple(possible), False: (NEVER,), None: (NEVER, *possible)}[happened]


def did_happen(dispatch):
    """Whether it happened, as stated or as its details imply (R52); else None."""
    if dispatch.get("at") is not None or dispatch.get("through") is not None or dispatch.get("found_false"):
        return True
    return dispatch.get("happened")


def formed(case):
    """When the order was formed; None if that is unknown or in the future (R5)."""
    at = instant(case["order"].get("formed_at"))
    return at if at is not None and at <= instant(case["as_of"]) else None


def last_in_time(start, full):
    """The last instant in time (PV.3(3), R1, R2)."""
    if not full["custom"]:
        return later(start, timedelta(hours=full["ordinary_hours"]))
    if full["commitment"] != "agreed":
        return later(start, timedelta(hours={"hours_24": 24, "hours_48": 48}[full["commitment"]]))
    return midnight_after(start, full["agreed_days"] if full["agreed_otherwise"] else 10) - TICK


def by_days(full):
    """Whether the window is counted in calendar days."""
    return full["custom"] and full["commitment"] == "agreed"


def windows(case, facts):
    """All possible windows, as (last instant in time, whether in calendar days)."""
    start = formed(case)
    if start is None:
        return set()
    unknowns = [(name, facts[name]) for name in WINDOW]
    return set(every_answer(unknowns, lambda full: (last_in_time(start, full), by_days(full))).values())


def right_way(full):
    """Whether it was dispatched the right way (PV.3(1))."""
    if full["dispatched_at"] == NEVER:
        return True
    return (full["through"] == "logistics") == full["physical"]


def judged(facts, names, plain):
    """The one answer of all completions or None, and the facts that matter."""
    unknowns = [(name, facts[name]) for name in names]
    table = every_answer(unknowns, plain)
    answers = set(table.values())
    return (answers.pop(), []) if len(answers) == 1 else (None, what_matters(unknowns, table))


def in_time(start, as_of):
    """The clause once its clock has started: True, False, or "due"."""

    def plain(full):
        last = last_in_time(start, full)
        if full["dispatched_at"] == NEVER:
            return "due" if as_of <= last else False
        return full["dispatched_at"] <= last

    return plain


def time_clause(case, facts, as_of):
    """The answer or None, and the requests. If the clock may not have started, only its start is asked for (R9)."""
    start = formed(case)
    if start is None:
        return None, [("platform", "order_formed")]
    answer, matters = judged(facts, (*WINDOW, "dispatched_at"), in_time(start, as_of))
    return answer, [ASKED_AS[name] for name in matters]


def examine(case):
    """The decision without the time to look again, and the parts that can change as time passes (R60): "due" is not "too late"."""
    as_of, facts = instant(case["as_of"]), could_be(case)
    time, asked = time_clause(case, facts, as_of)
    found = [("dispatched_in_time", "requirement", time, asked)]
    for clause, role, names, plain in (
        ("dispatched_in_the_right_way", "requirement", ("dispatched_at", "physical", "through"), right_way),
        (
            "dispatch_was_false",
            "bar",
            ("dispatched_at", "found_false"),
            lambda full: full["dispatched_at"] == NEVER or not full["found_false"],
        ),
        (
            "goods_are_out_of_stock",
            "bar",
            ("dispatched_at", "out_of_stock"),
            lambda full: full["dispatched_at"] != NEVER or not full["out_of_stock"],
        ),
    ):
        answer, matters = judged(facts, names, plain)
        found.append((clause, role, answer, [ASKED_AS[name] for name in matters]))
    found.insert(0, found.pop(1))
    answers = [answer for _, _, answer, _ in found]
    ends = windows(case, facts)
    effects = {True: "supports", False: "defeats", "due": "defeats", None: "undecided"}
    outcome = outcome_of(answers)
    decision = {
        "outcome": outcome,
        "findings": [{"clause": clause, "role": role, "effect": effects[answer]} for clause, role, answer, _ in found],
        "requests": [] if outcome == "against_the_rule" else requests(found, ends),
        "deadlines": deadlines(case, ends),
        "remarks": ["dealt_with_under_the_dispatch_rules"] if outcome == "against_the_rule" else [],
    }
    return decision, (outcome, answers, [(each["to"], each["need"]) for each in decision["requests"]])


def outcome_of(answers):
    """The outcome, from the answers of the four clauses."""
    if False in answers:
        return "against_the_rule"
    if None in answers:
        return "needs_information"
    return "dispatch_due" if "due" in answers else "in_order"


def requests(found, ends):
    """All requests, each once: the facts that matter, and the dispatch that is due."""
    asked = {(to, need, None) for _, _, _, asks in found for to, need in asks}
    if any(answer == "due" for _, _, answer, _ in found):
        asked.add(("merchant", "dispatch", min(ends)[0]))
    names = ("to", "need", "due_at")
    return [dict(zip(names, each, strict=True)) for each in sorted(asked, key=str)]


def deadlines(case, ends):
    """The window, if it is the same on every completion."""
    if len(ends) != 1:
        return []
    ((last, days),) = ends
    return [
        {
            "clause": "dispatched_in_time",
            "line_id": None,
            "starts_at": formed(case),
            "ends_at": later(last, TICK) if days else last,
            "includes_end": not days,
        }
    ]


def moments(case):
    """Instants at which time alone can change the decision: the order is formed, or a window ends."""
    ends = {later(last, TICK) for last, _ in windows(case, could_be(case))}
    to_come = instant(case["order"].get("formed_at"))
    return sorted(at for at in {*ends, to_come} if at is not None and at > instant(case["as_of"]))


def judge_dispatch(case):
    """The whole decision."""
    decision, watched = examine(case)
    changes = (at for at in moments(case) if examine({**case, "as_of": at.isoformat()})[1] != watched)
    return {**decision, "reconsider_at": next(changes, None)}
