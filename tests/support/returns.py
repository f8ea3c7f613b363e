"""Seven-day returns for tests: by default of ordinary goods that were returned intact."""

from __future__ import annotations

from typing import Any, Final

from attrs import evolve

from adjudicator.model.soundness import recast
from adjudicator.model.time import Instant
from adjudicator.testing import AS_OF, a_case, a_claim, a_line, an_order
from consumer_law.case import GoodsClass, ReturnCase, ReturnClaim, ReturnItem, ReturnLine

SEVEN_DAYS: Final = "consumer_law.seven_day_return"


def a_returned_line(
    line_id: str = "L1", *, goods: GoodsClass | None = GoodsClass.ORDINARY, **changes: Any
) -> ReturnLine:
    """One unit of ordinary goods."""
    own = {name: changes.pop(name, None) for name in ("sealed", "exclusion_confirmed")}
    line: ReturnLine = evolve(recast(a_line(line_id, **changes), ReturnLine), goods=goods, **own)
    return line


def a_return(
    line: ReturnLine | None = None,
    *,
    as_of: Instant = AS_OF,
    goods_back: bool | None = True,
    intact: bool | None = True,
    settlements: Any = (),
    **claim: Any,
) -> ReturnCase:
    """A return of every unit of one line, on the morning after delivery."""
    line = line or a_returned_line()
    item = ReturnItem(line_id=line.id, quantity=line.quantity, goods_back=goods_back, intact=intact)
    case = a_case(
        SEVEN_DAYS,
        order=an_order(line),
        claim=evolve(recast(a_claim(item), ReturnClaim), **claim),
        settlements=settlements,
        as_of=as_of,
    )
    assert isinstance(case, ReturnCase)
    return case
