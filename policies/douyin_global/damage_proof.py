"""The proof that goods arrived broken and leaking, and for how many units: DG.3.3(3)."""

from __future__ import annotations

from attrs import field, frozen

from adjudicator.claims import (
    DAMAGE_PROOF,
    CourierStatement,
    DamagePhoto,
    PackagePhoto,
)
from adjudicator.law import (
    VERIFIED,
    AnyOf,
    Established,
    Heard,
    Holds,
    Missing,
    Proofs,
    any_counts,
    any_of,
    disputed,
    fails,
    heard,
    ids_of,
    missing,
    proofs,
    voices,
)


@frozen
class Shown:
    """What one usable proof shows; ``None`` for what it does not show."""

    broken: bool | None
    leaking: bool | None
    by_the_courier: bool
    units: int = field(eq=False)
    evidence: str = field(eq=False)


@frozen
class Damage:
    """The goods arrived broken and leaking. How many units that covers is decided separately (R28)."""

    units: int = field(eq=False)
    evidence: tuple[str, ...] = field(eq=False)


def packaging_heard(package_photos: tuple[PackagePhoto, ...], waybills: frozenset[str]) -> Heard:
    """DG.3.3(3)(a), R29, R33. Whether a packaging picture shows a waybill which carries the line.

    包装图片是否显示该行商品所在包裹的运单号。
    """
    return heard(
        package_photos,
        rejected=lambda photo: photo.is_rejected,
        no_waybill_read=lambda photo: photo.waybill_no is None,
        wrong_waybill=lambda photo: photo.waybill_no not in waybills,
    )


def close_ups_heard(damage_photos: tuple[DamagePhoto, ...], line_barcode: str | None, packaging_heard: Heard) -> Heard:
    """DG.3.3(3)(b), R29, R33. Whether a close-up is usable: not rejected, not edited, and identified.

    特写图片是否可用：核验并非未通过、未经编辑，且能辨认为该行商品。
    """
    packaging_identifies = any(each.stands for each in packaging_heard)
    return heard(
        damage_photos,
        rejected=lambda photo: photo.is_rejected,
        edited=lambda photo: photo.edited,
        wrong_barcode=lambda photo: None not in (photo.barcode, line_barcode) and photo.barcode != line_barcode,
        no_identifying_picture=lambda photo: None in (photo.barcode, line_barcode) and not packaging_identifies,
    )


def statements_heard(courier_statements: tuple[CourierStatement, ...], waybills: frozenset[str]) -> Heard:
    """DG.3.3(3)(c), R25, R29, R33. Whether a courier's statement is usable: stamped, for the line's parcel, and verified.

    快递公司的证明是否可用：已盖章、属于该行商品所在的包裹，且已核验。
    """
    return heard(
        courier_statements,
        once_verified=True,
        rejected=lambda statement: statement.is_rejected,
        not_stamped=lambda statement: not statement.stamped,
        wrong_waybill=lambda statement: statement.waybill_no not in waybills,
    )


def usable_proof(
    damage_photos: tuple[DamagePhoto, ...],
    close_ups_heard: Heard,
    courier_statements: tuple[CourierStatement, ...],
    statements_heard: Heard,
) -> Proofs[Shown]:
    """DG.3.3(3), DG.3.3(3)(c), R25, R33. What the usable close-ups show, and the courier's statements as far as they are verified.

    可用的特写图片，以及快递公司盖章且已核验的证明。
    """
    pictures = proofs(damage_photos, close_ups_heard, shown_in_the_picture)
    return pictures + proofs(courier_statements, statements_heard, said_by_the_courier)


def acceptable_proof(line_barcode: str | None, packaging_heard: Heard, waybills: frozenset[str]) -> AnyOf:
    """DG.3.3(3), R33. What would show the damage: a close-up that can be told to be the line's, or the courier's statement.

    怎样才能证明破损：可辨认为该行商品的特写图片，或快递公司的证明。
    """
    on_the_label = tuple(sorted(waybills))
    identified: dict[str, tuple[object, ...]] = {}
    if line_barcode is not None:
        identified = {"barcode": (line_barcode,)}
    elif not any(each.stands for each in packaging_heard):
        identified = {"with/kind": (PackagePhoto.kind,), "with/waybill_no": on_the_label}
    close_up = {"kind": (DamagePhoto.kind,), "edited": (False,), "breakage": (True,), "leak": (True,), **identified}
    statement = {
        "kind": (CourierStatement.kind,),
        "waybill_no": on_the_label,
        "stamped": (True,),
        "damaged_at_signing": (True,),
        "leak": (True,),
        **VERIFIED,
    }
    return any_of(close_up if line_barcode is not None or waybills else None, statement if waybills else None)


def damage(
    usable_proof: tuple[Shown, ...], leak_required: bool, evidence_closed: bool, acceptable_proof: AnyOf
) -> Established[Damage]:
    """DG.3.1, R28, R32, R34, R35, R38. What the usable proof shows of the goods on arrival.

    可用的凭证显示商品收到时的状况。
    """
    broken = voices(usable_proof, lambda shown: shown.broken)
    leaking = voices(usable_proof, lambda shown: shown.leaking)
    if broken.is_no:
        return fails("not_broken", broken.no)
    if leak_required and leaking.is_no:
        return fails("not_leaking", leaking.no)
    if not broken.yes or (leak_required and not leaking.yes):
        if evidence_closed:
            return fails("not_shown", usable_proof)
        return missing(DAMAGE_PROOF, acceptable_proof, "not_shown", as_good_as_failed=True)
    if denied := [each for each in broken.no if each.by_the_courier]:
        return disputed("intact_when_signed_for", broken.yes, denied)
    features = (broken.yes, leaking.yes) if leak_required else (broken.yes,)
    carried = [each for each in usable_proof if each.broken or (leak_required and each.leaking)]
    return Damage(min([max([each.units for each in feature]) for feature in features]), ids_of(carried))


def damage_proof_is_usable(
    close_ups_heard: Heard, statements_heard: Heard, damage: Established[Damage]
) -> bool | Missing:
    """DG.3.3(3). There is lawful and valid proof: a usable close-up, or a usable statement of the courier.

    有合法有效的凭证：可用的商品破损特写图片，或快递公司盖章的书面证明。Readings R33, R38.
    """
    usable = any_counts(close_ups_heard, statements_heard)
    return damage if usable is not True and isinstance(damage, Missing) else usable


def broken_and_leaking_on_arrival(damage: Damage) -> Holds:
    """DG.3.1. On receipt the goods were broken and leaked powder or liquid.

    收货时商品破损，并有漏粉、漏液等情况。Readings R28, R32, R34, R35, R38.
    """
    return Holds("shown", damage.evidence)


def damaged_units(damage: Damage, quantity_claimed: int) -> int:
    """R28. As many of the claimed units as are shown both broken and leaking.

    既显示破损又显示泄漏的件数，且不超过申请件数。
    """
    return min(damage.units, quantity_claimed)


def shown_in_the_picture(photo: DamagePhoto) -> Shown:
    """R33, R34. What a close-up shows of the goods; a failed seal counts as breakage (R32)."""
    broken = True if photo.seal_failure else photo.breakage
    return Shown(broken, photo.leak, by_the_courier=False, units=photo.units_covered or 1, evidence=photo.id)


def said_by_the_courier(statement: CourierStatement) -> Shown:
    """R34. What a courier's statement says of the goods when they were signed for."""
    return Shown(
        statement.damaged_at_signing,
        statement.leak,
        by_the_courier=True,
        units=statement.units_covered or 1,
        evidence=statement.id,
    )
