"""Off-platform trading (PO, R45, R47): what the platform may do, what the merchant must, and which step is open."""

from itertools import product

from .conduct import CLAUSES, Incident, needs_of, of_all, settled
from .raw import TICK, instant, midnight_after
from .shop_state import NEVER, before, leaving, remedy, stated

TOPPED_UP, PROMISED, APPLIED = (
    "deposit_topped_up_in_time",
    "promised_in_writing_in_time",
    "applied_to_leave_in_time",
)


def result_of(gravity, shop, closing, earlier):
    """(outcome, gravity, measures, ladder) of one completion; what a person has to judge is what is common to all."""
    results = [result_of_one(each, shop, closing, earlier) for each in sorted(gravity)]
    outcomes = {outcome for outcome, _, _ in results}
    outcome = outcomes.pop() if len(outcomes) == 1 else "manual_review"
    return outcome, settled(gravity), *(common(each) for each in list(zip(*results, strict=True))[1:])


def common(groups):
    """What stands in all of some sets."""
    return frozenset.intersection(*groups)


def result_of_one(gravity, shop, closing, earlier):
    """(outcome, measures, ladder) where all is known."""
    if gravity == 0:
        return "not_found", frozenset(), frozenset()
    noticed, topped_up, promised, new, held, due = shop
    serious, twice, failed = gravity == 2, earlier >= 1, "failed" in (topped_up, promised)
    ends = {
        "end_agreement_for_want_of_remedy": failed,
        "end_agreement_for_serious_conduct": serious,
        "end_agreement_at_once": twice,
    }
    shortfall = max(0, new - held)
    measures = {
        ("close_orders_at_risk", None),
        ("limit_withdrawals", None),
        ("ban_goods", None),
        ("raise_deposit_standard", new),
        *((name, None) for name, is_there in ends.items() if is_there),
    }
    ladder = {("new_deposit_standard", new), ("deposit_held", held)}
    if any(ends.values()):
        measures.add(("closing_state", None))
    if closing == "failed":
        measures.add(("remove_shop", None))
    if noticed:
        ladder.add(("amount_due", due))
    if twice:
        measures.add(("forfeit_deposit", held))
        ladder.add(("shortfall", shortfall))
    if twice and shortfall:
        measures.add(("take_the_difference", shortfall))
    return step(any(ends.values()), noticed, topped_up, promised, closing), frozenset(measures), frozenset(ladder)


def step(may_end, noticed, topped_up, promised, closing):
    """Which step is open where something is found."""
    if closing != "open":
        return {"due": "application_due", "fine": "leaving", "failed": "removal_open"}[closing]
    if may_end:
        return "termination_open"
    if not noticed:
        return "notice_due"
    return "remedied" if topped_up == promised == "fine" else "remedy_due"


ORDER = (
    "close_orders_at_risk",
    "limit_withdrawals",
    "ban_goods",
    "raise_deposit_standard",
    "end_agreement_for_want_of_remedy",
    "end_agreement_for_serious_conduct",
    "end_agreement_at_once",
    "closing_state",
    "remove_shop",
    "forfeit_deposit",
    "take_the_difference",
)
STEPS = ("new_deposit_standard", "deposit_held", "amount_due", "shortfall")


def certain(results, place, order):
    """[(name, amount)] of what is in every result; the amount is None where it is not the same in all."""
    groups = [dict(result[place]) for result in results]
    names = [name for name in order if all(name in group for group in groups)]
    amounts = [{group[name] for group in groups} for name in names]
    return [(name, each.pop() if len(each) == 1 else None) for name, each in zip(names, amounts, strict=True)]


ASKED_OF_THE_PLATFORM = {
    "notice": "notice",
    "promise": "promise_made",
    "standard": "deposit_standard",
    "balance": "deposit_balance",
    "top_ups": "top_ups",
    "raised": "deposit_raise",
    "closing": "closing_state",
    "application": "application_made",
}


def of_one_answer(answers):
    """The answer that all completions share, or None."""
    return next(iter(answers)) if len(answers) == 1 else None


EFFECTS = {"fine": "supports", "open": "supports", "due": "defeats", "failed": "defeats", None: "undecided"}


def examine(case, as_of):
    """The decision at an instant, but for when to look again."""
    incidents = [Incident(each) for each in case["incidents"]]
    tables = remedy(case, as_of), leaving(case, as_of), before(case)
    possible = [of_all(incidents), *(table.answers() for table in tables)]
    results = {result_of(*each) for each in product(*possible)}
    found = all(0 not in gravity for gravity in possible[0])
    stands = {
        TOPPED_UP: of_one_answer({answer[1] for answer in possible[1]}),
        PROMISED: of_one_answer({answer[2] for answer in possible[1]}),
        APPLIED: of_one_answer(possible[2]),
    }
    gravity = of_one_answer({result[1] for result in results})
    return {
        "outcome": of_one_answer({result[0] for result in results}) or "needs_information",
        "incidents": [{"incident_id": each.id, "outcome": each.outcome()} for each in incidents],
        "gravity": None if gravity is None else ("none", "ordinary", "serious")[gravity],
        "time": 1 + min(possible[3]) if found and len(possible[3]) == 1 else None,
        "measures": [{"measure": name, "amount": amount} for name, amount in certain(results, 2, ORDER)],
        "ladder": [
            {"step": name, "amount": amount} for name, amount in certain(results, 3, STEPS) if amount is not None
        ],
        "findings": findings(incidents, stands),
        "requests": requests(case, incidents, possible, tables, stands if found else {}),
        "deadlines": deadlines(case),
    }


def findings(incidents, stands):
    """Every clause, incident by incident, and those of the shop."""
    of_incidents = [(clause, each.id, "bar", each.effect(clause)) for each in incidents for clause in CLAUSES]
    of_the_shop = [(clause, None, "requirement", EFFECTS[stand]) for clause, stand in stands.items()]
    names = ("clause", "line_id", "role", "effect")
    return [dict(zip(names, each, strict=True)) for each in (*of_incidents, *of_the_shop)]


def requests(case, incidents, possible, tables, stands):
    """What is asked of the platform because it makes a difference, and of the merchant because it is due."""
    asked = {("platform", need, line_id, None) for line_id, need in needs_of(incidents)}
    for place, table in enumerate(tables, start=1):
        for name in table.needs(lambda answer, place=place: results_with(answer, place, possible)):
            asked.add(("platform", ASKED_OF_THE_PLATFORM.get(name, "earlier_findings"), None, None))
    for clause, need, event, days in (
        (TOPPED_UP, "top_up", "notice", 3),
        (PROMISED, "written_promise", "notice", 3),
        (APPLIED, "exit_application", "closing", 45),
    ):
        if stands.get(clause) == "due":
            asked.add(("merchant", need, None, last_in_time(tables, event, days)))
    names = ("to", "need", "line_id", "due_at")
    return [dict(zip(names, each, strict=True)) for each in sorted(asked, key=str)]


def results_with(answer, place, possible):
    """The results for one answer and every answer to the other questions, in the same order each time."""
    groups = [[answer] if here == place else list(group) for here, group in enumerate(possible)]
    return tuple(result_of(*each) for each in product(*groups))


def last_in_time(tables, event, days):
    """The last instant in time; the earliest it can be if the start is not known."""
    unknowns = dict(tables[0].unknowns + tables[1].unknowns)
    return min(midnight_after(start, days) for start in unknowns[event] if start != NEVER) - TICK


def deadlines(case):
    """The windows whose start is known."""
    shop = case["shop"]
    notice, closing = stated(shop.get("notice")), stated(shop.get("closing"))
    windows = ((TOPPED_UP, notice, 3), (PROMISED, notice, 3), (APPLIED, closing, 45))
    return [
        {
            "clause": clause,
            "line_id": None,
            "starts_at": start,
            "ends_at": midnight_after(start, days),
            "includes_end": False,
        }
        for clause, start, days in windows
        if start not in (None, NEVER)
    ]


def moments(case, as_of):
    """Instants after as_of at which time alone may change something."""
    shop = case["shop"]
    notice, closing = stated(shop.get("notice")), stated(shop.get("closing"))
    ends = [midnight_after(at, 45) for at in (closing,) if at not in (None, NEVER)]
    if notice != NEVER:
        ends.append(midnight_after(notice or instant(case["opened_at"]), 3))
    return sorted(end for end in ends if end > as_of)


def watched(decision):
    """What time alone may change: the step, the measures, and what is asked."""
    asked = [(each["to"], each["need"]) for each in decision["requests"]]
    return decision["outcome"], decision["measures"], asked


def judge_off_platform(case):
    """The decision on a valid case, as raw data."""
    as_of = instant(case["as_of"])
    now = examine(case, as_of)
    changes = (at for at in moments(case, as_of) if watched(examine(case, at)) != watched(now))
    return {**now, "reconsider_at": next(changes, None)}
