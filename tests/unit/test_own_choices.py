"""Claims with kinds of evidence, categories and reasons of a pack's own."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, ClassVar, get_type_hints

import attrs
import pytest
from attrs import evolve, frozen

from adjudicator import InputError, decide
from adjudicator.claims import (
    CLAIMS,
    Case,
    Category,
    Claim,
    ClaimDocument,
    ClaimedLine,
    Evidence,
    Order,
    OrderLine,
    claims_with,
)
from adjudicator.kinds.claim_facts import GOODS_CATEGORY
from adjudicator.law import Answer, Edition, Fact, Need, Open, Party, PolicyError, Submitter, missing
from adjudicator.model.soundness import recast
from adjudicator.testing import AS_OF, a_case
from adjudicator.wire.codec import case_document

SEAL = Need("seal", Party.CONSUMER)


@frozen(kw_only=True)
class SealPhoto(ClaimDocument):
    """A picture of a seal."""

    kind: ClassVar[str] = "seal_photo"
    whole: bool | None = None


@frozen(kw_only=True)
class SealedCase(Case):
    """A claim with a kind of evidence of its own."""

    evidence: tuple[Evidence | SealPhoto, ...]  # type: ignore[assignment]  # wider than in every claim


class Dye(StrEnum):
    """Categories of a pack's own."""

    RED = "red"
    BLUE = "blue"


class Fading(StrEnum):
    """Reasons of a pack's own."""

    IN_THE_SUN = "in_the_sun"
    IN_THE_WASH = "in_the_wash"


@frozen(kw_only=True)
class RepaintedLine(OrderLine):
    """A line with categories of its own."""

    category: Dye | None = None  # type: ignore[assignment]  # other than in every claim


@frozen(kw_only=True)
class RepaintedOrder(Order):
    """An order of such lines."""

    lines: tuple[RepaintedLine, ...]


@frozen(kw_only=True)
class FadedClaim(Claim):
    """A claim with reasons of its own."""

    reason: Fading  # type: ignore[assignment]  # other than in every claim


@frozen(kw_only=True)
class RepaintedCase(Case):
    """A claim under such an order."""

    order: RepaintedOrder
    claim: FadedClaim


@frozen(kw_only=True)
class NumberedLine(OrderLine):
    """A line in which a field of every claim has another type."""

    brand: int | None = None  # type: ignore[assignment]  # which is what is refused


@frozen(kw_only=True)
class NumberedOrder(Order):
    """An order of such lines."""

    lines: tuple[NumberedLine, ...]


@frozen(kw_only=True)
class NumberedCase(Case):
    """A claim under such an order."""

    order: NumberedOrder


@frozen(kw_only=True)
class PlainLine(OrderLine):
    """A line whose category is not an enumeration."""

    category: str | None = None  # type: ignore[assignment]  # which is what is refused


@frozen(kw_only=True)
class PlainOrder(Order):
    """An order of such lines."""

    lines: tuple[PlainLine, ...]


@frozen(kw_only=True)
class PlainCase(Case):
    """A claim under such an order."""

    order: PlainOrder


@frozen(kw_only=True)
class NamelessClaim(Claim):
    """A claim whose reason is not an enumeration."""

    reason: str  # type: ignore[assignment]  # which is what is refused


@frozen(kw_only=True)
class NamelessCase(Case):
    """A case with such a claim."""

    claim: NamelessClaim


def seal_photos(at: ClaimedLine) -> tuple[SealPhoto, ...]:
    """The pictures of the seal."""
    return at.documents(SealPhoto)


def test_a_claim_can_have_kinds_of_evidence_of_its_own() -> None:
    """They are read and written like the others, and a clause gets those that concern its line."""

    def seal_is_whole(seal_photos: tuple[SealPhoto, ...]) -> Answer:
        """ZZ.1. A picture shows the seal whole."""
        return any(each.whole for each in seal_photos) or missing(SEAL, {"kind": ("seal_photo",), "whole": (True,)})

    edition = Edition(
        policy="zz.seals",
        about="Sealed goods.",
        article="ZZ.1",
        effective_from=dt.date(2020, 1, 1),
        case_kind=claims_with(SealedCase, Fact(seal_photos, ("/evidence",), Party.CONSUMER, SEAL)),
        requires=(seal_is_whole,),
    )
    plain = recast(a_case("zz.seals"), SealedCase)
    (request,) = decide(plain, edition).requests
    assert (request.need, request.accepts) == ("seal", ({"kind": ("seal_photo",), "whole": (True,)},))
    photo = SealPhoto(id="E1", submitted_by=Submitter.CONSUMER, submitted_at=AS_OF, line_ids=(), whole=True)
    sealed = evolve(plain, evidence=(photo,))
    (finding,) = decide(sealed, edition).findings
    assert finding.effect == "supports"
    assert case_document(sealed)["evidence"][0]["kind"] == "seal_photo"


def test_a_claim_can_have_categories_and_reasons_of_its_own() -> None:
    """The facts keep their names and needs, and an unknown category is tried with its own values."""
    kind = claims_with(RepaintedCase)

    def red_goods_fade(category: Dye, reason: Fading) -> Answer:
        """ZZ.1. Only red goods fade."""
        return category is Dye.RED and reason is Fading.IN_THE_SUN

    edition = Edition(
        policy="zz.colours",
        about="Goods that fade.",
        article="ZZ.1",
        effective_from=dt.date(2020, 1, 1),
        case_kind=kind,
        requires=(red_goods_fade,),
    )
    plain = a_case("zz.colours")
    line = widened(plain.order.lines[0], RepaintedLine, category=None)
    claim = widened(plain.claim, FadedClaim, reason=Fading.IN_THE_SUN)
    order = widened(plain.order, RepaintedOrder, lines=(line,))
    case = widened(plain, RepaintedCase, order=order, claim=claim)
    (request,) = decide(case, edition).requests
    assert (request.to, request.need) == ("platform", "goods_category")
    category, reason = (kind.glossary.facts[name] for name in ("category", "reason"))
    assert category.read(next(kind.subjects(case))).could_be == (Dye.RED, Dye.BLUE)
    assert [get_type_hints(each.read)["return"] for each in (category, reason)] == [Dye | Open, Fading]
    assert [each.asked_as for each in (category, reason)] == [GOODS_CATEGORY, None]
    red = evolve(case, order=evolve(order, lines=(evolve(line, category=Dye.RED),)))
    assert [finding.effect.value for finding in decide(red, edition).findings] == ["supports"]
    other: Any = Category.FOOD
    with pytest.raises(InputError, match="/order/lines/0/category"):
        evolve(case, order=evolve(order, lines=(evolve(line, category=other),)))


def widened(value: Any, kind: Any, **changes: Any) -> Any:
    """A part of a claim, as an instance of a class in which some field has another type."""
    return kind(**{each.name: getattr(value, each.name) for each in attrs.fields(type(value))} | changes)


def test_standard_fields_keep_their_types() -> None:
    """Otherwise their facts would have wrong types. A pack's own enumeration needs a new field."""
    with pytest.raises(PolicyError, match=r"NumberedLine\.brand has another type"):
        claims_with(NumberedCase)
    with pytest.raises(PolicyError, match=r"NamelessClaim\.reason has to be a StrEnum$"):
        claims_with(NamelessCase)
    with pytest.raises(PolicyError, match=r"PlainLine\.category has to be a StrEnum or None$"):
        claims_with(PlainCase)
    with pytest.raises(PolicyError, match="the fact category has the name"):
        claims_with(Case, CLAIMS.glossary.facts["category"])
