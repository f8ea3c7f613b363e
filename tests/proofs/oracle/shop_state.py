"""How a shop stands under PO.3: deposit, promise, closing state and earlier findings, each on every completion (R9)."""

from datetime import timedelta

from .completions import every_answer
from .raw import END_OF_TIME, TICK, instant, midnight_after

RAISE = 10_000_000
MOST = (2**53 - 1) // 2
LONG_AGO = timedelta(days=1000)
NEVER = "never"
"""What has not happened, among the instants at which something may have."""


# What has to be done in how many days


def standing(done, start, days, as_of):
    """Fine, due (there is still time) or failed, for what must be done within some days of a start (R1, R5)."""
    if start == NEVER:
        return "fine"
    end = midnight_after(start, days)
    if done != NEVER and done < end:
        return "fine"
    return "due" if as_of < end else "failed"


def topped_up_at(balance, top_ups, target):
    """When balance and top-ups first reach the target: long ago if the balance does, or never."""
    held, reached = balance, None
    if held >= target:
        return instant("0001-01-01T00:00:00+00:00")
    for at, amount in sorted(top_ups):
        held += amount
        if held >= target and reached is None:
            reached = at
    return NEVER if reached is None else reached


# What an event could be


def stated(event):
    """When it happened, NEVER, or None if that is not known."""
    if event is None:
        return None
    if not event["happened"]:
        return NEVER
    return instant(event.get("at"))


def happened(event):
    """Whether it happened: both, if that is not known."""
    return (True, False) if event is None else (event["happened"],)


def done_at(event, start, days, as_of):
    """When something may have been done that has days from a start: not, long ago, or on either side of the end."""
    known = stated(event)
    if known is not None:
        return (known,)
    end = as_of if start in (None, NEVER) else midnight_after(start, days)
    some = tuple(at for at in (as_of - LONG_AGO, end - TICK, end) if at <= as_of)
    return some if event else (NEVER, *some)


class Table:
    """Some facts on every completion, and what each completion comes to."""

    def __init__(self, unknowns, comes_to):
        self.unknowns = unknowns
        completed = every_answer(unknowns, comes_to)
        self.came_to = {values: answer for values, answer in completed.items() if answer is not None}

    def answers(self):
        """All that it may come to."""
        return set(self.came_to.values())

    def needs(self, result):
        """The facts that alone may change a result of what it comes to."""
        results = {answer: result(answer) for answer in self.answers()}
        told = {values: results[answer] for values, answer in self.came_to.items()}
        return {name for place, (name, _) in enumerate(self.unknowns) if turns(told, place)}


def turns(told, place):
    """Whether the value at one place alone, of some completion, makes a difference."""
    rest = {}
    return any(rest.setdefault((*v[:place], *v[place + 1 :]), answer) != answer for v, answer in told.items())


# The remedy: deposit and promise

STANDS = ("fine", "due", "failed")
"""Where it may stand with what is owed within days of a start that is not known: such a clock is asked for, not tried (R9)."""


def remedy(case, as_of):
    """{(noticed, top-up, promise, new standard, held, due)} of notice, promise and deposit (PO.3(1), PO.3(2))."""
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
            stands = tuple(standing(done, start, 3, as_of) for done in (topped_up, full["promise"]))
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
    """What is stated, or all that it could be."""
    return tuple(others) if value is None else (value,)


def balances_of_note(paid, standards, raised):
    """No balance, the largest, and those with which one of the top-ups just reaches a standard, or just does not."""
    room = MOST - sum(amount for _, amount in paid)
    targets = [standard + RAISE * r for standard in standards for r in raised]
    reached = [sum(amount for _, amount in sorted(paid)[:n]) for n in range(len(paid) + 1)]
    just = {target - sum_ + step for target in targets for sum_ in reached for step in (0, -1)}
    return sorted({0, room} | {balance for balance in just if 0 <= balance <= room})


# The closing state


def leaving(case, as_of):
    """What leaving comes to (PO.3(3)): "open" (no closing state), or where the own application stands."""
    shop = case["shop"]
    start = stated(shop.get("closing"))

    def comes_to(full):
        if not full["closing"]:
            return "open"
        return full["anywhere"] or standing(full["application"], start, 45, as_of)

    unknowns = [
        ("closing", happened(shop.get("closing"))),
        ("anywhere", STANDS if start is None else (None,)),
        ("application", done_at(shop.get("exit_application"), start, 45, as_of)),
    ]
    return Table(unknowns, comes_to)


# Findings before

VERY_LONG_AGO = instant("0001-01-02T00:00:00+00:00")


def moments_of_note(case):
    """Where acts and notices of earlier findings are known to lie, and one moment before all of them."""
    acts = [instant(each.get("happened_at")) for each in case["incidents"]]
    notices = [stated(each.get("notice")) for each in case["shop"].get("earlier_findings") or ()]
    return sorted({VERY_LONG_AGO, *acts, *notices} - {None, NEVER})


def acts_of_note(case, as_of):
    """All that matters of when an act of unknown time was: at such a moment, or on either side of a notice right after it."""
    some = {at + step * TICK for at in moments_of_note(case) for step in (0, 1, 3)}
    return sorted(at for at in some if at <= as_of)


def notices_of_note(case):
    """The same of a notice, which lies not after the opening of the case."""
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
