"""Whether a top-up arrived (PV.4, R25, R29, R30, R53): official feedback of the account's platform, and nothing else."""

from .completions import every_answer, what_matters
from .raw import TICK, instant, later, mark

SOME_OTHER = object()
"""A platform or account that no document shows."""


def platform(name):
    """A platform's name as names are compared."""
    return None if name is None else name.strip().casefold()


def feedback(case):
    """The official feedback that could count: not rejected, saying something, and not known to be from before the order."""
    placed = instant(case["order"]["placed_at"])
    return [
        item
        for item in case["evidence"]
        if item["kind"] == "official_feedback"
        and mark(item) != "rejected"
        and item["shows"] != "unclear"
        and item.get("platform") is not None
        and item.get("account") is not None
        and (item.get("observed_at") is None or instant(item["observed_at"]) >= placed)
    ]


def dispatch_proofs(case):
    """The proofs of dispatch that name an instant and were not rejected (R53)."""
    return [
        item
        for item in case["evidence"]
        if item["kind"] == "dispatch_proof" and mark(item) != "rejected" and item.get("dispatched_at") is not None
    ]


def times(case, heard, proofs, as_of):
    """All that matters of a time that is not known: before the order, at a known instant, or between two of them.

    Of several unknown times one may be later than another between the same two: hence a second step.
    """
    placed = instant(case["order"]["placed_at"])
    told = [item.get("observed_at") for item in heard] + [item["dispatched_at"] for item in proofs]
    known = {placed} | {instant(each) for each in told if each is not None}
    several = sum(item.get("observed_at") is None for item in heard) > 1
    steps = [TICK * n for n in range(3 if several else 2)]
    since = {later(each, step) for each in known for step in steps if each >= placed}
    return (placed - TICK, *sorted(each for each in since if each <= as_of))


def unknowns_of(case, heard, proofs, as_of):
    """What is not known with all that it could be.

    The account's platform, the account, each unverified document, and when feedback was observed.
    """
    top_up, possible = case.get("top_up") or {}, times(case, heard, proofs, as_of)
    platforms, accounts = {platform(item["platform"]) for item in heard}, {item["account"] for item in heard}
    its_platform, account = platform(top_up.get("account_platform")), top_up.get("account")
    return [
        ("account_platform", (*platforms, SOME_OTHER) if its_platform is None else (its_platform,)),
        ("top_up_account", (*accounts, SOME_OTHER) if account is None else (account,)),
        *(
            (("verification", item["id"]), (True,) if mark(item) == "verified" else (True, False))
            for item in (*heard, *proofs)
        ),
        *(
            (("observation_time", item["id"]), possible if at is None else (at,))
            for item in heard
            for at in (instant(item.get("observed_at")),)
        ),
    ]


def in_time(item, full, placed, dispatched):
    """Whether feedback speaks of this top-up on this completion: not of before the order, nor "not arrived" of before dispatch."""
    at = full["observation_time", item["id"]]
    too_early = item["shows"] == "not_arrived" and dispatched is not None and at <= dispatched
    return at >= placed and not too_early


def shown(case, heard, proofs, full):
    """What the latest feedback shows that counts on this completion: "arrived", "not_arrived", "both" or "nothing" (R53)."""
    placed = instant(case["order"]["placed_at"])
    known = [instant(item["dispatched_at"]) for item in proofs if full["verification", item["id"]]]
    dispatched = max(known, default=None)
    counting = [
        item
        for item in heard
        if full["verification", item["id"]]
        and platform(item["platform"]) == full["account_platform"]
        and item["account"] == full["top_up_account"]
        and in_time(item, full, placed, dispatched)
    ]
    latest = max((full["observation_time", item["id"]] for item in counting), default=None)
    said = {item["shows"] for item in counting if full["observation_time", item["id"]] == latest}
    return "both" if len(said) > 1 else next(iter(said), "nothing")


def examine(case, as_of):
    """The decision at an instant, but for when to look again."""
    heard, proofs, closes = feedback(case), dispatch_proofs(case), instant(case.get("evidence_closes_at"))
    is_closed = closes is not None and as_of > closes
    unknowns = unknowns_of(case, heard, proofs, as_of)
    table = every_answer(unknowns, lambda full: shown(case, heard, proofs, full))
    answers = set(table.values())
    if answers in ({"not_arrived"}, {"arrived"}):
        outcome = answers.pop()
        effect, asks = "supports" if outcome == "not_arrived" else "defeats", []
    elif answers == {"both"} or is_closed:
        outcome, effect, asks = "manual_review", "undecided", []
    else:
        outcome, effect, asks = "needs_information", "undecided", asked(what_matters(unknowns, table))
    kept = any(item["kind"] == "dispatch_proof" and mark(item) != "rejected" for item in case["evidence"])
    screenshots = any(item["kind"] == "merchant_screenshot" for item in case["evidence"])
    of_screenshots = ["own_screenshot_proves_nothing"] if screenshots else []
    return {
        "outcome": outcome,
        "findings": [{"clause": "top_up_did_not_arrive", "role": "requirement", "effect": effect}],
        "requests": [{**each, "due_at": closes} for each in asks],
        "remarks": [*([] if kept else ["merchant_keeps_proof_of_dispatch"]), *of_screenshots],
    }


def asked(matters):
    """What is asked, of whom: what matters, or else proof of the merchant."""
    if not matters:
        return [{"to": "merchant", "need": "proof_of_arrival", "evidence_id": None}]
    named = [name if isinstance(name, tuple) else (name, None) for name in matters]
    return [{"to": "platform", "need": need, "evidence_id": evidence_id} for need, evidence_id in named]


def moments(case, as_of):
    """Instants at which time alone may change something: the time for evidence ends, or what is not known may be later."""
    closes = instant(case.get("evidence_closes_at"))
    ends = [] if closes is None else [later(closes, TICK)]
    if any(item.get("observed_at") is None for item in feedback(case)):
        ends += [later(as_of, TICK), later(as_of, 2 * TICK)]
    return sorted(at for at in ends if at > as_of)


def watched(decision):
    """What time alone may change (R60)."""
    asks = [(each["to"], each["need"], each["evidence_id"]) for each in decision["requests"]]
    return decision["outcome"], decision["findings"], asks


def judge_arrival(case):
    """The decision. When the time for evidence is over, a person decides what is open."""
    as_of = instant(case["as_of"])
    now = examine(case, as_of)
    changes = (at for at in moments(case, as_of) if watched(examine(case, at)) != watched(now))
    return {**now, "reconsider_at": next(changes, None)}
