"""What a decision grants, in the form in which a promise asks for it: sums by kind and line, windows, clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from attrs import define, field

from adjudicator.analysis.promises.results import Owed
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_behind
from adjudicator.kinds.claim import Return
from adjudicator.model.award import Award, AwardKind, Step
from adjudicator.model.claim import Settlement
from adjudicator.model.decision import ClaimDecision, Decision, Outcome
from adjudicator.model.finding import Effect
from adjudicator.model.money import Minor
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase

WINDOW: Final = "window"
"""What a window to file in is called among what is owed; any other time is that of a request."""


@define(slots=False)
class Books:
    """A decision, its edition if that is installed, and the case if it is known.

    Without the case, earlier payments are known only as far as awards subtract them.
    """

    decision: Decision
    case: CaseBase | None = None
    edition: Edition | None = field(init=False)
    particulars: Particulars = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.edition = edition_behind(self.decision.policy)
        self.particulars = self._particulars()

    def _particulars(self) -> Particulars:
        if self.case is None:
            return Particulars()
        return self.edition.case_kind.particulars(self.case) if self.edition else Particulars.of(self.case)

    # Money

    def awards(self, kind: AwardKind | None = None, line_ids: Iterable[str] = ()) -> tuple[Award, ...]:
        """The awards of a kind, or of all, for these lines, or for all; an award for the order belongs to each line."""
        lines = frozenset(line_ids)
        return tuple(
            each
            for each in self.decision.awards
            if kind in (None, each.kind) and (not lines or each.line_id is None or each.line_id in lines)
        )

    def payable(self, kind: AwardKind | None = None, line_ids: Iterable[str] = ()) -> Minor:
        """The sum of these awards."""
        return Minor(sum(each.amount for each in self.awards(kind, line_ids)))

    @cached_property
    def figures(self) -> frozenset[int]:
        """Every amount of the decision, of its calculation, of the order and of the payments before."""
        numbers: list[int] = [each.amount for each in self.decision.ladder]
        numbers += [value for each in self.decision.awards for value in (each.amount, each.entitled, each.settled)]
        numbers += [each.amount or 0 for each in self.decision.measures]
        return frozenset((*numbers, self.decision.total or 0, *self.settled, *self._prices))

    @cached_property
    def _prices(self) -> frozenset[int]:
        """What was paid for the order, its postage and its lines, and for one unit and the approved units of each where that is whole."""
        order: Any = getattr(self.case, "order", None)
        approved = {each.line_id: each.units for each in self.decision.lines}
        lines = getattr(order, "lines", ())
        postage = getattr(order, "postage_paid", 0)
        prices = {postage, postage + sum(line.goods_paid + line.tax_paid for line in lines)}
        for line in lines:
            prices |= {line.goods_paid, line.tax_paid}
            if line.goods_paid % line.quantity == 0:
                each = line.goods_paid // line.quantity
                prices |= {each, each * approved.get(line.id, 0)}
        return frozenset(prices)

    @cached_property
    def settled(self) -> frozenset[int]:
        """What was paid before: each payment, each kind together, and all of it."""
        settlements: tuple[Settlement, ...] = getattr(self.case, "settlements", ())
        before = _sums(each for each in settlements if each.stands)
        by_award = [each.settled for each in self.decision.awards if each.settled]
        return frozenset((*before, *_sums(self.particulars.paid), *by_award))

    @cached_property
    def pays_once_settled(self) -> bool:
        """Whether the case may still pay something: it waits for an answer or a person."""
        waiting = (Outcome.NEEDS_INFORMATION, Outcome.MANUAL_REVIEW)
        return bool(self.decision.requests) or any(outcome in waiting for _, outcome in self.decision.parts)

    def bases(self, line_id: str | None) -> tuple[int, ...]:
        """The prices from which the awards of a line are calculated."""
        return tuple(self._bases.get(line_id, ()))

    @property
    def are_free(self) -> bool:
        """Whether every price that an award is calculated from is zero: each multiple of it is the same."""
        prices = [price for of_line in self._bases.values() for price in of_line]
        return bool(prices) and not any(prices)

    @cached_property
    def _bases(self) -> dict[str | None, list[int]]:
        grants: Any = self.edition.grants if self.edition else None
        names = {each.__name__ for each in getattr(grants, "steps", ())}
        found: dict[str | None, list[int]] = {}
        for step in self.decision.ladder:
            if step.step in names:
                found.setdefault(step.line_id, []).append(step.amount)
        return found

    @cached_property
    def multiples(self) -> frozenset[int]:
        """How many times a price each step of the calculation is, where that is a whole number."""
        pairs = ((each.amount, base) for each in self.decision.ladder for base in self.bases(each.line_id) if base)
        return frozenset(amount // base for amount, base in pairs if amount % base == 0)

    @property
    def is_mixed(self) -> bool:
        """Whether some of what was claimed is granted and some is not, or not yet."""
        lines = self.decision.lines
        outcomes = {each.outcome for each in lines}
        return len(outcomes) > 1 or any(0 < each.units < each.units_claimed for each in lines)

    def is_in_full(self) -> bool | None:
        """Whether all that was claimed comes back at its full price; ``None`` if "full" may mean more than was claimed."""
        refunds = self.awards(AwardKind.REFUND)
        if not refunds:
            return False
        of_lines = {each.line_id: each for each in refunds}
        for line in self.decision.lines:
            award = of_lines.get(line.line_id)
            if award is None or line.units < line.units_claimed or award.amount + award.settled < award.entitled:
                return False
        return None if self._claims_only_a_part() else True

    def _claims_only_a_part(self) -> bool:
        order: Any = getattr(self.case, "order", None)
        claimed = {each.line_id: each.units_claimed for each in self.decision.lines}
        return any(claimed.get(each.id, 0) < each.quantity for each in getattr(order, "lines", ()))

    # What is owed, by clause

    def owed_in_money(self, kind: AwardKind | None = None) -> tuple[Owed, ...]:
        """The awards of a kind with their clauses, or without one all of them and their total."""
        owed = tuple(each for award, each in self._owed_by_award if kind in (None, award.kind))
        if kind is not None or not owed:
            return owed
        return (*owed, Owed("total", None, self.decision.total, None, None, ()))

    @cached_property
    def _owed_by_award(self) -> tuple[tuple[Award, Owed], ...]:
        steps: dict[str | None, list[Step]] = {}
        for each in self.decision.ladder:
            steps.setdefault(each.line_id, []).append(each)
        return tuple((award, self._owed(award, steps.get(award.line_id, []))) for award in self.decision.awards)

    def _owed(self, award: Award, of_line: list[Step]) -> Owed:
        names = self._functions_of(award.kind)
        steps = [each for each in of_line if each.step in names]
        cites = tuple(dict.fromkeys(cite for each in steps for cite in each.cites))
        return Owed(award.kind.value, award.line_id, award.amount, None, steps[-1].step if steps else None, cites)

    def _functions_of(self, kind: AwardKind) -> frozenset[str]:
        grants: Any = self.edition.grants if self.edition else None
        names = ("per_line", "per_order", "pays")
        pays = [each for name in names for each in getattr(grants, name, ()) if each.kind is kind]
        functions: list[Callable[..., Any]] = [function for each in pays for function in each.functions()]
        return frozenset(each.__name__ for each in functions)

    @cached_property
    def against(self) -> tuple[Owed, ...]:
        """The clauses because of which something is not granted: those that defeat it, or else those that are undecided."""
        for effect in (Effect.DEFEATS, Effect.UNDECIDED):
            found = [each for each in self.decision.findings if each.effect is effect]
            if found:
                return tuple(Owed(effect.value, each.line_id, None, None, each.clause, each.cites) for each in found)
        return ()

    @property
    def outcomes(self) -> tuple[Owed, ...]:
        """The outcome."""
        return (Owed(str(self.decision.outcome), None, None, None, None, ()),)

    @property
    def decides_a_claim(self) -> bool:
        """Whether its outcome is that of a claim. A step of a task or a listing has outcomes of its own."""
        return isinstance(self.decision, ClaimDecision)

    @property
    def grants_returns(self) -> bool:
        """Whether it is for this rule to say that goods may be sent back."""
        return self.edition is not None and isinstance(self.edition.grants, Return)

    # Time

    def windows(self, line_ids: Iterable[str] = ()) -> Iterator[Owed]:
        """Until when something can be sent or filed."""
        lines = frozenset(line_ids)
        for request in self.decision.requests:
            if request.due_at is not None and (not lines or request.line_id in lines):
                yield Owed(request.need, request.line_id, None, request.due_at, None, ())
        for deadline in self.decision.deadlines:
            if not lines or deadline.line_id in lines:
                cites = next((each.cites for each in self.decision.findings if each.clause == deadline.clause), ())
                yield Owed(WINDOW, deadline.line_id, None, deadline.last_instant, deadline.clause, cites)


def _sums(payments: Iterable[Settlement]) -> Iterator[int]:
    """Each payment, each kind together, and all of it."""
    kinds: dict[str, int] = {}
    for each in payments:
        yield each.amount
        kinds[each.kind.value] = kinds.get(each.kind.value, 0) + each.amount
    yield from kinds.values()
    if kinds:
        yield sum(kinds.values())
