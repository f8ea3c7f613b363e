"""The reasons of the guarantee of authenticity, each with a case that gives it."""

from __future__ import annotations

from typing import Final

from adjudicator.model.enumerations import Conclusion, Ground, IssuerRole, Submitter, Verification
from adjudicator.model.time import DAY
from adjudicator.testing import a_bar_finding, a_case, an_appraisal, an_official_finding
from reasons.giving import (
    ALIEN,
    AUTHENTICITY,
    CLOSED,
    DEFEATS,
    GENUINE,
    SUPPORTS,
    SUSPECTED,
    UNDECIDED,
    UNVERIFIED,
    VERIFIED,
    Given,
    by_someone_else,
    filed_after,
    needs,
    of,
    whatever,
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
