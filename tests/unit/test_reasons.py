"""Every reason that a clause can give: when, with which evidence, and with which parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
from attrs import evolve, frozen
from hypothesis import given

from adjudicator import Instant, decide
from adjudicator.model.case import Case
from adjudicator.model.claim import MerchantReply
from adjudicator.model.enumerations import (
    Badge,
    Category,
    Channel,
    Conclusion,
    Ground,
    IssuerRole,
    Programme,
    ReplyDecision,
    Side,
    Standard,
    Submitter,
    Verification,
)
from adjudicator.model.finding import Effect, Finding, JsonValue
from adjudicator.model.order import ReturnAddress
from adjudicator.model.time import DAY, HOUR
from adjudicator.testing import (
    BARCODE,
    FILED_AT,
    SIGNED_AT,
    a_bar_finding,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_package_photo,
    a_parcel,
    a_platform_ruling,
    an_appraisal,
    an_official_finding,
    an_order,
    cases,
)

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"

UNVERIFIED: Final = Verification.UNVERIFIED
VERIFIED: Final = Verification.VERIFIED
SUSPECTED: Final = Standard.SUSPECTED
CLOSED: Final = a_claim(evidence_closes_at=FILED_AT)
OTHER_CHANNEL: Final = a_claim(filed_through=Channel.OTHER)
AFTER_40_HOURS: Final = Instant(SIGNED_AT + 40 * HOUR)
DEFEATS, SUPPORTS, UNDECIDED = Effect.DEFEATS, Effect.SUPPORTS, Effect.UNDECIDED


@frozen
class Given:
    """A reason: a case that gives it, its effect, its evidence and the parameters of its text."""

    reason: str
    case: Case
    effect: Effect
    evidence: tuple[str, ...] = ()
    params: Mapping[str, JsonValue] = {}


def needs(*names: str) -> Mapping[str, JsonValue]:
    """The parameters of an open finding: the requests."""
    return {"needs": names}


def whatever(*facts: str) -> Mapping[str, JsonValue]:
    """The parameters of a finding that holds for any value of these facts."""
    return {"whatever": facts}


def by_someone_else(id: str, role: IssuerRole = IssuerRole.ACCREDITED_LAB, **changes: Any) -> Any:
    """An appraisal by somebody whom the rule does not name."""
    return an_appraisal(id, issuer=evolve(an_appraisal().issuer, role=role), **changes)


def merchant(policy: str, **changes: Any) -> Case:
    """A case with changes to its merchant."""
    order = an_order()
    return a_case(policy, order=evolve(order, merchant=evolve(order.merchant, **changes)))


def of(policy: str, *evidence: Any, line: Mapping[str, Any], **changes: Any) -> Case:
    """A case with changes to its line."""
    return a_case(policy, *evidence, order=an_order(a_line(**line)), **changes)


def sold_to(market: str | None) -> Case:
    """A local return of goods sold to a market."""
    return a_case(LOCAL_RETURN, order=an_order(market=market))


def sold_anywhere(*markets: str | None) -> Case:
    """A local return of goods sold to an unknown market, whose merchant names addresses in these markets."""
    addresses = tuple(ReturnAddress(market=market) for market in markets)
    order = an_order(market=None)
    return a_case(LOCAL_RETURN, order=evolve(order, merchant=evolve(order.merchant, return_addresses=addresses)))


def answered(decision: ReplyDecision | None) -> Case:
    """A local return with this reply of the merchant, or none."""
    reply = MerchantReply(decision=decision) if decision else None
    return a_case(LOCAL_RETURN, claim=a_claim(merchant_reply=reply))


def filed_after(policy: str, time: int, *evidence: Any, **line: Any) -> Case:
    """A claim filed and decided some time after signing."""
    at = Instant(SIGNED_AT + time)
    return of(policy, *evidence, line=line, claim=a_claim(filed_at=at), as_of=at)


GENUINE: Final = an_appraisal("E2", conclusion=Conclusion.GENUINE)
INTACT: Final = a_courier_statement("E2", damaged_at_signing=False)
ALIEN: Final = an_appraisal("E0", brand="Aurélie")

BOTH_WAYS: Final = tuple(
    each
    for policy, evidence in (
        (AUTHENTICITY, (an_appraisal(),)),
        (DAMAGE, (a_damage_photo(),)),
        (LOCAL_RETURN, ()),
    )
    for each in (
        (policy, Given("against_a_global_merchant.holds", a_case(policy, *evidence), SUPPORTS)),
        (policy, Given("against_a_global_merchant.fails", merchant(policy, programme=Programme.DOMESTIC), DEFEATS)),
        (
            policy,
            Given(
                "against_a_global_merchant.pending",
                merchant(policy, programme=None),
                UNDECIDED,
                params=needs("global_programme"),
            ),
        ),
        (policy, Given("filed_in_due_form.holds", a_case(policy, *evidence), SUPPORTS)),
        (policy, Given("filed_in_due_form.fails", a_case(policy, claim=a_claim(claimant_id="else")), DEFEATS)),
    )
)

PATHS: Final = tuple(
    each
    for policy, clause in (
        (AUTHENTICITY, "filed_on_the_authenticity_path"),
        (DAMAGE, "filed_on_the_order_page"),
        (LOCAL_RETURN, "filed_as_return_and_refund"),
    )
    for each in (
        (policy, Given(f"{clause}.holds", a_case(policy), SUPPORTS)),
        (policy, Given(f"{clause}.repairable", a_case(policy, claim=OTHER_CHANNEL), DEFEATS)),
        (policy, Given(f"{clause}.fails", a_case(policy, claim=evolve(CLOSED, filed_through=Channel.OTHER)), DEFEATS)),
    )
)

OF_AUTHENTICITY: Final = (
    Given("filed_within_ninety_days.holds", a_case(AUTHENTICITY), SUPPORTS),
    Given("filed_within_ninety_days.fails", filed_after(AUTHENTICITY, 92 * DAY), DEFEATS),
    Given(
        "filed_within_ninety_days.not_ripe",
        of(AUTHENTICITY, line={"completed_at": None}),
        UNDECIDED,
        params=needs("completion_time"),
    ),
    Given(
        "counterfeit_is_proven.proven",
        a_case(AUTHENTICITY, ALIEN, an_appraisal("E1"), by_someone_else("E3"), an_official_finding("E4")),
        SUPPORTS,
        ("E1", "E4"),
    ),
    Given(
        "counterfeit_is_proven.proven",
        of(AUTHENTICITY, an_official_finding(), line={"brand": None}),
        SUPPORTS,
        ("E1",),
        whatever("line_brand"),
    ),
    Given("counterfeit_is_proven.found_genuine", a_case(AUTHENTICITY, ALIEN, GENUINE), DEFEATS, ("E2",)),
    Given("counterfeit_is_proven.not_proven", a_case(AUTHENTICITY), UNDECIDED, params=needs("counterfeit_proof")),
    *(
        Given(
            "counterfeit_is_proven.not_proven",
            a_case(AUTHENTICITY, counts_for_nothing),
            UNDECIDED,
            params=needs("counterfeit_proof"),
        )
        for counts_for_nothing in (
            ALIEN,
            an_appraisal(brand=None),
            an_appraisal(verification=Verification.REJECTED),
            an_appraisal(conclusion=Conclusion.INCONCLUSIVE),
            an_official_finding(conclusion=Conclusion.INCONCLUSIVE),
            by_someone_else("E1", conclusion=Conclusion.GENUINE),
            by_someone_else("E1", conclusion=Conclusion.INCONCLUSIVE),
            by_someone_else("E1", brand="Aurélie"),
        )
    ),
    Given(
        "counterfeit_is_proven.proof_not_on_the_list",
        a_case(AUTHENTICITY, ALIEN, by_someone_else("E1"), by_someone_else("E3", IssuerRole.OTHER)),
        UNDECIDED,
        ("E1", "E3"),
    ),
    Given(
        "counterfeit_is_proven.documents_disagree",
        a_case(AUTHENTICITY, ALIEN, an_appraisal(), GENUINE, by_someone_else("E3")),
        UNDECIDED,
        ("E1", "E2", "E3"),
    ),
    Given(
        "counterfeit_is_proven.pending",
        a_case(AUTHENTICITY, ALIEN, an_appraisal(verification=UNVERIFIED)),
        UNDECIDED,
        ("E1",),
        needs("verification"),
    ),
    Given(
        "counterfeit_is_proven.pending",
        a_case(AUTHENTICITY, an_official_finding(final=None)),
        UNDECIDED,
        ("E1",),
        needs("final_ruling"),
    ),
    Given(
        "counterfeit_is_proven.pending",
        of(AUTHENTICITY, an_appraisal(), line={"brand": None}),
        UNDECIDED,
        params=needs("line_brand"),
    ),
    *(
        Given(
            f"{clause}.{reason}", a_case(AUTHENTICITY, *evidence), effect, tuple(each.id for each in evidence), params
        )
        for clause, ground, suspicion in (
            ("claimant_is_the_brand_owner", Ground.BRAND_OWNER, ("holds", DEFEATS)),
            ("claimant_caused_the_fake", Ground.CONSUMER_CAUSED, ("suspected_only", UNDECIDED)),
            ("not_for_personal_consumption", Ground.NOT_PERSONAL_CONSUMPTION, ("suspected_only", UNDECIDED)),
            ("goods_were_swapped", Ground.GOODS_SWAPPED, ("holds", DEFEATS)),
        )
        for reason, effect, evidence, params in (
            ("fails", SUPPORTS, (), {}),
            ("holds", DEFEATS, (a_bar_finding(ground), a_bar_finding(ground, "E2")), {}),
            ("holds", DEFEATS, (a_bar_finding(ground, submitted_by=Submitter.MERCHANT, verification=VERIFIED),), {}),
            (*suspicion, (a_bar_finding(ground, standard=SUSPECTED),), {}),
            (
                "pending",
                UNDECIDED,
                (a_bar_finding(ground, submitted_by=Submitter.MERCHANT, verification=UNVERIFIED),),
                needs("verification"),
            ),
        )
    ),
    Given(
        "claimant_caused_the_fake.holds",
        a_case(
            AUTHENTICITY,
            a_bar_finding(Ground.CONSUMER_CAUSED, "E1", standard=SUSPECTED),
            a_bar_finding(Ground.CONSUMER_CAUSED, "E2"),
            a_bar_finding(Ground.GOODS_SWAPPED, "E3"),
        ),
        DEFEATS,
        ("E2",),
    ),
    Given("evidence_is_inconclusive.fails", a_case(AUTHENTICITY, an_appraisal()), SUPPORTS),
    Given(
        "evidence_is_inconclusive.fails",
        of(AUTHENTICITY, an_appraisal(), line={"brand": None}),
        SUPPORTS,
        params=whatever("line_brand"),
    ),
    Given("evidence_is_inconclusive.holds", a_case(AUTHENTICITY, claim=CLOSED), DEFEATS),
    Given(
        "evidence_is_inconclusive.documents_disagree",
        a_case(AUTHENTICITY, an_appraisal(), GENUINE),
        UNDECIDED,
        ("E1", "E2"),
    ),
)

OF_DAMAGE: Final = (
    Given("goods_carry_the_damage_badge.holds", of(DAMAGE, line={"badges": (Badge.DAMAGE,)}), SUPPORTS),
    Given("goods_carry_the_damage_badge.fails", of(DAMAGE, line={"badges": (Badge.LOCAL_RETURN,)}), DEFEATS),
    Given("goods_carry_the_damage_badge.pending", of(DAMAGE, line={"badges": None}), UNDECIDED, params=needs("badges")),
    Given("filed_within_the_damage_window.holds", filed_after(DAMAGE, 40 * HOUR), SUPPORTS),
    Given("filed_within_the_damage_window.fails", filed_after(DAMAGE, 40 * HOUR, category=Category.FOOD), DEFEATS),
    Given(
        "filed_within_the_damage_window.holds",
        filed_after(DAMAGE, 20 * HOUR, category=None),
        SUPPORTS,
        params=whatever("category"),
    ),
    Given(
        "filed_within_the_damage_window.fails",
        filed_after(DAMAGE, 80 * HOUR, category=None),
        DEFEATS,
        params=whatever("category"),
    ),
    Given(
        "filed_within_the_damage_window.pending",
        filed_after(DAMAGE, 40 * HOUR, category=None),
        UNDECIDED,
        params=needs("goods_category"),
    ),
    Given(
        "filed_within_the_damage_window.not_ripe",
        a_case(DAMAGE, order=an_order(parcels=(a_parcel(signed_at=None),))),
        UNDECIDED,
        params=needs("signing_time"),
    ),
    Given("filed_on_the_order_page.holds", of(DAMAGE, line={"category": None}), SUPPORTS, params=whatever("category")),
    Given("damage_proof_is_usable.holds", a_case(DAMAGE, a_damage_photo()), SUPPORTS),
    Given("damage_proof_is_usable.fails", a_case(DAMAGE, claim=CLOSED), DEFEATS),
    Given("damage_proof_is_usable.not_shown", a_case(DAMAGE), UNDECIDED, params=needs("damage_proof")),
    Given(
        "damage_proof_is_usable.pending",
        a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED)),
        UNDECIDED,
        ("E1",),
        needs("verification"),
    ),
    Given(
        "damage_proof_is_usable.pending",
        a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED), claim=CLOSED),
        UNDECIDED,
        ("E1",),
        needs("verification"),
    ),
    Given(
        "damage_proof_is_usable.pending",
        a_case(DAMAGE, evolve(INTACT, verification=UNVERIFIED), claim=CLOSED),
        UNDECIDED,
        ("E2",),
        needs("verification"),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_shown",
        a_case(DAMAGE, evolve(INTACT, verification=UNVERIFIED), claim=CLOSED),
        DEFEATS,
    ),
    Given(
        "broken_and_leaking_on_arrival.shown",
        a_case(
            DAMAGE,
            a_damage_photo("E1", leak=None),
            a_damage_photo("E2", breakage=None),
            a_damage_photo("E3", breakage=None, leak=None),
        ),
        SUPPORTS,
        ("E1", "E2"),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_broken",
        a_case(DAMAGE, a_damage_photo("E1", breakage=None), a_damage_photo("E2", breakage=False)),
        DEFEATS,
        ("E2",),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_leaking",
        a_case(DAMAGE, a_damage_photo("E1", leak=None), a_damage_photo("E2", leak=False)),
        DEFEATS,
        ("E2",),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_shown",
        a_case(DAMAGE, a_damage_photo(leak=None), claim=CLOSED),
        DEFEATS,
        ("E1",),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_shown",
        a_case(DAMAGE, a_damage_photo(leak=None)),
        UNDECIDED,
        params=needs("damage_proof"),
    ),
    Given(
        "broken_and_leaking_on_arrival.pending",
        a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED)),
        UNDECIDED,
        ("E1",),
        needs("verification"),
    ),
    Given(
        "broken_and_leaking_on_arrival.intact_when_signed_for",
        a_case(DAMAGE, a_damage_photo("E1"), INTACT, a_damage_photo("E3", breakage=False)),
        UNDECIDED,
        ("E1", "E2"),
    ),
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

REASONS: Final = (
    *BOTH_WAYS,
    *PATHS,
    *((AUTHENTICITY, each) for each in OF_AUTHENTICITY),
    *((DAMAGE, each) for each in OF_DAMAGE),
    *((LOCAL_RETURN, each) for each in OF_LOCAL_RETURN),
)


def found(case: Case, clause: str) -> Finding:
    """The finding of a clause."""
    (finding,) = (each for each in decide(case).findings if each.clause == clause)
    return finding


@pytest.mark.parametrize("expected", [each for _, each in REASONS], ids=lambda expected: str(expected.reason))
def test_a_clause_says_why(expected: Given) -> None:
    """The reason, effect and evidence are exactly as expected."""
    finding = found(expected.case, expected.reason.partition(".")[0])
    assert finding.because.code == expected.reason
    assert finding.because.params == expected.params
    assert finding.effect is expected.effect
    assert finding.evidence == expected.evidence


LABEL: Final = a_package_photo("E2")
NO_BARCODE: Final = a_damage_photo(barcode=None)


@pytest.mark.parametrize(
    ("evidence", "barcode", "usable"),
    [
        ((a_damage_photo(),), BARCODE, True),
        ((a_damage_photo(edited=True),), BARCODE, False),
        ((a_damage_photo(verification=Verification.REJECTED),), BARCODE, False),
        ((a_damage_photo(verification=UNVERIFIED),), BARCODE, True),
        ((a_damage_photo(barcode="another"), LABEL), BARCODE, False),
        ((NO_BARCODE,), BARCODE, False),
        ((a_damage_photo(),), None, False),
        ((NO_BARCODE, LABEL), BARCODE, True),
        ((a_damage_photo(), LABEL), None, True),
        ((NO_BARCODE, evolve(LABEL, waybill_no="another")), BARCODE, False),
        ((NO_BARCODE, evolve(LABEL, waybill_no=None)), BARCODE, False),
        ((NO_BARCODE, evolve(LABEL, verification=Verification.REJECTED)), BARCODE, False),
        ((NO_BARCODE, evolve(LABEL, verification=UNVERIFIED)), BARCODE, True),
        ((LABEL,), BARCODE, False),
        ((a_courier_statement(),), BARCODE, True),
        ((a_courier_statement(stamped=False),), BARCODE, False),
        ((a_courier_statement(waybill_no="another"),), BARCODE, False),
        ((a_courier_statement(verification=Verification.REJECTED),), BARCODE, False),
    ],
)
def test_proof_is_usable_if_it_can_be_matched_to_the_line(evidence: Any, barcode: str | None, usable: bool) -> None:
    """R33: by its barcode or, without two barcodes to compare, by the label on the parcel; a statement by its waybill."""
    case = of(DAMAGE, *evidence, line={"barcode": barcode})
    shown = "holds" if usable else "not_shown"
    assert found(case, "damage_proof_is_usable").because.code == f"damage_proof_is_usable.{shown}"


SHOWN, UNSHOWN = ("shown", SUPPORTS), ("not_shown", UNDECIDED)
NOT_BROKEN, NOT_LEAKING = ("not_broken", DEFEATS), ("not_leaking", DEFEATS)


@pytest.mark.parametrize(
    ("damaged", "leak", "expected"),
    [
        (True, True, SHOWN),
        (True, False, NOT_LEAKING),
        (True, None, UNSHOWN),
        (False, True, NOT_BROKEN),
        (False, False, NOT_BROKEN),
        (False, None, NOT_BROKEN),
        (None, True, UNSHOWN),
        (None, False, NOT_LEAKING),
        (None, None, UNSHOWN),
    ],
)
def test_a_statement_shows_what_it_says(damaged: bool | None, leak: bool | None, expected: tuple[str, Effect]) -> None:
    """R34: what it does not mention is neither shown nor absent."""
    case = a_case(DAMAGE, a_courier_statement(damaged_at_signing=damaged, leak=leak))
    finding = found(case, "broken_and_leaking_on_arrival")
    assert (finding.because.code.partition(".")[2], finding.effect) == expected


@pytest.mark.parametrize(
    ("breakage", "seal_failure", "leak", "expected"),
    [
        (True, None, True, SHOWN),
        (None, True, True, SHOWN),
        (False, True, True, SHOWN),
        (True, False, True, SHOWN),
        (False, False, True, NOT_BROKEN),
        (False, None, None, NOT_BROKEN),
        (None, False, True, UNSHOWN),
        (None, None, True, UNSHOWN),
        (True, None, False, NOT_LEAKING),
        (None, None, False, NOT_LEAKING),
        (True, None, None, UNSHOWN),
    ],
)
def test_a_picture_shows_what_can_be_seen(
    breakage: bool | None, seal_failure: bool | None, leak: bool | None, expected: tuple[str, Effect]
) -> None:
    """R34: a failed seal is breakage, a seal that held says nothing."""
    case = a_case(DAMAGE, a_damage_photo(breakage=breakage, seal_failure=seal_failure, leak=leak))
    finding = found(case, "broken_and_leaking_on_arrival")
    assert (finding.because.code.partition(".")[2], finding.effect) == expected


@pytest.mark.parametrize("policy", [AUTHENTICITY, DAMAGE, LOCAL_RETURN])
def test_every_reason_of_a_clause_is_tested_here(policy: str) -> None:
    """For any case, the reasons are among those above, with the same effect."""
    known = {(found.reason, found.effect) for of, found in REASONS if of == policy}

    @given(cases(policy))
    def check(case: Case) -> None:
        assert {(finding.because.code, finding.effect) for finding in decide(case).findings} <= known

    check()
