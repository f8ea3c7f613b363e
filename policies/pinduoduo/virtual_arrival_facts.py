"""The glossary of the arrival of a top-up: its documents of each kind, beside the facts of one field."""

from __future__ import annotations

from adjudicator.law import (
    BEIJING,
    Fact,
    Need,
    Party,
    Question,
    ReviewKind,
    WholeCase,
    glossary_of,
)
from pinduoduo.virtual_arrival_case import (
    ArrivalCase,
    DispatchProof,
    MerchantScreenshot,
    OfficialFeedback,
)

PROOF_OF_ARRIVAL = Need("proof_of_arrival", Party.MERCHANT)
OBSERVATION_TIME = Need("observation_time", Party.PLATFORM)


def official_feedback(at: WholeCase) -> tuple[OfficialFeedback, ...]:
    """The feedback from the account's platform."""
    return at.documents(OfficialFeedback)


def merchant_screenshots(at: WholeCase) -> tuple[MerchantScreenshot, ...]:
    """The screenshots of the merchant's own system."""
    return at.documents(MerchantScreenshot)


def dispatch_proofs(at: WholeCase) -> tuple[DispatchProof, ...]:
    """The merchant's proofs of dispatch."""
    return at.documents(DispatchProof)


ARRIVALS = ReviewKind(
    case_type=ArrivalCase,
    zone=BEIJING,
    glossary=glossary_of(
        ArrivalCase,
        Fact(official_feedback, ("/evidence",), Party.MERCHANT),
        Fact(merchant_screenshots, ("/evidence",), Party.MERCHANT),
        Fact(dispatch_proofs, ("/evidence",), Party.MERCHANT),
    ),
    questions=(Question(granted="not_arrived", refused="arrived"),),
    governed_from="/order/placed_at",
    claimant=Party.CONSUMER,
    respondent=Party.MERCHANT,
)
