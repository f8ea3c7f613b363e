"""Off-platform trading (PO, R45, R47, R58, R60): what the platform may do, what the merchant must do, and which step is open."""

from itertools import product

from .conduct import CLAUSES, Incident, finds_of_all, gravities_of, latest_acts, needs_of, of_all, what_turns
from .raw import TICK, instant, later, midnight_after
from .shop_state import NEVER, acts_of_note, before, leaving, remedy, stated

TOPPED_UP, PROMISED, APPLIED, FIRST_TIME = (
    "deposit_topped_up_in_time",
    "promised_in_writing_in_time",
    "applied_to_leave_in_time",
    "found_for_the_first_time",
)


def result_of(whole, finds, shop, closing):
    """(outcomes, incidents, measures, ladder) of one completion. There are several outcomes if a person must decide.

    ``whole`` is the result of all incidents together. It is returned with the judgements on which the outcome depends.
    """
    results = {
        (gravity, twice): result_of_one(gravity, twice, shop, closing)
        for gravity, twice in {found for _, found in finds}
    }
    outcomes, measures, ladders = zip(*results.values(), strict=True)
    whole = whole, what_turns(frozenset((said, results[found][0]) for said, found in finds))
    return frozenset(outcomes), whole, frozenset.intersection(*measures), frozenset.intersection(*ladders)


def result_of_one(gravity, twice, shop, closing):
    """(outcome, measures, ladder) when everything is known."""
    if gravity == 0:
        return "not_found", frozenset(), frozenset()
    noticed, topped_up, promised, new, held, due = shop
    serious, failed = gravity == 2, "failed" in (topped_up, promised)
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
    """Which step is open after a finding."""
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
    """[(name, amount)] of what is in every result; the amount is None if it differs between results."""
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
    """The one answer of all completions, or None."""
    return next(iter(answers)) if len(answers) == 1 else None


EFFECTS = {"fine": "supports", "open": "supports", "due": "defeats", "failed": "defeats", None: "undecided"}


def examine(case, as_of):
    """The decision at an instant without the time to look again, and the parts that can change as time passes (R60)."""
    incidents = [Incident(each) for each in case["incidents"]]
    tables = remedy(case, as_of), leaving(case, as_of), before(case)
    possible = [of_all(incidents), *(table.answers() for table in tables)]
    finds = {notice: finds_of_all(incidents, notice, as_of) for notice, _ in possible[3]}
    results = {
        result_of(*of_incidents, *of_shop)
        for of_incidents in frozenset().union(*finds.values())
        for of_shop in product(*possible[1:3])
    }
    found = all(0 not in gravities_of(whole) for whole in possible[0])
    stands = {
        TOPPED_UP: of_one_answer({answer[1] for answer in possible[1]}),
        PROMISED: of_one_answer({answer[2] for answer in possible[1]}),
        APPLIED: of_one_answer(possible[2]),
        FIRST_TIME: of_one_answer({"failed" if count > 1 else "fine" for count in finding_counts(possible[3], finds)}),
    }
    gravity = of_one_answer(frozenset().union(*(gravities_of(whole) for whole in possible[0])))
    measures = [{"measure": name, "amount": amount} for name, amount in certain(results, 2, ORDER)]
    asks = requests(case, incidents, possible, tables, as_of)
    decision = {
        "outcome": outcome_of(results),
        "incidents": [{"incident_id": each.id, "outcome": each.outcome()} for each in incidents],
        "gravity": None if gravity is None else ("none", "ordinary", "serious")[gravity],
        "time": of_one_answer(finding_counts(possible[3], finds)) if found else None,
        "measures": measures,
        "ladder": [
            {"step": name, "amount": amount} for name, amount in certain(results, 3, STEPS) if amount is not None
        ],
        "findings": findings(incidents, stands),
        "requests": asks,
        "deadlines": deadlines(case),
    }
    watched = (
        decision["outcome"],
        [each["measure"] for each in measures],
        [each["effect"] for each in decision["findings"]],
        stands,
        [(each["to"], each["need"], each["line_id"]) for each in asks],
    )
    return decision, watched


def finding_counts(earlier, finds):
    """How many findings there may be, this one included: earlier ones with notice count only for a further finding (R58)."""
    return {
        1 + count if is_further else 1
        for notice, count in earlier
        for _, said in finds[notice]
        for _, (_, is_further) in said
    }


def outcome_of(results):
    """The outcome. Missing facts come before a person's judgement (R44), even if only that judgement depends on them."""
    answers = {(outcomes, whole if len(outcomes) > 1 else None) for outcomes, whole, _, _ in results}
    if len(answers) > 1:
        return "needs_information"
    ((outcomes, _),) = answers
    return min(outcomes) if len(outcomes) == 1 else "manual_review"


def findings(incidents, stands):
    """All clauses, incident by incident, then those of the shop."""
    of_incidents = [(clause, each.id, "bar", each.effect(clause)) for each in incidents for clause in CLAUSES]
    of_the_shop = [(clause, None, "requirement", EFFECTS[stand]) for clause, stand in stands.items()]
    names = ("clause", "line_id", "role", "effect")
    return [dict(zip(names, each, strict=True)) for each in (*of_incidents, *of_the_shop)]


def requests(case, incidents, possible, tables, as_of):
    """Requests to the platform: what leaves a clause or an amount open. Requests to the merchant: what is due."""
    found = all(0 not in gravities_of(whole) for whole in possible[0])
    notices = {notice for notice, _ in possible[3]}
    asked = {("platform", need, line_id, None) for line_id, need in needs_of(incidents, notices, as_of)}
    if any(gravities_of(whole) != {0} for whole in possible[0]):
        latest = latest_acts(incidents, acts_of_note(case, as_of))
        open_facts = needs_of_the_shop(case, tables, latest) | needs_of_the_amounts(tables[0], possible[1])
        asked |= {("platform", ASKED_OF_THE_PLATFORM.get(name, "earlier_findings"), None, None) for name in open_facts}
    if found:
        asked |= {("merchant", need, None, last) for need, last in owed_by_the_merchant(case, possible)}
    names = ("to", "need", "line_id", "due_at")
    return [dict(zip(names, each, strict=True)) for each in sorted(asked, key=str)]


def needs_of_the_shop(case, tables, latest):
    """The facts that leave the shop's clauses open. If a clock may not have started, only its start is asked for (R9)."""
    shop, (remedies, closing, earlier) = case["shop"], tables
    needs = set()
    for acts in latest:
        needs |= earlier.needs(lambda answer, acts=acts: {act > answer[0] for act in acts})
    if stated(shop.get("notice")) is None:
        needs.add("notice")
    else:
        needs |= remedies.needs(lambda answer: answer[1]) | remedies.needs(lambda answer: answer[2])
    if stated(shop.get("closing")) is None:
        return needs | {"closing"}
    return needs | closing.needs(lambda answer: answer)


def needs_of_the_amounts(remedies, answers):
    """The facts needed for the amounts. What is due is needed only if notice may have been received."""
    noticed = any(answer[0] for answer in answers)
    places = (3, 4, 5) if noticed else (3, 4)
    return {name for place in places for name in remedies.needs(lambda answer, place=place: answer[place])}


def owed_by_the_merchant(case, possible):
    """(need, last instant in time) of everything that is certainly due."""
    for need, stands, event, days in (
        ("top_up", {answer[1] for answer in possible[1]}, "notice", 3),
        ("written_promise", {answer[2] for answer in possible[1]}, "notice", 3),
        ("exit_application", possible[2], "closing", 45),
    ):
        if stands == {"due"}:
            yield need, midnight_after(stated(case["shop"][event]), days) - TICK


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
    """Instants after as_of at which time alone can change something."""
    shop = case["shop"]
    notice, closing = stated(shop.get("notice")), stated(shop.get("closing"))
    ends = [midnight_after(at, 45) for at in (closing,) if at not in (None, NEVER)]
    ends += [midnight_after(at, 3) for at in (notice,) if at not in (None, NEVER)]
    if any(each.get("happened_at") is None for each in case["incidents"]):
        ends.append(later(as_of, TICK))
    return sorted(end for end in ends if end > as_of)


def judge_off_platform(case):
    """The decision on a valid case, as raw data."""
    as_of = instant(case["as_of"])
    now, watched = examine(case, as_of)
    changes = (at for at in moments(case, as_of) if examine(case, at)[1] != watched)
    return {**now, "reconsider_at": next(changes, None)}
