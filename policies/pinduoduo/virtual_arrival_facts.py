"""The glossary of the arrival of a top-up: each fact, its place in a case and its supplier."""

from __future__ import annotations

from adjudicator.law import (
    Fact,
    Glossary,
    Missing,
    Need,
    Party,
    Question,
    ReviewKind,
    WholeCase,
    stated,
)
from pinduoduo.virtual_arrival_case import (
    ArrivalCase,
    DispatchProof,
    MerchantScreenshot,
    OfficialFeedback,
    OrderedTopUp,
)
from pinduoduo.virtual_facts import as_of, placed_at

PROOF_OF_ARRIVAL = Need("proof_of_arrival", Party.MERCHANT)
ACCOUNT_PLATFORM = Need("account_platform", Party.PLATFORM)
TOP_UP_ACCOUNT = Need("top_up_account", Party.PLATFORM)
OBSERVATION_TIME = Need("observation_time", Party.PLATFORM)


def _top_up(at: WholeCase) -> OrderedTopUp:
    top_up: OrderedTopUp = at.case.top_up or OrderedTopUp()
    return top_up


def account_platform(at: WholeCase) -> str | Missing:
    """The platform that the account belongs to."""
    return stated(_top_up(at).account_platform, ACCOUNT_PLATFORM, "account_platform")


def account(at: WholeCase) -> str | Missing:
    """The account that was to be topped up."""
    return stated(_top_up(at).account, TOP_UP_ACCOUNT, "account")


def official_feedback(at: WholeCase) -> tuple[OfficialFeedback, ...]:
    """The feedback from the account's platform."""
    return tuple([each for each in at.case.evidence if type(each) is OfficialFeedback])


def merchant_screenshots(at: WholeCase) -> tuple[MerchantScreenshot, ...]:
    """The screenshots of the merchant's own system."""
    return tuple([each for each in at.case.evidence if type(each) is MerchantScreenshot])


def dispatch_proofs(at: WholeCase) -> tuple[DispatchProof, ...]:
    """The merchant's proofs of dispatch."""
    return tuple([each for each in at.case.evidence if type(each) is DispatchProof])


ARRIVALS = ReviewKind(
    case_type=ArrivalCase,
    glossary=Glossary.of(
        Fact(as_of, ("/as_of",)),
        Fact(placed_at, ("/order/placed_at",)),
        Fact(account_platform, ("/top_up/account_platform",), Party.PLATFORM),
        Fact(account, ("/top_up/account",), Party.PLATFORM),
        Fact(official_feedback, ("/evidence",), Party.MERCHANT),
        Fact(merchant_screenshots, ("/evidence",), Party.MERCHANT),
        Fact(dispatch_proofs, ("/evidence",), Party.MERCHANT),
    ),
    questions=(Question(granted="not_arrived", refused="arrived"),),
    governed_from="/order/placed_at",
    claimant=Party.CONSUMER,
    respondent=Party.MERCHANT,
)
