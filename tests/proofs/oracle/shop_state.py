"""The state of a shop under PO.3: deposit, promise, closing state and earlier findings, on every completion (R9)."""

from datetime import timedelta

from .completions import every_answer
from .raw import END_OF_TIME, TICK, instant, midnight_after

RAISE = 10_000_000
MOST = (2**53 - 1) // 2
LONG_AGO = timedelta(days=1000)
NEVER = "never"
"""Stands for "never" among the instants at which something may have happened."""


# What must be done within how many days


def progress(done, start, days, as_of):
    """Whether something that must be done within some days of a start is fine, due (there is still time) or failed (R1, R5)."""
    if start == NEVER:
        return "fine"
    end = midnight_after(start, days)
    if done != NEVER and done < end:
        return "fine"
    return "due" if as_of < end else "failed"


def topped_up_at(balance, top_ups, target):
    """When balance and top-ups first reach the target: long ago if the balance alone does, or never."""
    held, reached = balance, None
    if held >= target:
        return instant("0001-01-01T00:00:00+00:00")
    for at, amount in sorted(top_ups):
        held += amount
        if held >= target and reached is None:
            reached = at
    return NEVER if reached is None else reached


# The possible values of an event


def stated(event):
    """When it happened, NEVER, or None if that is not known."""
    if event is None:
        return None
    if not event["happened"]:
        return NEVER
    return instant(event.get("at"))


def happened(event):
    """Whether it happened: both values if that is unknown."""
    return (True, False) if event is None else (event["happened"],)


def done_at(event, start, days, as_of):
    """The values to try for when something with a time limit was done: never, long ago, or on either side of its end."""
    known = stated(event)
    if known is not None:
        return (known,)
    end = as_of if start in (None, NEVER) else midnight_after(start, days)
    some = tuple(at for at in (as_of - LONG_AGO, end - TICK, end) if at <= as_of)
    return some if event else (NEVER, *some)


class Table:
    """Some facts on every completion, with the result of each completion."""

    def __init__(self, unknowns, comes_to):
        self.unknowns = unknowns
        completed = every_answer(unknowns, comes_to)
        self.came_to = {values: answer for values, answer in completed.items() if answer is not None}

    def answers(self):
        """All possible results."""
        return set(self.came_to.values())

    def needs(self, result):
        """The facts that can change a result on their own."""
        results = {answer: result(answer) for answer in self.answers()}
        results_by_values = {values: results[answer] for values, answer in self.came_to.items()}
        return {name for place, (name, _) in enumerate(self.unknowns) if turns(results_by_values, place)}


def turns(results_by_values, place):
    """Whether changing only the value at one place can make a difference."""
    rest = {}
    return any(
        rest.setdefault((*v[:place], *v[place + 1 :]), answer) != answer for v, answer in results_by_values.items()
    )


# The remedy: deposit and promise

STANDS = ("fine", "due", "failed")
"""The possible progress of something that is due within days of an unknown start: the start is asked for, not tried (R9)."""


def remedy(case, as_of):
    """{(noticed, top-up, promise, new standard, held, due)} from notice, promise and deposit (PO.3(1), PO.3(2))."""
    shop, deposit = case["shop"], case["shop"].get("deposit") or {}
    start = stated(shop.get("notice"))
    anywhere = STANDS if start is None else (None,)
    paid = deposit.get("top_ups")
    paid = None if paid is None else tuple((instant(each["paid_at"]), each["amount"]) for each in paid)
    standards = known_or(deposit.get("standard"), (0, MOST))
    raised = known_or(deposit.get("raised"), (True, False))
    balances = known_or(deposit.get("balance"), balances_of_note(paid or (), standards, raised))
    payments = [at for at in done_at(None, start, 3, as_of) if at != NEVER]
    top_ups = known_or(paid, ((), *(((at, MOST - min(balances)),) for at in payments)))

    def comes_to(full):
        held = full["balance"] + sum(amount for _, amount in full["top_ups"])
        if held > MOST:
            return None
        new = full["standard"] + RAISE
        target = new if full["raised"] else full["standard"]
        if not full["noticed"]:
            stands = "fine", "fine"
        elif start is None:
            stands = full["top_up_anywhere"], full["promise_anywhere"]
        else:
            topped_up = topped_up_at(full["balance"], full["top_ups"], target)
            stands = tuple(progress(done, start, 3, as_of) for done in (topped_up, full["promise"]))
        return (full["noticed"], *stands, new, held, max(0, target - held))

    unknowns = [
        ("noticed", happened(shop.get("notice"))),
        ("top_up_anywhere", anywhere),
        ("promise_anywhere", anywhere),
        ("promise", done_at(shop.get("written_promise"), start, 3, as_of)),
        ("standard", standards),
        ("balance", balances),
        ("top_ups", top_ups),
        ("raised", raised),
    ]
    return Table(unknowns, comes_to)


def known_or(value, others):
    """The stated value, or all possible values."""
    return tuple(others) if value is None else (value,)


def balances_of_note(paid, standards, raised):
    """The balances to try: none, the largest, and those with which a top-up just reaches a standard or just misses it."""
    room = MOST - sum(amount for _, amount in paid)
    targets = [standard + RAISE * r for standard in standards for r in raised]
    reached = [sum(amount for _, amount in sorted(paid)[:n]) for n in range(len(paid) + 1)]
    just = {target - sum_ + step for target in targets for sum_ in reached for step in (0, -1)}
    return sorted({0, room} | {balance for balance in just if 0 <= balance <= room})


# The closing state


def leaving(case, as_of):
    """The state of leaving (PO.3(3)): "open" (no closing state), or the progress of the shop's own application."""
    shop = case["shop"]
    start = stated(shop.get("closing"))

    def comes_to(full):
        if not full["closing"]:
            return "open"
        return full["anywhere"] or progress(full["application"], start, 45, as_of)

    unknowns = [
        ("closing", happened(shop.get("closing"))),
        ("anywhere", STANDS if start is None else (None,)),
        ("application", done_at(shop.get("exit_application"), start, 45, as_of)),
    ]
    return Table(unknowns, comes_to)


# Earlier findings

VERY_LONG_AGO = instant("0001-01-02T00:00:00+00:00")


def moments_of_note(case):
    """The known moments of acts and of notices of earlier findings, and one moment before all of them."""
    acts = [instant(each.get("happened_at")) for each in case["incidents"]]
    notices = [stated(each.get("notice")) for each in case["shop"].get("earlier_findings") or ()]
    return sorted({VERY_LONG_AGO, *acts, *notices} - {None, NEVER})


def acts_of_note(case, as_of):
    """The values to try for an act of unknown time: at each known moment, or on either side of a notice right after it."""
    some = {at + step * TICK for at in moments_of_note(case) for step in (0, 1, 3)}
    return sorted(at for at in some if at <= as_of)


def notices_of_note(case):
    """The same for a notice, which cannot be after the opening of the case."""
    some = {at + step * TICK for at in moments_of_note(case) for step in (0, 2)}
    return tuple(sorted(at for at in some if at <= instant(case["opened_at"])))


def noticed_at(event, some):
    """When notice may have been received: as stated, at some moment, or never."""
    known = stated(event)
    if known is not None:
        return (known,)
    return some if event else (NEVER, *some)


def before(case):
    """{(when notice of an earlier finding was first received, how many findings with notice there were)} (R47, R58)."""
    findings, some = case["shop"].get("earlier_findings"), notices_of_note(case)
    if findings is None:
        findings = [{"id": "earlier"}]

    def comes_to(full):
        notices = [at for at in full.values() if at != NEVER]
        return min(notices, default=END_OF_TIME), len(notices)

    return Table([(each["id"], noticed_at(each.get("notice"), some)) for each in findings], comes_to)
