"""A pack's own kind of case, judged as a whole, with payments: awards, steps, keys, caps, and unknown amounts."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, ClassVar, Final

import attrs
import pytest
from attrs import evolve, frozen

from adjudicator import check, decide, dump_decision
from adjudicator.analysis.whatif import what_if
from adjudicator.law import (
    COUNT,
    AwardKind,
    CasePayment,
    Document,
    Edition,
    InputError,
    Instant,
    Minor,
    Need,
    NotCovered,
    Party,
    PaymentKind,
    Pays,
    Repairable,
    Settlement,
    Window,
    for_a_person,
    glossary_of,
    repairable,
    share,
    supplied,
)
from adjudicator.model.case import Case
from adjudicator.model.decision import PaymentDecision
from adjudicator.model.enumerations import SettlementKind
from adjudicator.wire.codec import load_decision
from losses import (
    CASE,
    COVER,
    LOSSES,
    PAYMENT,
    LossCase,
    Side,
    at_most_a_thousand,
    damage_due,
    half_the_damage,
)


def decided(case: LossCase = CASE, edition: Edition = COVER) -> PaymentDecision:
    """The decision of an edition on a case."""
    decision = decide(case, edition)
    assert isinstance(decision, PaymentDecision)
    return decision


def paid(kind: SettlementKind, amount: int, **changes: Any) -> Settlement:
    """An earlier payment."""
    return Settlement(kind=kind, amount=Minor(amount), **changes)


def keys(decision: PaymentDecision) -> dict[AwardKind, str]:
    """The keys of the awards."""
    return {each.kind: each.key for each in decision.awards}


def a_kind(case_type: type[LossCase], **changes: Any) -> PaymentKind:
    """A kind of case for losses of the given class."""
    return PaymentKind(
        case_type=case_type, glossary=glossary_of(case_type), questions=LOSSES.questions, currency="EUR", **changes
    )


def test_a_granted_case_pays_and_shows_the_calculation() -> None:
    """Filed on the last day of a month without a 31st: half of 901, rounded up, and the premium."""
    decision = decided()
    assert decision.outcome == "covered"
    assert [(each.kind, each.line_id, each.amount, each.entitled, each.settled) for each in decision.awards] == [
        ("compensation", None, 451, 451, 0),
        ("refund", None, 100, 100, 0),
    ]
    assert (decision.total, decision.currency) == (551, "EUR")
    assert [(each.step, each.cites, each.amount) for each in decision.ladder] == [
        ("half_the_damage", ("§ 6(1)",), 451),
        ("damage_due", ("§ 6(1)",), 451),
        ("premium_back", ("§ 6(2)",), 100),
        ("premium_due", ("§ 6(2)",), 100),
        ("at_most_a_thousand", ("§ 7",), 1000),
    ]
    (deadline,) = decision.deadlines
    assert (deadline.clause, str(deadline.ends_at)) == ("filed_in_time", "2024-03-01T00:00:00+08:00")


def test_a_case_that_is_refused_pays_nothing() -> None:
    """The month is over."""
    decision = decided(evolve(CASE, filed_at=Instant.parse("2024-03-01T00:00:00+08:00")))
    assert (decision.outcome, decision.awards, decision.total, decision.ladder) == ("not_covered", (), 0, ())


def test_the_decision_survives_json_without_its_pack() -> None:
    """Its awards have the same shape as those of claims."""
    decision = decided()
    assert load_decision(dump_decision(decision)) == decision


def test_an_earlier_payment_is_subtracted_and_changes_only_the_key_of_its_kind() -> None:
    """A reversed payment is not subtracted, but still changes the key."""
    first = decided()
    second = decided(evolve(CASE, id="loss-2", settlements=(paid(SettlementKind.COMPENSATION, 400),)))
    assert [(each.amount, each.entitled, each.settled) for each in second.awards] == [(51, 451, 400), (100, 100, 0)]
    assert keys(first)[AwardKind.REFUND] == keys(second)[AwardKind.REFUND]
    assert keys(first)[AwardKind.COMPENSATION] != keys(second)[AwardKind.COMPENSATION]
    back = paid(SettlementKind.COMPENSATION, 400, reversed_at=CASE.as_of)
    third = decided(evolve(CASE, settlements=(back,)))
    assert third.awards[0].amount == 451
    assert len({keys(each)[AwardKind.COMPENSATION] for each in (first, third)}) == 2


def test_an_earlier_refund_is_subtracted_from_the_refund() -> None:
    again = decided(evolve(CASE, settlements=(paid(SettlementKind.REFUND, 40),)))
    assert {each.kind: (each.amount, each.settled) for each in again.awards} == {
        AwardKind.COMPENSATION: (451, 0),
        AwardKind.REFUND: (60, 40),
    }


def test_a_payer_can_calculate_the_key() -> None:
    """SHA-256 over the policy, the thing paid for, the kind and what was settled before, as canonical JSON."""
    basis = '{"kind":"compensation","line":null,"paid_for":["C-1"],"policy":"zz.cover","settled_before":400}'
    again = decided(evolve(CASE, settlements=(paid(SettlementKind.COMPENSATION, 400),)))
    assert keys(again)[AwardKind.COMPENSATION] == sha256(basis.encode()).hexdigest()


def test_the_key_is_that_of_the_thing_paid_for() -> None:
    """Another case on the same contract has the same keys; another contract has others."""
    assert keys(decided(evolve(CASE, id="other"))) == keys(decided())
    assert keys(decided(evolve(CASE, contract="C-2"))).items().isdisjoint(keys(decided()).items())


def test_the_thing_paid_for_is_the_case_unless_its_pack_names_another() -> None:
    """Two cases on one contract are then two things."""
    edition = evolve(COVER, case_kind=a_kind(LossCase))
    other = keys(decided(evolve(CASE, id="other"), edition))
    assert keys(decided(evolve(CASE, contract="C-2"), edition)) == keys(decided(edition=edition))
    assert keys(decided(edition=edition)).items().isdisjoint(other.items())


def test_a_payment_describes_its_caps_and_the_basis_of_its_outcome() -> None:
    """For letters, the handbook and what-if."""
    assert PAYMENT.caps == (at_most_a_thousand,)
    assert PAYMENT.terms == {"taken_in_order": "compensation, refund"}
    assert PAYMENT.decides_with is half_the_damage


def test_a_cap_reduces_the_last_amounts_first() -> None:
    """1,000 are left for 951 and 100."""
    decision = decided(evolve(CASE, damage=Minor(951), total_loss=True))
    assert [each.amount for each in decision.awards] == [951, 49]
    cap_first = evolve(COVER, grants=evolve(PAYMENT, cap_priority=(AwardKind.REFUND, AwardKind.COMPENSATION)))
    assert [each.amount for each in decided(evolve(CASE, damage=Minor(2000)), cap_first).awards] == [900, 100]


def test_an_unknown_amount_is_asked_for_before_anything_is_paid() -> None:
    """From the party of the need, which belongs to the pack."""
    decision = decided(evolve(CASE, damage=None))
    assert (decision.outcome, decision.awards) == ("needs_information", ())
    assert [(each.to, each.need, each.accepts) for each in decision.requests] == [
        ("insurer", "damage", ({"/damage": ()},))
    ]


@pytest.mark.parametrize(
    ("filed_at", "matters"), [("2024-02-29T23:59:59+08:00", True), ("2024-03-01T00:00:00+08:00", False)]
)
def test_a_check_lists_what_only_an_amount_needs(filed_at: str, matters: bool) -> None:
    """Facts of the case that no clause reads. One matters as soon as it is asked for."""
    found = check(evolve(CASE, damage=None, total_loss=None, filed_at=Instant.parse(filed_at)), COVER).not_known
    assert [(each.fact, each.pointers, each.supplier, each.matters_now) for each in found] == [
        ("damage", ("/damage",), "insurer", matters),
        ("total_loss", ("/total_loss",), "insurer", False),
    ]
    assert check(CASE, COVER).not_known == ()


def test_an_unknown_amount_does_not_delay_a_refusal() -> None:
    """What a refused case would have paid does not matter."""
    late = evolve(CASE, damage=None, filed_at=Instant.parse("2024-03-01T00:00:00+08:00"))
    assert (decided(late).outcome, decided(late).requests) == ("not_covered", ())


@frozen(kw_only=True)
class Witness(Document):
    """Somebody who saw it."""

    kind: ClassVar[str] = "witness"
    submitted_by: Side  # type: ignore[assignment]


@frozen(kw_only=True)
class Picture(Document):
    """A picture of it."""

    kind: ClassVar[str] = "picture"
    submitted_by: Side  # type: ignore[assignment]


@frozen(kw_only=True)
class WitnessedCase(LossCase):
    """A loss with evidence, and with a number that has bounds."""

    dents: int | None = supplied(Side.INSURED, "How many dents there are.", default=None, bounds=COUNT)
    evidence: tuple[Witness | Picture, ...] = ()
    evidence_closes_at: Instant | None = None


WITNESS: Final = Witness(id="E1", submitted_by=Side.INSURED, submitted_at=CASE.filed_at)
WITNESSED: Final = WitnessedCase(
    **{each.name: getattr(CASE, each.name) for each in attrs.fields(LossCase)}, evidence=(WITNESS,)
)


def test_an_amount_that_can_still_be_corrected_is_waited_for() -> None:
    """Even after evidence is closed. Other unknown amounts then go to a person."""

    def half_the_damage(damage: Minor, dents: int | None) -> Minor | Repairable:
        """§ 6(1). Half the damage, once the dents are counted."""
        return share(damage, 1, 2) if dents else repairable(Need("dents", Side.INSURED), {"dents": ()}, None)

    changed = evolve(PAYMENT, pays=(Pays(AwardKind.COMPENSATION, half_the_damage, damage_due), PAYMENT.pays[1]))
    kind = a_kind(WitnessedCase, claimant=Side.INSURED, respondent=Side.INSURER)
    edition = evolve(COVER, case_kind=kind, grants=changed)
    closed = evolve(WITNESSED, evidence_closes_at=CASE.filed_at)
    assert [decided(each, edition).outcome for each in (WITNESSED, closed)] == ["needs_information"] * 2
    assert decided(evolve(closed, dents=1, damage=None), edition).outcome == "manual_review"


def test_kinds_of_award_can_share_a_step() -> None:
    """It is calculated first, and is on the ladder like every other step."""

    def the_damage(damage: Minor) -> Minor:
        """§ 6. The amount of the damage."""
        return damage

    def half_the_damage(the_damage: Minor) -> Minor:
        """§ 6(1). Half of it."""
        return share(the_damage, 1, 2)

    pays = (Pays(AwardKind.COMPENSATION, half_the_damage, damage_due),)
    shared = CasePayment(pays=pays, steps=(the_damage,), at_most=PAYMENT.at_most)
    assert [place for place, _ in shared.places()] == [
        "reckoned_from",
        "per_case.compensation",
        "per_case.compensation",
        "at_most",
    ]
    assert [
        (each.step, each.line_id, each.amount) for each in decided(edition=evolve(COVER, grants=shared)).ladder
    ] == [
        ("the_damage", None, 901),
        ("half_the_damage", None, 451),
        ("damage_due", None, 451),
        ("at_most_a_thousand", None, 1000),
    ]


def test_a_verdict_has_the_total() -> None:
    """Like the whole decision."""
    assert LOSSES.rule(COVER, CASE).total == decided().total == 551


def test_readers_recognise_a_case_by_its_settlements_that_count() -> None:
    """And by its evidence."""
    standing = paid(SettlementKind.COMPENSATION, 1)
    back = paid(SettlementKind.COMPENSATION, 2, reversed_at=CASE.as_of)
    found = LOSSES.particulars(evolve(WITNESSED, settlements=(standing, back)))
    assert (found.paid, found.documents) == ((standing,), {"E1": WITNESS})


def test_a_case_is_tried_without_evidence_and_without_payments() -> None:
    """As far as its class has them."""
    case = evolve(WITNESSED, evidence_closes_at=CASE.as_of, settlements=(paid(SettlementKind.REFUND, 1),), dents=3)
    assert a_kind(WitnessedCase).without_evidence(case) == evolve(WITNESSED, evidence=(), dents=3)
    assert LOSSES.without_evidence(evolve(CASE, settlements=case.settlements)) == CASE


def test_earlier_payments_are_supplied_by_the_platform() -> None:
    facts = a_kind(LossCase).glossary.facts
    assert {
        name: (facts[name].pointers, facts[name].supplier) for name in ("refunds", "compensations")
    } == dict.fromkeys(("refunds", "compensations"), (("/settlements",), Party.PLATFORM))


def test_a_remark_knows_whether_a_case_is_granted() -> None:
    """It is not granted while it waits for an amount."""

    def paid_out(granted: bool) -> bool:
        """§ 8. The insurer pays within a week."""
        return granted

    edition = evolve(COVER, remarks=(paid_out,))
    assert [each.code for each in decided(edition=edition).remarks] == ["paid_out"]
    assert decided(evolve(CASE, damage=None), edition).remarks == ()


def test_a_fact_is_asked_for_if_it_changes_an_amount() -> None:
    """Half of nothing is nothing, so whether anything is left does not matter then."""
    decision = decided(evolve(CASE, total_loss=None))
    assert [tuple(each.accepts[0]) for each in decision.requests] == [("/total_loss",)]
    nothing = decided(evolve(CASE, total_loss=None, damage=Minor(0)))
    assert (nothing.outcome, nothing.total, nothing.requests) == ("covered", 100, ())


def test_an_amount_that_the_rule_does_not_define_goes_to_a_person() -> None:
    def half_the_damage(damage: Minor) -> Minor | NotCovered:
        """§ 6(1). Half the damage; a person decides on a large one."""
        return for_a_person("large") if damage > 900 else damage

    changed = evolve(
        PAYMENT,
        pays=(Pays(AwardKind.COMPENSATION, half_the_damage, damage_due),),
        cap_priority=(AwardKind.COMPENSATION,),
    )
    decision = decided(CASE, evolve(COVER, grants=changed))
    assert (decision.outcome, decision.awards, decision.requests) == ("manual_review", (), ())


def test_an_amount_that_changes_with_time_is_announced() -> None:
    """The outcome stays the same, but the amount changes."""

    def half_the_damage(damage: Minor, as_of: Instant, time_to_file: Window) -> Minor:
        """§ 6(1). All of it while the month lasts, and half of it afterwards."""
        return damage if as_of in time_to_file else share(damage, 1, 2)

    pays = (Pays(AwardKind.COMPENSATION, half_the_damage, damage_due),)
    edition = evolve(COVER, grants=CasePayment(pays=pays), settings={})
    decision = decided(evolve(CASE, as_of=CASE.filed_at), edition)
    assert (decision.total, str(decision.reconsider_at)) == (901, "2024-03-01T00:00:00+08:00")
    assert decided(edition=edition).total == 451


def test_what_if_shows_the_payment_for_another_damage() -> None:
    """And who would have to state it."""
    found = what_if(evolve(CASE, damage=None), COVER)
    totals = {each.total for each in found.alternatives if each.outcome == "covered"}
    assert totals, found
    assert {by for each in found.alternatives for by in each.by} <= {"insurer", "insured"}


def test_a_number_out_of_its_bounds_is_refused() -> None:
    """Also in a field that a pack adds."""
    with pytest.raises(InputError) as raised:
        evolve(WITNESSED, dents=0)
    assert [each.pointer for each in raised.value.faults] == ["/dents"]


def test_the_metadata_of_a_case_stays_internal() -> None:
    """Outsiders never see them."""
    ours, of_a_claim = (attrs.fields_dict(each)["metadata"].metadata for each in (LossCase, Case))
    assert dict(ours) == dict(of_a_claim)
