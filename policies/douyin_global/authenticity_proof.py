"""The proof that goods are counterfeit, and for how many units: DG.1.3(4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import TypeAlias

from attrs import field, frozen

from adjudicator.claims import (
    COUNTERFEIT_PROOF,
    FINAL_RULING,
    AppraisalReport,
    Conclusion,
    IssuerRole,
    OfficialFinding,
    Paid,
)
from adjudicator.law import (
    ANY,
    VERIFIED,
    Admissibility,
    AnyOf,
    Established,
    Heard,
    Holds,
    Minor,
    Proofs,
    disputed,
    fails,
    for_a_person,
    heard,
    ids_of,
    known,
    missing,
    proofs,
    with_another,
)
from douyin_global import shared

BRAND_SIDE = (IssuerRole.BRAND_OWNER, IssuerRole.BRAND_AUTHORISED)
NOT_THE_REAL_THING = (Conclusion.COUNTERFEIT, Conclusion.NOT_ORIGINAL)
TEN_TIMES = 10
"""R10. How many times the price is paid as compensation."""

ProofDocument: TypeAlias = AppraisalReport | OfficialFinding
"""The two kinds of documents that can prove it."""


class Says(Enum):
    """What a document says about the goods, as far as the rule considers it."""

    COUNTERFEIT = "counterfeit, said by one whom the rule names"
    PERHAPS_COUNTERFEIT = "counterfeit, said by one whom the rule does not name"
    GENUINE = "genuine, said by one whom the rule names"


@frozen
class Testimony:
    """What one document says. Documents that say the same are equal, however many units each covers.

    It ``leaves_units`` if it covers more units than other claims were already compensated for (R50). Both only matter where it says
    counterfeit and the rule names the one who says so.
    """

    says: Says
    evidence: str = field(eq=False)
    units: int = field(default=1, eq=False)
    leaves_units: bool = True


@frozen
class Proof:
    """The goods are proven counterfeit. How many units that covers, without used-up ones, is decided separately (R28, R50)."""

    units: int = field(eq=False)
    evidence: tuple[str, ...] = field(eq=False)


def brands_named(appraisals: tuple[AppraisalReport, ...]) -> Iterable[str]:
    """R9, R23. What the line's brand could be while it is not known: any that an appraisal names, or none of them."""
    return with_another(compared(each.brand) for each in appraisals if each.brand is not None)


@frozen
class DocumentsByBrand:
    """Whether each document counts: for goods of a brand that no document names, and for goods of the brand that it names itself."""

    of_no_brand_named: Heard
    of_its_brand: Heard
    naming: Mapping[str, Sequence[int]] = field(eq=False)
    """The positions of the documents that name each brand."""


def documents_by_brand(
    appraisals: tuple[AppraisalReport, ...], official_findings: tuple[OfficialFinding, ...], evidence_closed: bool
) -> DocumentsByBrand:
    """DG.1.3(4), R23, R24, R25, R29, R30. Whether each document counts, for every brand that the goods may have.

    每份凭证能否采信，就商品品牌的各种可能分别而言。
    """
    appraisals_heard = heard(
        appraisals,
        once_verified=True,
        rejected=lambda report: report.is_rejected,
        inconclusive=lambda report: report.conclusion is Conclusion.INCONCLUSIVE,
        names_no_brand=lambda report: report.brand is None and from_the_brand_side(report),
        not_from_the_brand=lambda report: report.conclusion is Conclusion.GENUINE and not from_the_brand_side(report),
    )
    findings_heard = official_findings_heard(official_findings, evidence_closed)
    of_another_brand = tuple(map(heard_of_another_brand, appraisals, appraisals_heard))
    return DocumentsByBrand(
        of_no_brand_named=of_another_brand + findings_heard,
        of_its_brand=appraisals_heard + findings_heard,
        naming=positions_by_brand(appraisals),
    )


def documents_heard(line_brand: str, documents_by_brand: DocumentsByBrand) -> Heard:
    """DG.1.3(4), R23, R24, R25, R29, R30. Whether each appraisal and each official finding counts for goods of this brand.

    每份鉴定报告和官方认定能否用于该品牌的商品。
    """
    brand, of_its_brand, naming = compared(line_brand), documents_by_brand.of_its_brand, documents_by_brand.naming
    if naming.keys() <= {brand}:
        return of_its_brand
    of_this_brand = list(documents_by_brand.of_no_brand_named)
    for position in naming.get(brand, ()):
        of_this_brand[position] = of_its_brand[position]
    return tuple(of_this_brand)


def units_used_up(compensations_under_other_claims: tuple[Paid, ...], goods_price: Minor, line_quantity: int) -> int:
    """R50. For how many units of the line compensation was paid before under other claims.

    该行商品此前在其他申请中已获赔偿的件数。
    """
    return shared.units_paid(compensations_under_other_claims, goods_price, line_quantity, TEN_TIMES)


def testimony(
    appraisals: tuple[AppraisalReport, ...],
    official_findings: tuple[OfficialFinding, ...],
    documents_heard: Heard,
    units_used_up: int,
) -> Proofs[Testimony]:
    """DG.1.3(4), R23, R24, R25, R50. What the documents say that stand, and what those may come to say that are pending.

    已成立的凭证说明了什么，待核验的凭证又可能说明什么。
    """
    documents: tuple[ProofDocument, ...] = (*appraisals, *official_findings)
    return proofs(documents, documents_heard, lambda document: what_it_says(document, units_used_up))


def counterfeit_proof(
    testimony: tuple[Testimony, ...], line_brand: Established[str], units_used_up: int, line_quantity: int
) -> Established[Proof]:
    """DG.1.3(4), R23, R24, R26, R27, R28, R50. What the documents before us prove.

    现有凭证证明了什么。
    """
    genuine = [each for each in testimony if each.says is Says.GENUINE]
    counterfeit = [each for each in testimony if each.says is Says.COUNTERFEIT]
    perhaps = [each for each in testimony if each.says is Says.PERHAPS_COUNTERFEIT]
    if genuine and (counterfeit or perhaps):
        return disputed("documents_disagree", counterfeit, perhaps, genuine)
    if counterfeit and (left := max([each.units for each in counterfeit]) - units_used_up) > 0:
        return Proof(left, ids_of(counterfeit))
    if perhaps:
        return for_a_person("proof_not_on_the_list", perhaps)
    if genuine:
        return fails("found_genuine", genuine)
    wanted = what_would_prove_it(known(line_brand, None), units_to_be_covered(units_used_up, line_quantity))
    if counterfeit:
        return missing(COUNTERFEIT_PROOF, wanted, "proof_used_up")
    return missing(COUNTERFEIT_PROOF, wanted, "not_proven")


def counterfeit_is_proven(counterfeit_proof: Proof) -> Holds:
    """DG.1.3(4). The consumer gives lawful and valid proof that the goods are counterfeit or not the original article.

    消费者提供了合法有效的售假凭证，例如品牌权利人的鉴定、司法或执法机关的认定。Readings R23, R24, R25, R27, R28, R31.
    """
    return Holds("proven", counterfeit_proof.evidence)


def proven_units(counterfeit_proof: Proof, quantity_claimed: int) -> int:
    """R28, R50. As many of the claimed units as the proof that covers most carries, without those that are used up.

    以覆盖件数最多的一份凭证为准，减去已赔偿的件数，且不超过申请件数。
    """
    return min(counterfeit_proof.units, quantity_claimed)


def official_findings_heard(official_findings: tuple[OfficialFinding, ...], evidence_closed: bool) -> Heard:
    """DG.1.3(4), R25, R29, R30. Whether each official finding counts; none of them names a brand."""
    return heard(
        official_findings,
        once_verified=True,
        rejected=lambda finding: finding.is_rejected,
        inconclusive=lambda finding: finding.conclusion is Conclusion.INCONCLUSIVE,
        not_final=lambda finding: not finding.final and (evidence_closed or missing(FINAL_RULING, {"final": (True,)})),
    )


def heard_of_another_brand(appraisal: AppraisalReport, heard: Admissibility) -> Admissibility:
    """R23. Whether an appraisal counts for goods of another brand than the one that it names, if it names one."""
    if appraisal.brand is None or heard.because in WHATEVER_ITS_BRAND:
        return heard
    return Admissibility(appraisal.id, "another_brand")


WHATEVER_ITS_BRAND = ("rejected", "inconclusive")
"""What is wrong with an appraisal before anyone asks which brand it names."""


def positions_by_brand(appraisals: Iterable[AppraisalReport]) -> Mapping[str, Sequence[int]]:
    """R23. The positions of the appraisals that name each brand; no other document names one."""
    positions: dict[str, list[int]] = {}
    for position, each in enumerate(appraisals):
        if each.brand is not None:
            positions.setdefault(compared(each.brand), []).append(position)
    return {brand: tuple(each) for brand, each in positions.items()}


def from_the_brand_side(appraisal: AppraisalReport) -> bool:
    """R23, R24. Whether an appraisal is the brand owner's, or of someone whom the brand owner authorised."""
    return appraisal.issuer.role in BRAND_SIDE


def what_it_says(document: ProofDocument, units_used_up: int) -> Testimony:
    """R23, R24, R28, R50. What a document that counts says of the goods."""
    if document.conclusion is Conclusion.GENUINE:
        return Testimony(Says.GENUINE, document.id)
    if isinstance(document, AppraisalReport) and not from_the_brand_side(document):
        return Testimony(Says.PERHAPS_COUNTERFEIT, document.id)
    units = document.units_covered or 1
    return Testimony(Says.COUNTERFEIT, document.id, units, leaves_units=units > units_used_up)


def units_to_be_covered(units_used_up: int, line_quantity: int) -> tuple[int, ...]:
    """R28, R50. How many units a proof has to cover in all: one more than are used up at least, and best the whole line.

    While nothing is used up any proof will do, for it carries one unit whatever it says.
    """
    if units_used_up == 0:
        return ()
    at_least = units_used_up + 1
    return tuple(dict.fromkeys((at_least, max(at_least, line_quantity))))


def what_would_prove_it(line_brand: str | None, units_covered: tuple[int, ...]) -> AnyOf:
    """R23, R50. The two kinds of proof that the rule names."""
    verified = {**VERIFIED, "conclusion": NOT_THE_REAL_THING}
    covering = {"units_covered": units_covered} if units_covered else {}
    brand = ANY if line_brand is None else (line_brand,)
    return (
        {"kind": (AppraisalReport.kind,), "issuer/role": BRAND_SIDE, "brand": brand, **verified, **covering},
        {"kind": (OfficialFinding.kind,), "final": (True,), **verified, **covering},
    )


def compared(brand: str) -> str:
    """A brand normalised for comparison: lower case, without surrounding spaces."""
    return brand.strip().casefold()
