"""Cases of a pack's own kind that are judged as a whole and pay money: awards, steps, keys, caps, and what is not known of an amount."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, ClassVar, Final

import attrs
import pytest
from attrs import evolve, frozen

from adjudicator import decide, dump_decision
from adjudicator.analysis.whatif import what_if
from adjudicator.law import (
    COUNT,
    AwardKind,
    CaseBase,
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
    PolicyError,
    Repairable,
    ReviewKind,
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
from adjudicator.model.enumerations import SettlementKind, Submitter
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
    premium_back,
    premium_due,
)


def decided(case: LossCase = CASE, edition: Edition = COVER) -> PaymentDecision:
    """What the edition makes of a case."""
    decision = decide(case, edition)
    assert isinstance(decision, PaymentDecision)
    return decision


def paid(kind: SettlementKind, amount: int, **changes: Any) -> Settlement:
    """Something that was paid before."""
    return Settlement(kind=kind, amount=Minor(amount), **changes)


def keys(decision: PaymentDecision) -> dict[AwardKind, str]:
    """The keys of the awards."""
    return {each.kind: each.key for each in decision.awards}


def a_kind(case_type: type[LossCase], **changes: Any) -> PaymentKind:
    """Losses that are told in a class of their own."""
    return PaymentKind(
        case_type=case_type, glossary=glossary_of(case_type), questions=LOSSES.questions, currency="EUR", **changes
    )


def test_a_case_that_is_granted_pays_and_says_how_that_came_about() -> None:
    """Filed on the last day of a month that has no 31st: half of 901, rounded up, and the premium."""
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


def test_it_survives_json_where_its_pack_is_not_installed() -> None:
    """In the shape that awards of claims have."""
    decision = decided()
    assert load_decision(dump_decision(decision)) == decision


def test_what_was_paid_before_is_taken_off_and_moves_the_key_of_its_kind_alone() -> None:
    """What was taken back is not taken off, and moves the key all the same."""
    first = decided()
    second = decided(evolve(CASE, id="loss-2", settlements=(paid(SettlementKind.COMPENSATION, 400),)))
    assert [(each.amount, each.entitled, each.settled) for each in second.awards] == [(51, 451, 400), (100, 100, 0)]
    assert keys(first)[AwardKind.REFUND] == keys(second)[AwardKind.REFUND]
    assert keys(first)[AwardKind.COMPENSATION] != keys(second)[AwardKind.COMPENSATION]
    back = paid(SettlementKind.COMPENSATION, 400, reversed_at=CASE.as_of)
    third = decided(evolve(CASE, settlements=(back,)))
    assert third.awards[0].amount == 451
    assert len({keys(each)[AwardKind.COMPENSATION] for each in (first, third)}) == 2


def test_what_was_refunded_before_is_taken_off_the_refund() -> None:
    again = decided(evolve(CASE, settlements=(paid(SettlementKind.REFUND, 40),)))
    assert {each.kind: (each.amount, each.settled) for each in again.awards} == {
        AwardKind.COMPENSATION: (451, 0),
        AwardKind.REFUND: (60, 40),
    }


def test_a_key_is_published_so_that_a_payer_can_calculate_it() -> None:
    """SHA-256 over the policy, what is paid for, the kind and what was settled before, as canonical JSON."""
    basis = '{"kind":"compensation","line":null,"paid_for":["C-1"],"policy":"zz.cover","settled_before":400}'
    again = decided(evolve(CASE, settlements=(paid(SettlementKind.COMPENSATION, 400),)))
    assert keys(again)[AwardKind.COMPENSATION] == sha256(basis.encode()).hexdigest()


def test_the_key_is_that_of_the_thing_paid_for() -> None:
    """Another case about the same contract has the same keys, another contract others."""
    assert keys(decided(evolve(CASE, id="other"))) == keys(decided())
    assert keys(decided(evolve(CASE, contract="C-2"))).items().isdisjoint(keys(decided()).items())


def test_a_case_is_the_thing_paid_for_unless_its_pack_names_another() -> None:
    """Two cases about one contract are then two things."""
    edition = evolve(COVER, case_kind=a_kind(LossCase))
    other = keys(decided(evolve(CASE, id="other"), edition))
    assert keys(decided(evolve(CASE, contract="C-2"), edition)) == keys(decided(edition=edition))
    assert keys(decided(edition=edition)).items().isdisjoint(other.items())


def test_a_payment_says_what_it_caps_in_which_order_and_what_the_outcome_rests_on() -> None:
    """For letters, the handbook and what-if."""
    assert PAYMENT.caps == (at_most_a_thousand,)
    assert PAYMENT.terms == {"taken_in_order": "compensation, refund"}
    assert PAYMENT.decides_with is half_the_damage


def test_a_cap_cuts_from_the_end() -> None:
    """1,000 are left for 951 and 100."""
    decision = decided(evolve(CASE, damage=Minor(951), total_loss=True))
    assert [each.amount for each in decision.awards] == [951, 49]
    cap_first = evolve(COVER, grants=evolve(PAYMENT, cap_priority=(AwardKind.REFUND, AwardKind.COMPENSATION)))
    assert [each.amount for each in decided(evolve(CASE, damage=Minor(2000)), cap_first).awards] == [900, 100]


def test_an_amount_that_is_not_known_is_asked_for_before_anything_is_paid() -> None:
    """From the party of the need, which is one of the pack's own."""
    decision = decided(evolve(CASE, damage=None))
    assert (decision.outcome, decision.awards) == ("needs_information", ())
    assert [(each.to, each.need, each.accepts) for each in decision.requests] == [
        ("insurer", "damage", ({"/damage": ()},))
    ]


def test_an_amount_that_is_not_known_holds_up_no_refusal() -> None:
    """What a refused case would have paid does not matter."""
    late = evolve(CASE, damage=None, filed_at=Instant.parse("2024-03-01T00:00:00+08:00"))
    assert (decided(late).outcome, decided(late).requests) == ("not_covered", ())


@frozen(kw_only=True)
class Witness(Document):
    """Somebody who saw it."""

    kind: ClassVar[str] = "witness"


@frozen(kw_only=True)
class WitnessedCase(LossCase):
    """A loss with evidence, and with a number that has bounds."""

    dents: int | None = supplied(Side.INSURED, "How many dents there are.", default=None, bounds=COUNT)
    evidence: tuple[Witness, ...] = ()
    evidence_closes_at: Instant | None = None


WITNESS: Final = Witness(id="E1", submitted_by=Submitter.CONSUMER, submitted_at=CASE.filed_at)
WITNESSED: Final = WitnessedCase(
    **{each.name: getattr(CASE, each.name) for each in attrs.fields(LossCase)}, evidence=(WITNESS,)
)


def test_an_amount_that_somebody_can_still_put_right_is_waited_for() -> None:
    """Also once evidence is closed, when nothing else is: then a person has to say what is not known."""

    def half_the_damage(damage: Minor, dents: int | None) -> Minor | Repairable:
        """§ 6(1). Half the damage, once the dents are counted."""
        return share(damage, 1, 2) if dents else repairable(Need("dents", Side.INSURED), {"dents": ()}, None)

    changed = evolve(PAYMENT, pays=(Pays(AwardKind.COMPENSATION, half_the_damage, damage_due), PAYMENT.pays[1]))
    edition = evolve(COVER, case_kind=a_kind(WitnessedCase), grants=changed)
    closed = evolve(WITNESSED, evidence_closes_at=CASE.filed_at)
    assert [decided(each, edition).outcome for each in (WITNESSED, closed)] == ["needs_information"] * 2
    assert decided(evolve(closed, dents=1, damage=None), edition).outcome == "manual_review"


def test_kinds_of_award_can_share_a_step() -> None:
    """It is taken first, and its amount is on the ladder like every other."""

    def the_damage(damage: Minor) -> Minor:
        """§ 6. What the damage comes to."""
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


def test_a_verdict_tells_the_total() -> None:
    """As the whole decision does."""
    assert LOSSES.rule(COVER, CASE).total == decided().total == 551


def test_readers_recognise_a_case_by_what_stands_of_what_was_paid() -> None:
    """And by its evidence."""
    standing = paid(SettlementKind.COMPENSATION, 1)
    back = paid(SettlementKind.COMPENSATION, 2, reversed_at=CASE.as_of)
    told = LOSSES.particulars(evolve(WITNESSED, settlements=(standing, back)))
    assert (told.paid, told.documents) == ((standing,), {"E1": WITNESS})


def test_a_case_is_tried_without_its_evidence_and_without_what_was_paid() -> None:
    """As far as its class has them."""
    case = evolve(WITNESSED, evidence_closes_at=CASE.as_of, settlements=(paid(SettlementKind.REFUND, 1),), dents=3)
    assert a_kind(WitnessedCase).without_evidence(case) == evolve(WITNESSED, evidence=(), dents=3)
    assert LOSSES.without_evidence(evolve(CASE, settlements=case.settlements)) == CASE


def test_what_was_paid_is_a_fact_of_the_platforms() -> None:
    facts = a_kind(LossCase).glossary.facts
    assert {
        name: (facts[name].pointers, facts[name].supplier) for name in ("refunds", "compensations")
    } == dict.fromkeys(("refunds", "compensations"), (("/settlements",), Party.PLATFORM))


def test_a_remark_knows_whether_a_case_is_granted() -> None:
    """It is not while it waits for an amount."""

    def paid_out(granted: bool) -> bool:
        """§ 8. The insurer pays within a week."""
        return granted

    edition = evolve(COVER, remarks=(paid_out,))
    assert [each.code for each in decided(edition=edition).remarks] == ["paid_out"]
    assert decided(evolve(CASE, damage=None), edition).remarks == ()


def test_what_turns_only_an_amount_is_asked_for_and_what_turns_none_is_not() -> None:
    """Half of nothing is nothing, whether or not anything is left."""
    decision = decided(evolve(CASE, total_loss=None))
    assert [tuple(each.accepts[0]) for each in decision.requests] == [("/total_loss",)]
    nothing = decided(evolve(CASE, total_loss=None, damage=Minor(0)))
    assert (nothing.outcome, nothing.total, nothing.requests) == ("covered", 100, ())


def test_an_amount_that_the_rule_does_not_say_goes_to_a_person() -> None:
    def half_the_damage(damage: Minor) -> Minor | NotCovered:
        """§ 6(1). Half the damage, of which a person must say what it is where it is large."""
        return for_a_person("large") if damage > 900 else damage

    changed = evolve(
        PAYMENT,
        pays=(Pays(AwardKind.COMPENSATION, half_the_damage, damage_due),),
        cap_priority=(AwardKind.COMPENSATION,),
    )
    decision = decided(CASE, evolve(COVER, grants=changed))
    assert (decision.outcome, decision.awards, decision.requests) == ("manual_review", (), ())


def test_an_amount_that_changes_with_time_is_announced() -> None:
    """The outcome stays; what is paid does not."""

    def half_the_damage(damage: Minor, as_of: Instant, time_to_file: Window) -> Minor:
        """§ 6(1). All of it while the month lasts, and half of it afterwards."""
        return damage if as_of in time_to_file else share(damage, 1, 2)

    pays = (Pays(AwardKind.COMPENSATION, half_the_damage, damage_due),)
    edition = evolve(COVER, grants=CasePayment(pays=pays), settings={})
    decision = decided(evolve(CASE, as_of=CASE.filed_at), edition)
    assert (decision.total, str(decision.reconsider_at)) == (901, "2024-03-01T00:00:00+08:00")
    assert decided(edition=edition).total == 451


def test_what_if_tells_what_another_damage_would_pay() -> None:
    """And who would have to say so."""
    found = what_if(evolve(CASE, damage=None), COVER)
    totals = {each.total for each in found.alternatives if each.outcome == "covered"}
    assert totals, found
    assert {by for each in found.alternatives for by in each.by} <= {"insurer", "insured"}


def test_a_sum_that_cannot_have_been_paid_is_refused() -> None:
    with pytest.raises(InputError) as raised:
        evolve(CASE, settlements=(paid(SettlementKind.REFUND, -1), paid(SettlementKind.REFUND, 1, line_id="L1")))
    assert [each.pointer for each in raised.value.faults] == ["/settlements/0/amount", "/settlements/1/line_id"]
    with pytest.raises(InputError) as raised:
        evolve(CASE, settlements=(paid(SettlementKind.REFUND, 1, reversed_at=Instant(CASE.as_of + 1)),))
    assert [each.pointer for each in raised.value.faults] == ["/settlements/0/reversed_at"]


def test_a_number_out_of_its_bounds_is_refused() -> None:
    """Also in a field that a pack adds."""
    with pytest.raises(InputError) as raised:
        evolve(WITNESSED, dents=0)
    assert [each.pointer for each in raised.value.faults] == ["/dents"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pays": (), "cap_priority": ()}, "^a CasePayment pays each kind of award once, and at least one$"),
        ({"pays": PAYMENT.pays[:1] * 2}, "^a CasePayment pays each kind of award once, and at least one$"),
        (
            {"cap_priority": (AwardKind.REFUND,)},
            "^the cap_priority of a CasePayment names each kind of award that it pays once$",
        ),
        (
            {
                "pays": (Pays(AwardKind.TAX, premium_back, premium_due, units=premium_back),),
                "cap_priority": (AwardKind.TAX,),
            },
            "^a case that is judged as a whole has no units for tax$",
        ),
    ],
)
def test_a_payment_that_cannot_be_made_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        evolve(PAYMENT, **changes)


def test_the_metadata_of_a_case_that_pays_stay_inside_as_those_of_a_claim_do() -> None:
    """Nobody outside the house is told of them."""
    ours, of_a_claim = (attrs.fields_dict(each)["metadata"].metadata for each in (LossCase, Case))
    assert dict(ours) == dict(of_a_claim)


def test_a_kind_that_cannot_say_what_was_paid_is_refused() -> None:
    with pytest.raises(PolicyError, match="CaseBase is not a PaymentCase"):
        evolve(LOSSES, case_type=CaseBase)


def test_a_review_that_pays_is_refused() -> None:
    """Loudly, when the edition is made."""
    review = ReviewKind(case_type=LossCase, glossary=LOSSES.glossary, questions=LOSSES.questions)
    with pytest.raises(PolicyError, match="ReviewKind cannot grant a CasePayment"):
        evolve(COVER, case_kind=review)
