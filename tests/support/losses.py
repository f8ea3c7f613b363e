"""A pack for an insurance that pays half of a loss: its cases are judged as a whole and have amounts, but no order."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final

from attrs import frozen

from adjudicator.law import (
    BEIJING,
    AwardKind,
    CasePayment,
    Edition,
    Instant,
    Minor,
    PaymentCase,
    PaymentKind,
    Pays,
    Question,
    Window,
    asked_of,
    glossary_of,
    share,
    still_due,
    supplied,
    within_months,
)

LOSS: Final = Instant.parse("2024-01-31T12:00:00+08:00")


class Side(StrEnum):
    """The parties to an insurance."""

    INSURED = "insured"
    INSURER = "insurer"


@frozen(kw_only=True)
class LossCase(PaymentCase):
    """A loss under an insurance."""

    contract: str
    lost_at: Instant = supplied(Side.INSURED, "When it was lost.")
    filed_at: Instant = supplied(Side.INSURED, "When it was filed.")
    damage: Minor | None = asked_of(Side.INSURER, "What the damage comes to.")
    total_loss: bool | None = asked_of(Side.INSURER, "Whether nothing is left.", "damage")


LOSSES: Final = PaymentKind(
    case_type=LossCase,
    zone=BEIJING,
    glossary=glossary_of(LossCase),
    questions=(Question(granted="covered", refused="not_covered"),),
    claimant=Side.INSURED,
    respondent=Side.INSURER,
    currency="EUR",
    paid_for=lambda case: (case.contract,),
)


def time_to_file(lost_at: Instant) -> Window:
    """§ 5. One month from the loss."""
    return within_months("lost_at", lost_at, 1)


def filed_in_time(filed_at: Instant, time_to_file: Window) -> bool:
    """§ 5. Filed within one month of the loss."""
    return filed_at in time_to_file


def half_the_damage(damage: Minor, total_loss: bool) -> Minor:
    """§ 6(1). Half the damage; for a total loss, the full damage."""
    return damage if total_loss else share(damage, 1, 2)


def damage_due(half_the_damage: Minor, compensations: Minor) -> Minor:
    """§ 6(1). Minus earlier payments."""
    return still_due(half_the_damage, compensations, Minor(0), half_the_damage)


def premium_back(total_loss: bool) -> Minor:
    """§ 6(2). 100 of the premium, for a total loss or not."""
    return Minor(100 + 0 * total_loss)


def premium_due(premium_back: Minor, refunds: Minor) -> Minor:
    """§ 6(2). Minus earlier payments."""
    return Minor(max(premium_back - refunds, 0))


def at_most_a_thousand(contract_limit: int) -> Minor:
    """§ 7. At most the limit of the contract."""
    return Minor(contract_limit)


PAYMENT: Final = CasePayment(
    pays=(
        Pays(AwardKind.COMPENSATION, half_the_damage, damage_due),
        Pays(AwardKind.REFUND, premium_back, premium_due),
    ),
    at_most=(at_most_a_thousand,),
)
COVER: Final = Edition(
    policy="zz.cover",
    about="What is covered.",
    article="§ 5; § 6; § 7",
    numbering=r"§ \d+(?:\(\d+\))?",
    effective_from=dt.date(2024, 1, 1),
    case_kind=LOSSES,
    facts=(time_to_file,),
    requires=(filed_in_time,),
    grants=PAYMENT,
    settings={"contract_limit": 1000},
)
CASE: Final = LossCase(
    id="loss-1",
    policy="zz.cover",
    as_of=Instant.parse("2024-03-02T12:00:00+08:00"),
    contract="C-1",
    lost_at=LOSS,
    filed_at=Instant.parse("2024-02-29T23:59:59+08:00"),
    damage=Minor(901),
    total_loss=False,
)
EDITIONS: Final = (COVER,)
