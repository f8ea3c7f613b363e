"""Any history of cases and payouts agrees with a model, which is a dictionary."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import Any, ClassVar

from attrs import define
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from adjudicator import Instant
from adjudicator.desk.cases import newest
from adjudicator.service.panel_tokens import Grant
from adjudicator.store import DecisionStore, NotPayable, NotSuperseded, Recorded, State, open_store
from store.cases import UNIT, a_claim, settled
from store.conftest import a_clock

ORDERS = count(1)
MOST = {"refund": 3 * UNIT, "compensation": 30 * UNIT, "postage": 1200}
"""The most that can be paid on the order, under any claims."""


DAYS = ("2022-05-20", "2022-05-21", "2022-05-22")


@define
class Decided:
    """A decision in the history."""

    id: str
    claim: str
    units: int
    day: str
    is_replaced: bool = False
    """By a decision that was recorded after it on the claim and is as new, or by its successor."""
    is_superseded: bool = False

    def entitles_to(self, kind: str) -> int:
        """The total it awards for a kind, without earlier payments."""
        return {"refund": UNIT * self.units, "compensation": 10 * UNIT * self.units, "postage": 1200}[kind]


class History(RuleBasedStateMachine):
    """Possible events of an order."""

    record: ClassVar[DecisionStore]

    def __init__(self) -> None:
        super().__init__()
        self.order = f"O-{next(ORDERS)}"
        self.decided: list[Decided] = []
        self.paid: dict[str, dict[str, Any]] = {}

    @rule(claim=st.sampled_from("ABC"), units=st.integers(1, 3), day=st.sampled_from(DAYS), fill=st.booleans())
    def decide(self, claim: str, units: int, day: str, fill: bool) -> None:
        """Decide a claim, with proof for some units."""
        self.note(self.record.decide(self.case(claim, units, day), fill_settlements=fill), claim, units, day)

    @precondition(lambda self: self.decided)
    @rule(data=st.data(), units=st.integers(1, 3), day=st.sampled_from(DAYS), fill=st.booleans())
    def supersede(self, data: st.DataObject, units: int, day: str, fill: bool) -> None:
        """Replace a decision by another one on its claim, as of any day."""
        old = data.draw(st.sampled_from(self.decided))
        case = self.case(old.claim, units, day)
        try:
            given = self.record.decide(case, fill_settlements=fill, supersedes=old.id)
        except NotSuperseded:
            assert old.is_superseded
            return
        assert given.repeat or not old.is_superseded
        old.is_superseded = old.is_replaced = True
        self.note(given, old.claim, units, day)

    def case(self, claim: str, units: int, day: str) -> bytes:
        """A claim on the order."""
        return a_claim(claim, units=units, order=self.order, as_of=f"{day}T12:00:00+08:00")

    def note(self, given: Recorded, claim: str, units: int, day: str) -> None:
        """What the model knows of a decision."""
        known = {each.id for each in self.decided}
        assert given.repeat == (given.id in known)
        if not given.repeat:
            for each in self.decided:
                each.is_replaced |= each.claim == claim and each.day <= day
            self.decided.append(Decided(given.id, claim, units, day))

    def newest(self, claim: str) -> Decided:
        """The decision that says what can be paid on a claim."""
        standing = [each for each in self.decided if each.claim == claim and not each.is_replaced]
        return max(standing, key=lambda each: each.day)

    @precondition(lambda self: self.decided)
    @rule(data=st.data())
    def reserve(self, data: st.DataObject) -> None:
        """Reserve the awards of a decision, which may be an old one."""
        chosen = data.draw(st.sampled_from(self.decided))
        try:
            payouts = self.record.reserve(chosen.id)
        except NotPayable as refused:
            left = {award.kind.value: award.amount for award in refused.left}
            assert all(amount + self.sum_of(kind) <= MOST[kind] for kind, amount in left.items())
            return
        assert not chosen.is_superseded
        for payout in payouts:
            if self.paid.get(payout.key, {}).get("counts") is not True:
                self.paid[payout.key] = {"kind": payout.kind, "claim": chosen.claim, "amount": payout.amount, "counts": True}  # fmt: skip
                entitled = self.newest(chosen.claim).entitles_to(payout.kind)
                assert self.sum_of(payout.kind, chosen.claim) <= entitled

    @precondition(lambda self: self.paid)
    @rule(data=st.data(), confirms=st.booleans())
    def move(self, data: st.DataObject, confirms: bool) -> None:
        """Confirm or reverse a payout."""
        key = data.draw(st.sampled_from(list(self.paid)))
        if confirms and not self.paid[key]["counts"]:
            try:
                self.record.confirm(key)
            except NotPayable:
                return
            raise AssertionError("what was reversed was confirmed")
        moved = (self.record.confirm if confirms else self.record.reverse)(key)
        self.paid[key]["counts"] = moved.state is not State.REVERSED

    def sum_of(self, kind: str, claim: str | None = None) -> int:
        """The settled amount in the model."""
        paid = [each for each in self.paid.values() if each["counts"] and each["kind"] == kind]
        return sum(each["amount"] for each in paid if claim in (None, each["claim"]))

    @invariant()
    def the_ledger_is_the_models_and_never_too_large(self) -> None:
        """The record and the model agree."""
        wanted: dict[tuple[str, str], int] = defaultdict(int)
        for each in self.paid.values():
            if each["counts"]:
                wanted[each["kind"], each["claim"]] += each["amount"]
        assert settled(self.record, self.order) == wanted
        assert all(self.sum_of(kind) <= most for kind, most in MOST.items())

    @invariant()
    def whoever_asks_for_the_current_decisions_gets_those_of_the_model(self) -> None:
        """The search at the desk, and the panel."""
        current = {self.newest(claim).id for claim in {each.claim for each in self.decided}}
        assert {each.id for each in self.record.claims_found(self.order)} == current
        grant = Grant(tenant="default", agent="anyone", order_id=self.order, until=Instant(0))
        assert {each.id for each in newest(self.record, grant)} == current

    def teardown(self) -> None:
        """At the end, the whole history is on record and verifies."""
        assert self.record.verify() is None
        assert all(self.record.rerun(each.id).agrees for each in self.decided)


def test_any_history_agrees_with_the_model(url: str) -> None:
    record = open_store(url, now=a_clock())
    histories = type("Histories", (History,), {"record": record})
    examples = settings(max_examples=max(4, settings().max_examples // 5), stateful_step_count=15)
    run_state_machine_as_test(histories, settings=examples)
    record.close()
