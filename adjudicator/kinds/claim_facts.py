"""The glossary of claims: each fact of a claimed line, where in the case it stands and who can supply it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, combinations
from typing import Any, Final

from adjudicator.kinds.claimed_line import ClaimedLine, Paid
from adjudicator.model.enumerations import (
    Badge,
    Category,
    Channel,
    Demand,
    Programme,
    Reason,
    ReplyDecision,
    Service,
    SettlementKind,
)
from adjudicator.model.evidence import (
    AppraisalReport,
    BarFinding,
    CourierStatement,
    DamagePhoto,
    OfficialFinding,
    PackagePhoto,
    PlatformRuling,
)
from adjudicator.model.facts import Ask, Fact, Glossary, Need, Open, Party
from adjudicator.model.money import Minor
from adjudicator.model.order import ReturnAddress
from adjudicator.model.time import Instant

GLOBAL_PROGRAMME = Need("global_programme", Party.PLATFORM)
COMPLETION_TIME = Need("completion_time", Party.PLATFORM)
GOODS_CATEGORY = Need("goods_category", Party.PLATFORM)
BADGES = Need("badges", Party.PLATFORM)
LINE_BRAND = Need("line_brand", Party.PLATFORM)
MARKET = Need("market", Party.PLATFORM)
SIGNING_TIME = Need("signing_time", Party.CARRIER)
RETURN_ADDRESS = Need("return_address", Party.MERCHANT)
AGREEMENT = Need("agreement", Party.MERCHANT)
REFILE = Need("refile", Party.CONSUMER)
COUNTERFEIT_PROOF = Need("counterfeit_proof", Party.CONSUMER)
DAMAGE_PROOF = Need("damage_proof", Party.CONSUMER)
FINAL_RULING = Need("final_ruling", Party.CONSUMER)

NOTHING = Minor(0)
"""What was settled of a case in which nothing was settled before: most are, so it is asked first."""

_BADGE_SETS = tuple(
    frozenset(shown) for shown in chain.from_iterable(combinations(Badge, size) for size in range(len(Badge) + 1))
)


def _unknown(need: Need, fact: str, could_be: Iterable[object] = ()) -> Open:
    return Open((Ask(need, ({fact: ()},)),), could_be=tuple(could_be))


_NO_PROGRAMME: Final = _unknown(GLOBAL_PROGRAMME, "programme", reversed(Programme))
_NO_MARKET: Final = _unknown(MARKET, "market")
_NO_CATEGORY: Final = _unknown(GOODS_CATEGORY, "category", Category)
_NO_BADGES: Final = _unknown(BADGES, "badges", _BADGE_SETS)
_NO_BRAND: Final = _unknown(LINE_BRAND, "line_brand")


def as_of(at: ClaimedLine) -> Instant:
    """The moment at which the case is decided."""
    return at.case.as_of


def placed_at(at: ClaimedLine) -> Instant:
    """When the order was placed."""
    return at.case.order.placed_at


def filed_at(at: ClaimedLine) -> Instant:
    """When the claim was filed."""
    return at.case.claim.filed_at


def filed_through(at: ClaimedLine) -> Channel:
    """Where the claim was filed."""
    return at.case.claim.filed_through


def reason(at: ClaimedLine) -> Reason:
    """The refund reason that was chosen."""
    return at.case.claim.reason


def service(at: ClaimedLine) -> Service:
    """The after-sales service that was chosen."""
    return at.case.claim.service


def demands(at: ClaimedLine) -> frozenset[Demand]:
    """What the consumer demands."""
    return frozenset(at.case.claim.demands)


def claimant_id(at: ClaimedLine) -> str:
    """Who filed the claim."""
    return at.case.claim.claimant_id


def buyer_id(at: ClaimedLine) -> str:
    """Who placed the order."""
    return at.case.order.buyer_id


def line_id(at: ClaimedLine) -> str:
    """The id of the line."""
    return at.line.id


def quantity_claimed(at: ClaimedLine) -> int:
    """How many units of the line are claimed."""
    return at.item.quantity


def requested_amount(at: ClaimedLine) -> Minor | None:
    """The consumer's own figure for the whole claim, if one was stated."""
    return at.case.claim.requested_amount


def merchant_reply(at: ClaimedLine) -> ReplyDecision | None:
    """What the merchant answered, if anything."""
    reply = at.case.claim.merchant_reply
    return reply.decision if reply else None


def evidence_closed(at: ClaimedLine) -> bool:
    """Whether the time for evidence is over."""
    return evidence_closed_by(at, at.case.as_of)


def evidence_closed_by(at: ClaimedLine, moment: Instant) -> bool:
    """Whether the time for evidence is over at a moment."""
    closes_at = at.case.claim.evidence_closes_at
    return closes_at is not None and moment > closes_at


def programme(at: ClaimedLine) -> Programme | Open:
    """The merchant's programme as at the order."""
    return at.case.order.merchant.programme or _NO_PROGRAMME


def market(at: ClaimedLine) -> str | Open:
    """The territory that the goods were sold to."""
    return at.case.order.market or _NO_MARKET


def return_addresses(at: ClaimedLine) -> tuple[ReturnAddress, ...]:
    """The addresses that the merchant names for returns."""
    return at.case.order.merchant.return_addresses or ()


def category(at: ClaimedLine) -> Category | Open:
    """What kind of goods the line holds."""
    return at.line.category or _NO_CATEGORY


def badges(at: ClaimedLine) -> frozenset[Badge] | Open:
    """The guarantees shown on the goods when they were ordered."""
    return _NO_BADGES if at.line.badges is None else frozenset(at.line.badges)


def line_brand(at: ClaimedLine) -> str | Open:
    """The brand of the goods."""
    return _NO_BRAND if at.line.brand is None else at.line.brand


def line_barcode(at: ClaimedLine) -> str | None:
    """The barcode of the goods, if known."""
    return at.line.barcode


def completed_at(at: ClaimedLine) -> Instant | None:
    """When the transaction succeeded, if it has and is known."""
    return at.line.completed_at


def signings(at: ClaimedLine) -> tuple[Instant | None, ...]:
    """For each parcel that carries the line, when it was signed for."""
    return tuple([parcel.signed_at for parcel in at.parcels()])


def waybills(at: ClaimedLine) -> frozenset[str]:
    """The waybill numbers of the parcels that carry the line."""
    return frozenset([parcel.waybill_no for parcel in at.parcels() if parcel.waybill_no is not None])


def line_quantity(at: ClaimedLine) -> int:
    """How many units the line holds."""
    return at.line.quantity


def goods_paid(at: ClaimedLine) -> Minor:
    """What was paid for the goods of the line."""
    return at.line.goods_paid


def tax_paid(at: ClaimedLine) -> Minor:
    """What was charged separately as tax on the line."""
    return at.line.tax_paid


def postage_paid(at: ClaimedLine) -> Minor:
    """What the consumer paid for postage on the order."""
    return at.case.order.postage_paid


def price_adjustments(at: ClaimedLine) -> Minor:
    """What was paid back on the line because its price fell."""
    return at.settled(SettlementKind.PRICE_ADJUSTMENT) if at.case.settlements else NOTHING


def refunds(at: ClaimedLine) -> Minor:
    """What was refunded on the line before, under any claim."""
    return at.settled(SettlementKind.REFUND) if at.case.settlements else NOTHING


def refunds_of_this_claim(at: ClaimedLine) -> Minor:
    """What was refunded on the line before under this claim."""
    return at.settled(SettlementKind.REFUND, by_this_claim=True) if at.case.settlements else NOTHING


def compensations(at: ClaimedLine) -> Minor:
    """What compensation was paid on the line before, under any claim."""
    return at.settled(SettlementKind.COMPENSATION) if at.case.settlements else NOTHING


def compensations_of_this_claim(at: ClaimedLine) -> Minor:
    """What compensation was paid on the line before under this claim."""
    return at.settled(SettlementKind.COMPENSATION, by_this_claim=True) if at.case.settlements else NOTHING


def refunds_under_this_claim(at: ClaimedLine) -> tuple[Paid, ...]:
    """The refunds on the line before under this claim, one by one."""
    return at.payments(SettlementKind.REFUND, by_this_claim=True) if at.case.settlements else ()


def compensations_under_this_claim(at: ClaimedLine) -> tuple[Paid, ...]:
    """The compensation on the line before under this claim, payment by payment."""
    return at.payments(SettlementKind.COMPENSATION, by_this_claim=True) if at.case.settlements else ()


def compensations_under_other_claims(at: ClaimedLine) -> tuple[Paid, ...]:
    """The compensation on the line before under other claims, or under none that is stated, payment by payment."""
    return at.payments(SettlementKind.COMPENSATION, by_this_claim=False) if at.case.settlements else ()


def taxes_returned(at: ClaimedLine) -> Minor:
    """What tax was given back on the line before, under any claim."""
    return at.settled(SettlementKind.TAX) if at.case.settlements else NOTHING


def taxes_returned_of_this_claim(at: ClaimedLine) -> Minor:
    """What tax was given back on the line before under this claim."""
    return at.settled(SettlementKind.TAX, by_this_claim=True) if at.case.settlements else NOTHING


def postage_returned(at: ClaimedLine) -> Minor:
    """What postage was given back on the order before, under any claim."""
    return at.index.settled_on(SettlementKind.POSTAGE, None) if at.case.settlements else NOTHING


def paid_under_this_claim(at: ClaimedLine) -> Minor:
    """What was paid before under this claim in all, price adjustments apart."""
    return at.index.paid_under_this_claim if at.case.settlements else NOTHING


def appraisals(at: ClaimedLine) -> tuple[AppraisalReport, ...]:
    """The appraisals that concern the line."""
    return at.documents(AppraisalReport)


def official_findings(at: ClaimedLine) -> tuple[OfficialFinding, ...]:
    """The official findings that concern the line."""
    return at.documents(OfficialFinding)


def package_photos(at: ClaimedLine) -> tuple[PackagePhoto, ...]:
    """The packaging pictures that concern the line."""
    return at.documents(PackagePhoto)


def damage_photos(at: ClaimedLine) -> tuple[DamagePhoto, ...]:
    """The close-ups of the goods that concern the line."""
    return at.documents(DamagePhoto)


def courier_statements(at: ClaimedLine) -> tuple[CourierStatement, ...]:
    """The courier's statements that concern the line."""
    return at.documents(CourierStatement)


def bar_findings(at: ClaimedLine) -> tuple[BarFinding, ...]:
    """What was said against the consumer that concerns the line."""
    return at.documents(BarFinding)


def platform_rulings(at: ClaimedLine) -> tuple[PlatformRuling, ...]:
    """The platform's rulings that concern the line."""
    return at.documents(PlatformRuling)


def _paid_before(read: Callable[[ClaimedLine], Any]) -> Fact:
    """A fact about what was settled before."""
    return Fact(read, ("/settlements",), Party.PLATFORM)


CLAIM_GLOSSARY = Glossary.of(
    Fact(as_of, ("/as_of",)),
    Fact(placed_at, ("/order/placed_at",), Party.PLATFORM),
    Fact(filed_at, ("/claim/filed_at",), Party.CONSUMER),
    Fact(filed_through, ("/claim/filed_through",), Party.CONSUMER),
    Fact(reason, ("/claim/reason",), Party.CONSUMER),
    Fact(service, ("/claim/service",), Party.CONSUMER),
    Fact(demands, ("/claim/demands",), Party.CONSUMER),
    Fact(claimant_id, ("/claim/claimant_id",), Party.CONSUMER),
    Fact(buyer_id, ("/order/buyer_id",), Party.PLATFORM),
    Fact(line_id, ("/claim/items/{item}/line_id",), Party.CONSUMER),
    Fact(quantity_claimed, ("/claim/items/{item}/quantity",), Party.CONSUMER),
    Fact(requested_amount, ("/claim/requested_amount",), Party.CONSUMER),
    Fact(merchant_reply, ("/claim/merchant_reply/decision",), Party.MERCHANT),
    Fact(evidence_closed, ("/as_of", "/claim/evidence_closes_at"), Party.PLATFORM, later=evidence_closed_by),
    Fact(programme, ("/order/merchant/programme",), Party.PLATFORM, GLOBAL_PROGRAMME),
    Fact(market, ("/order/market",), Party.PLATFORM, MARKET),
    Fact(return_addresses, ("/order/merchant/return_addresses",), Party.MERCHANT),
    Fact(category, ("/order/lines/{line}/category",), Party.PLATFORM, GOODS_CATEGORY),
    Fact(badges, ("/order/lines/{line}/badges",), Party.PLATFORM, BADGES),
    Fact(line_brand, ("/order/lines/{line}/brand",), Party.PLATFORM, LINE_BRAND),
    Fact(line_barcode, ("/order/lines/{line}/barcode",), Party.PLATFORM),
    Fact(completed_at, ("/order/lines/{line}/completed_at",), Party.PLATFORM),
    Fact(signings, ("/order/parcels/{parcel}/signed_at",), Party.CARRIER),
    Fact(waybills, ("/order/parcels/{parcel}/waybill_no",), Party.CARRIER),
    Fact(line_quantity, ("/order/lines/{line}/quantity",), Party.PLATFORM),
    Fact(goods_paid, ("/order/lines/{line}/goods_paid",), Party.PLATFORM),
    Fact(tax_paid, ("/order/lines/{line}/tax_paid",), Party.PLATFORM),
    Fact(postage_paid, ("/order/postage_paid",), Party.PLATFORM),
    _paid_before(price_adjustments),
    _paid_before(refunds),
    _paid_before(refunds_of_this_claim),
    _paid_before(compensations),
    _paid_before(compensations_of_this_claim),
    _paid_before(refunds_under_this_claim),
    _paid_before(compensations_under_this_claim),
    _paid_before(compensations_under_other_claims),
    _paid_before(taxes_returned),
    _paid_before(taxes_returned_of_this_claim),
    _paid_before(postage_returned),
    _paid_before(paid_under_this_claim),
    Fact(appraisals, ("/evidence",), Party.CONSUMER),
    Fact(official_findings, ("/evidence",), Party.CONSUMER),
    Fact(package_photos, ("/evidence",), Party.CONSUMER),
    Fact(damage_photos, ("/evidence",), Party.CONSUMER),
    Fact(courier_statements, ("/evidence",), Party.CONSUMER),
    Fact(bar_findings, ("/evidence",), Party.PLATFORM),
    Fact(platform_rulings, ("/evidence",), Party.PLATFORM),
)
