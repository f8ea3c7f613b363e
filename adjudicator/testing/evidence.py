"""Generate evidence of every kind, for a claim or against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from adjudicator.model.enumerations import (
    Body,
    Conclusion,
    Ground,
    IssuerRole,
    RulingSubject,
    Side,
    Standard,
    Submitter,
    Verification,
)
from adjudicator.model.evidence import (
    AppraisalReport,
    BarFinding,
    CourierStatement,
    DamagePhoto,
    OfficialFinding,
    OtherEvidence,
    PackagePhoto,
    PlatformRuling,
)
from adjudicator.model.time import Instant
from adjudicator.testing.builders import BARCODE, BRAND, PLACED_AT
from adjudicator.testing.choices import Choices, Json, Trouble


class EvidenceAuthor(Choices):
    """Generates evidence that fits the order and the claim of a case."""

    def kind(self) -> str:
        """A kind of evidence, usually one that supports the claim."""
        speaks_for = self.steering.speaks_for or (OtherEvidence.kind,)
        proofs = [kind for kind in speaks_for if kind != PackagePhoto.kind]
        return self.usually(Trouble.WORTH, self.any(*proofs), *speaks_for, *speaks_for, *WRITERS)

    def document(
        self, document_id: str, kind: str, lines: Sequence[Json], claim: Json, parcels: Sequence[Json], as_of: Instant
    ) -> Json:
        """A piece of evidence of this kind."""
        line = self.any(*lines)
        verified = Verification.VERIFIED
        return {
            "id": document_id,
            "kind": kind,
            "submitted_by": self.usually(
                Trouble.WORTH,
                Submitter.PLATFORM if kind in SPOKEN_BY_THE_PLATFORM else Submitter.CONSUMER,
                *Submitter,
            ),
            "submitted_at": self.any(claim["filed_at"], as_of),
            "line_ids": [line["id"]] if self.speaks_of_one_line(kind) else [],
            "verification": self.usually(
                Trouble.WORTH, verified, Verification.UNVERIFIED, Verification.UNVERIFIED, "rejected", None
            ),
            **self.any({}, {"verified_by": "ops-1", "verified_at": as_of, "files": [{"name": "1.jpg"}]}),
            **WRITERS[kind](self, line, parcels),
        }

    def objections(self, lines: Sequence[Json], claim: Json, parcels: Sequence[Json], as_of: Instant) -> Iterable[Json]:
        """Occasionally, evidence of a kind that can only defeat a claim, by a party that may submit it."""
        count = self.any(0, 0, 1, 2) if self.steering.speaks_against else 0
        for number in range(count):
            kind = self.any(*self.steering.speaks_against)
            yield {
                **self.document(f"B{number + 1}", kind, lines, claim, parcels, as_of),
                "submitted_by": self.any(Submitter.PLATFORM, Submitter.MERCHANT, Submitter.CONSUMER),
                "verification": self.any(*Verification),
            }

    def speaks_of_one_line(self, kind: str) -> bool:
        """Whether evidence concerns a single line, as findings of the platform may."""
        return Trouble.SAYS in self.out_of_order and (kind in SPOKEN_BY_THE_PLATFORM or self.any(True, True, False))

    def units(self) -> int | None:
        """How many units the evidence covers."""
        return self.any(4, 3, 1, None)

    def conclusion(self) -> Conclusion:
        """The conclusion of a report or ruling."""
        concluded: Conclusion = self.usually(
            Trouble.SAYS, Conclusion.COUNTERFEIT, Conclusion.NOT_ORIGINAL, Conclusion.GENUINE, *Conclusion
        )
        return concluded

    def appraisal(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to an appraisal."""
        return {
            "issuer": {"role": self.usually(Trouble.WORTH, IssuerRole.BRAND_OWNER, *IssuerRole)},
            "brand": self.usually(Trouble.WORTH, line["brand"], BRAND, BRAND.lower(), "Aurélie", None),
            "conclusion": self.conclusion(),
            "units_covered": self.units(),
            "issued_at": self.any(None, PLACED_AT),
        }

    def official_finding(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to a finding by a court or an enforcement body."""
        return {
            "body": self.any(*Body),
            "conclusion": self.conclusion(),
            "final": self.usually(Trouble.WORTH, True, False, None),
            "units_covered": self.units(),
        }

    def package_photo(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to a photo of the packaging."""
        return {"waybill_no": self.usually(Trouble.WORTH, self.any(*parcels)["waybill_no"], "W9", None)}

    def damage_photo(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to a close-up of the damage."""
        return {
            "breakage": self.usually(Trouble.SAYS, True, False, None),
            "seal_failure": self.any(None, True, False),
            "leak": self.usually(Trouble.SAYS, True, False, None),
            "soiling": None,
            "barcode": self.usually(Trouble.WORTH, line["barcode"], BARCODE, "6909999999999", None),
            "edited": self.usually(Trouble.WORTH, False, True),
            "units_covered": self.units(),
        }

    def courier_statement(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to a courier's statement."""
        return {
            "waybill_no": self.usually(Trouble.WORTH, self.any(*parcels)["waybill_no"], "W9") or "W0",
            "stamped": self.usually(Trouble.WORTH, True, False),
            "damaged_at_signing": self.any(False, False, True, None) if Trouble.SAYS in self.out_of_order else True,
            "leak": self.usually(Trouble.SAYS, True, False, None),
            "units_covered": self.units(),
        }

    def bar_finding(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to a finding against the consumer."""
        return {"ground": self.any(*Ground), "standard": self.any(*Standard)}

    def platform_ruling(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to a ruling."""
        return {"on": RulingSubject.LOCAL_RETURN, "for": self.side(line)}

    def side(self, line: Json) -> Side:
        """The side that a ruling on this line favours; it can differ between lines."""
        if Trouble.SAYS not in self.out_of_order:
            return Side.CONSUMER
        its_own = Side.CONSUMER if line["id"] == "L1" else Side.MERCHANT
        subject_verdict: Side = self.usually(Trouble.SAYS, its_own, *Side)
        return subject_verdict

    def other(self, line: Json, parcels: Sequence[Json]) -> Json:
        """The fields particular to any other evidence."""
        return {"description": "聊天记录"}


WRITERS: Final[Mapping[str, Callable[[EvidenceAuthor, Json, Sequence[Json]], Json]]] = {
    AppraisalReport.kind: EvidenceAuthor.appraisal,
    OfficialFinding.kind: EvidenceAuthor.official_finding,
    PackagePhoto.kind: EvidenceAuthor.package_photo,
    DamagePhoto.kind: EvidenceAuthor.damage_photo,
    CourierStatement.kind: EvidenceAuthor.courier_statement,
    BarFinding.kind: EvidenceAuthor.bar_finding,
    PlatformRuling.kind: EvidenceAuthor.platform_ruling,
    OtherEvidence.kind: EvidenceAuthor.other,
}
"""The method that generates the particular fields of each kind of evidence."""

SPOKEN_BY_THE_PLATFORM: Final = (BarFinding.kind, PlatformRuling.kind)
