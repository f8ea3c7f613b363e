"""The whole decision: outcomes, requests, awards, and when to look again (R43, R44, R60)."""

from . import authenticity, damage, local_return, seven_day_return
from .common import completion, damage_window, ninety_days, signing
from .findings import effect_in_time
from .money import awards
from .raw import TICK, instant, later

GUARANTEES = {
    "consumer_law.seven_day_return": seven_day_return,
    "douyin_global.authenticity": authenticity,
    "douyin_global.damage": damage,
    "douyin_global.local_return": local_return,
}
APPROVED = ("approved", "partially_approved")


def line_outcome(findings, units, claimed):
    """The outcome of one line (R44)."""
    fates = {f["fate"] for f in findings}
    if "dead" in fates:
        return "denied"
    if "open" in fates:
        return "needs_information"
    if "person" in fates:
        return "manual_review"
    return "approved" if units >= claimed else "partially_approved"


def overall(outcomes):
    """The outcome of all lines together (R44)."""
    for waiting in ("needs_information", "manual_review"):
        if waiting in outcomes:
            return waiting
    for same in ("approved", "denied"):
        if set(outcomes) == {same}:
            return same
    return "partially_approved"


def line_requests(case, line_id, findings, last_in_time):
    """The requests for a line that needs information, each once, with the last instant to answer."""
    closes = instant(case["claim"].get("evidence_closes_at"))
    requests = []
    for one in findings:
        for wanted in one["asks"]:
            ends = [closes] + ([last_in_time] if wanted["need"] == "refile" else [])
            request = {
                "to": wanted["to"],
                "need": wanted["need"],
                "line_id": line_id,
                "evidence_id": wanted["evidence_id"],
                "due_at": min((end for end in ends if end is not None), default=None),
            }
            if request not in requests:
                requests.append(request)
    return requests


def shown_finding(one, line_id):
    """A finding, in the form of the contract."""
    margin = None if one["margin"] is None else {"unit": "seconds", "value": one["margin"]}
    return {
        "clause": one["clause"],
        "line_id": line_id,
        "role": one["role"],
        "effect": one["effect"],
        "margin": margin,
    }


def examine(case, as_of):
    """(lines, findings, requests, deadlines, the parts that can change as time passes) at an instant."""
    guarantee = GUARANTEES[case["policy"]]
    lines, shown, requests, deadlines, effects = [], [], [], [], []
    for item in case["claim"]["items"]:
        line_id, claimed = item["line_id"], item["quantity"]
        findings, limit = guarantee.examine(case, line_id, as_of)
        units = claimed if limit is None else min(claimed, limit)
        outcome = line_outcome(findings, units, claimed)
        lines.append(
            {
                "line_id": line_id,
                "outcome": outcome,
                "units_claimed": claimed,
                "units": units if outcome in APPROVED else 0,
            }
        )
        shown += [shown_finding(one, line_id) for one in findings]
        effects += [effect_in_time(one) for one in findings]
        if outcome == "needs_information":
            last = guarantee.last_in_time(case, line_id, as_of)
            requests += line_requests(case, line_id, findings, last)
        deadlines.append(guarantee.deadline(case, line_id, as_of))
    asked = [(r["to"], r["need"], r["line_id"], r["evidence_id"]) for r in requests]
    watched = [one["outcome"] for one in lines], effects, asked
    return lines, shown, requests, [d for d in deadlines if d], watched


def moments(case, as_of):
    """Instants after as_of at which something could change: closing, a clock's start, a window's end."""
    found = set()
    closes = instant(case["claim"].get("evidence_closes_at"))
    if closes is not None:
        found.add(later(closes, TICK))
    for item in case["claim"]["items"]:
        done, signed = completion(case, item["line_id"]), signing(case, item["line_id"])
        for start in (done, signed):
            if start is not None:
                found.add(start)
        if done is not None:
            found.add(later(ninety_days(done)[0], TICK))
        if signed is not None:
            found |= {later(damage_window(signed, c)[0], TICK) for c in ("food", "other")}
            found.add(later(seven_day_return.seven_days(signed)[0], TICK))
    return sorted(moment for moment in found if moment > as_of)


def reconsider_at(case, as_of, now):
    """The first instant at which time alone changes an outcome, the effect of a clause or a request (R60)."""
    changes = (moment for moment in moments(case, as_of) if examine(case, moment)[-1] != now[-1])
    return next(changes, None)


def judge(case):
    """The decision on a valid case, as raw data."""
    as_of = instant(case["as_of"])
    now = examine(case, as_of)
    lines, shown, requests, deadlines, _ = now
    approved = {i["line_id"]: i["units"] for i in lines if i["outcome"] in APPROVED}
    paid = awards(case, approved)
    is_return = case["policy"] == "douyin_global.local_return"
    return {
        "outcome": overall([i["outcome"] for i in lines]),
        "lines": lines,
        "findings": shown,
        "awards": paid,
        "total": sum(one["amount"] for one in paid),
        "currency": case["order"]["currency"],
        "return_authorisation": local_return.authorisation(case, approved) if is_return else None,
        "deadlines": deadlines,
        "requests": requests,
        "reconsider_at": reconsider_at(case, as_of, now),
    }
