"""The reasons of the guarantee of a local return, each with a case that gives it."""

from __future__ import annotations

from typing import Final

from adjudicator.model.enumerations import ReplyDecision, Side, Submitter, Verification
from adjudicator.testing import a_case, a_platform_ruling
from reasons.giving import (
    DEFEATS,
    LOCAL_RETURN,
    SUPPORTS,
    UNDECIDED,
    Given,
    answered,
    merchant,
    needs,
    sold_anywhere,
    sold_to,
)

OF_LOCAL_RETURN: Final = (
    *(Given("sold_to_a_named_territory.holds", sold_to(market), SUPPORTS) for market in ("CN", "HK", "TW")),
    Given("sold_to_a_named_territory.elsewhere", sold_to("JP"), UNDECIDED),
    Given("sold_to_a_named_territory.pending", sold_to(None), UNDECIDED, params=needs("market")),
    Given("merchant_names_a_local_address.holds", a_case(LOCAL_RETURN), SUPPORTS),
    Given("merchant_names_a_local_address.elsewhere", sold_to("JP"), UNDECIDED),
    Given("merchant_names_a_local_address.pending", sold_to(None), UNDECIDED, params=needs("market")),
    Given(
        "merchant_names_a_local_address.pending",
        sold_anywhere("CN", "HK", "TW", None),
        UNDECIDED,
        params=needs("market"),
    ),
    Given(
        "merchant_names_a_local_address.no_local_address",
        merchant(LOCAL_RETURN, return_addresses=()),
        UNDECIDED,
        params=needs("return_address"),
    ),
    Given("parties_agreed.holds", answered(ReplyDecision.AGREED), SUPPORTS),
    Given("parties_agreed.merchant_refused", answered(ReplyDecision.REFUSED), UNDECIDED),
    Given("parties_agreed.not_answered", answered(None), UNDECIDED, params=needs("agreement")),
    Given("parties_agreed.ruled_for_the_consumer", a_case(LOCAL_RETURN, a_platform_ruling()), SUPPORTS, ("E1",)),
    Given(
        "parties_agreed.ruled_for_the_merchant",
        a_case(LOCAL_RETURN, a_platform_ruling(Side.MERCHANT), a_platform_ruling(Side.MERCHANT, "E2")),
        DEFEATS,
        ("E1", "E2"),
    ),
    Given(
        "parties_agreed.rulings_disagree",
        a_case(
            LOCAL_RETURN,
            a_platform_ruling(Side.MERCHANT),
            a_platform_ruling(Side.CONSUMER, "E2"),
            a_platform_ruling(Side.CONSUMER, "E3", submitted_by=Submitter.MERCHANT),
            a_platform_ruling(Side.CONSUMER, "E4", verification=Verification.REJECTED),
        ),
        UNDECIDED,
        ("E1", "E2"),
    ),
)
