"""Whether a top-up arrived (PV.4, R25, R29, R30, R53): only official feedback of the account's platform decides."""

from .completions import every_answer, what_matters
from .raw import TICK, instant, later, mark

SOME_OTHER = object()
"""A platform or account that no document names."""


def platform(name):
    """The name of a platform, normalized for comparison."""
    return None if name is None else name.strip().casefold()


def feedback(case):
    """The official feedback that could count: not rejected, with a result, and not known to be from before the order."""
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
    """The proofs of dispatch that state an instant and are not rejected (R53)."""
    return [
        item
        for item in case["evidence"]
        if item["kind"] == "dispatch_proof" and mark(item) != "rejected" and item.get("dispatched_at") is not None
    ]


def times(case, not_rejected, proofs, as_of):
    """The values to try for an unknown time: before the order, at a known instant, or between two of them.

    Two unknown times can lie between the same two instants, one after the other: hence a second step.
    """
    placed = instant(case["order"]["placed_at"])
    texts = [item.get("observed_at") for item in not_rejected] + [item["dispatched_at"] for item in proofs]
    known = {placed} | {instant(each) for each in texts if each is not None}
    several = sum(item.get("observed_at") is None for item in not_rejected) > 1
    steps = [TICK * n for n in range(3 if several else 2)]
    since = {later(each, step) for each in known for step in steps if each >= placed}
    return (placed - TICK, *sorted(each for each in since if each <= as_of))


def unknowns_of(case, not_rejected, proofs, as_of):
    """The unknown facts with the values to try.

    They are the account's platform, the account, each unverified document, and the time of observation of feedback.
    """
    top_up, possible = case.get("top_up") or {}, times(case, not_rejected, proofs, as_of)
    platforms, accounts = (
        {platform(item["platform"]) for item in not_rejected},
        {item["account"] for item in not_rejected},
    )
    its_platform, account = platform(top_up.get("account_platform")), top_up.get("account")
    return [
        ("account_platform", (*platforms, SOME_OTHER) if its_platform is None else (its_platform,)),
        ("top_up_account", (*accounts, SOME_OTHER) if account is None else (account,)),
        *(
            (("verification", item["id"]), (True,) if mark(item) == "verified" else (True, False))
            for item in (*not_rejected, *proofs)
        ),
        *(
            (("observation_time", item["id"]), possible if at is None else (at,))
            for item in not_rejected
            for at in (instant(item.get("observed_at")),)
        ),
    ]


def in_time(item, full, placed, dispatched):
    """Whether feedback counts on this completion: not from before the order, and no "not arrived" from before dispatch."""
    at = full["observation_time", item["id"]]
    too_early = item["shows"] == "not_arrived" and dispatched is not None and at <= dispatched
    return at >= placed and not too_early


def shown(case, not_rejected, proofs, full):
    """What the latest feedback that counts on this completion shows: "arrived", "not_arrived", "both" or "nothing" (R53)."""
    placed = instant(case["order"]["placed_at"])
    known = [instant(item["dispatched_at"]) for item in proofs if full["verification", item["id"]]]
    dispatched = max(known, default=None)
    counting = [
        item
        for item in not_rejected
        if full["verification", item["id"]]
        and platform(item["platform"]) == full["account_platform"]
        and item["account"] == full["top_up_account"]
        and in_time(item, full, placed, dispatched)
    ]
    latest = max((full["observation_time", item["id"]] for item in counting), default=None)
    said = {item["shows"] for item in counting if full["observation_time", item["id"]] == latest}
    return "both" if len(said) > 1 else next(iter(said), "nothing")


def examine(case, as_of):
    """The decision at an instant, without the time to look again."""
    not_rejected, proofs, closes = feedback(case), dispatch_proofs(case), instant(case.get("evidence_closes_at"))
    is_closed = closes is not None and as_of > closes
    unknowns = unknowns_of(case, not_rejected, proofs, as_of)
    table = every_answer(unknowns, lambda full: shown(case, not_rejected, proofs, full))
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
    """The requests: the unknowns that matter, or else proof from the merchant."""
    if not matters:
        return [{"to": "merchant", "need": "proof_of_arrival", "evidence_id": None}]
    named = [name if isinstance(name, tuple) else (name, None) for name in matters]
    return [{"to": "platform", "need": need, "evidence_id": evidence_id} for need, evidence_id in named]


def moments(case, as_of):
    """Instants at which the passing of time alone can change the decision: the time for evidence ends, or an unknown time can be later."""
    closes = instant(case.get("evidence_closes_at"))
    ends = [] if closes is None else [later(closes, TICK)]
    if any(item.get("observed_at") is None for item in feedback(case)):
        ends += [later(as_of, TICK), later(as_of, 2 * TICK)]
    return sorted(at for at in ends if at > as_of)


def watched(decision):
    """The parts of a decision that can change as time passes (R60)."""
    asks = [(each["to"], each["need"], each["evidence_id"]) for each in decision["requests"]]
    return decision["outcome"], decision["findings"], asks


def judge_arrival(case):
    """The decision. Once the time for evidence is over, whatever is open goes to a person."""
    as_of = instant(case["as_of"])
    now = examine(case, as_of)
    changes = (at for at in moments(case, as_of) if watched(examine(case, at)) != watched(now))
    return {**now, "reconsider_at": next(changes, None)}
