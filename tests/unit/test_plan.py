"""A plan computes the same facts as general evaluation, and gives up if annotations are wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given

from adjudicator import InputError
from adjudicator.engine.branches import Branches
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import judge
from adjudicator.engine.plan import clause_source, evaluate_ahead, evaluate_next, judge_clauses, remarks_made_at_once
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for, policies
from adjudicator.engine.standing import following
from adjudicator.engine.vocabulary import missing
from adjudicator.kinds.claim import CLAIMS, Payment, Pays, claimed_lines
from adjudicator.kinds.conduct import ConductKind
from adjudicator.kinds.conduct_judgement import judged_conduct
from adjudicator.model.award import AwardKind
from adjudicator.model.facts import EvidencePool, Need, Open, Party, Pending
from adjudicator.model.money import Minor
from adjudicator.model.source import Source
from adjudicator.testing import Json, a_case, a_line, an_order, case_documents
from adjudicator.wire.codec import case_from
from both_ways import agree, judged_both_ways
from documents import ONE_OF_OTHER_KINDS
from little_editions import little_edition
from test_bytes import without_each

CLAIM_POLICIES: Final = tuple(
    name for name, group in policies().items() if group[0].case_kind.case_type is CLAIMS.case_type
)
SEAL: Final = Need("seal", Party.MERCHANT)


def check_case(case: Any, edition: Edition) -> None:
    """Check that both ways judge every subject of a case the same."""
    if isinstance(edition.case_kind, ConductKind):
        for judgement in judged_conduct(edition, case).judgements():
            known = {name: judgement.facts[name] for name in ("acts_found",) if name in judgement.facts}
            agree(*judged_both_ways(judgement.edition, judgement.subject, known), judgement.edition.always)
        return
    for subject in edition.case_kind.subjects(case):
        part = edition.case_kind.part_for(edition, subject)
        agree(*judged_both_ways(part, subject), part.always)


@pytest.mark.parametrize("policy", CLAIM_POLICIES)
def test_claims_are_judged_alike_both_ways(policy: str) -> None:
    """Whatever is known; amounts and remarks too."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        edition = edition_for(case)
        check_case(case, edition)
        for line in claimed_lines(case):
            planned, general = (judge(edition, line).facts for _ in range(2))
            for facts in (planned, general):
                facts.update({"approved_units": 1, "denied": False, "barred": False})
            made = [name for name in edition.remark_names if general[name] is True]
            assert edition.remarks == () or [node.name for node in remarks_made_at_once(edition, planned) or ()] == made

    check()


@pytest.mark.parametrize("document", ONE_OF_OTHER_KINDS.values(), ids=ONE_OF_OTHER_KINDS)
def test_other_cases_are_judged_alike_both_ways(document: Json) -> None:
    """With each part unknown. Conduct is judged by parts of an edition, each of which counts as one."""
    for changed in (document, *without_each(document)):
        try:
            case = case_from(changed)
        except InputError:
            continue
        check_case(case, edition_for(case))


# Editions for these tests


def sealed(line_quantity: int) -> bool | Open:
    """R1. Open for two units, as the annotation says."""
    return missing(SEAL, {"line_quantity": ()}) if line_quantity == 2 else line_quantity == 1


def said_to_be_sealed(line_quantity: int) -> bool:
    """R1. The same, but the annotation denies it."""
    return sealed(line_quantity)  # type: ignore[return-value]  # that it is wrong is what is tested


def box_is_whole(sealed: bool) -> bool:
    """R2. Whether it is sealed."""
    return sealed


def box_is_said_to_be_whole(said_to_be_sealed: bool) -> bool:
    """R2. Whether it is said to be sealed."""
    return said_to_be_sealed


def voices(line_quantity: int) -> EvidencePool[int]:
    """R3. One that counts, and with two units one that is pending."""
    pending = (Pending(5, (missing(SEAL, {"line_quantity": ()}).asks)),) if line_quantity == 2 else ()
    return EvidencePool((3,), pending)


def enough_voices(voices: tuple[int, ...], least: int) -> bool:
    """R3. Whether there are enough that count."""
    return sum(voices) > least


def all_voices(voices: EvidencePool[int]) -> bool:
    """R4. Whether all are heard, pending ones included."""
    return len(voices.standing) + len(voices.pending) < 3


def line_of(quantity: int) -> Any:
    """A claimed line of so many units."""
    (line,) = claimed_lines(a_case("test.policy", order=an_order(a_line(quantity=quantity))))
    return line


@pytest.mark.parametrize("quantity", [1, 2, 3])
@pytest.mark.parametrize(
    "edition",
    [
        little_edition(box_is_whole, facts=(sealed,)),
        little_edition(box_is_said_to_be_whole, facts=(said_to_be_sealed,)),
        little_edition(enough_voices, all_voices, facts=(voices,), least=4),
    ],
    ids=["open", "wrongly annotated", "a pool"],
)
def test_editions_of_ones_own_are_judged_alike_both_ways(edition: Edition, quantity: int) -> None:
    """With something open, pending, or returned against the annotation."""
    agree(*judged_both_ways(edition, line_of(quantity)), edition.always)


def test_open_and_pending_facts_reach_a_plan() -> None:
    """Otherwise the agreement above would prove nothing."""
    open_one, pool = (
        little_edition(box_is_whole, facts=(sealed,)),
        little_edition(enough_voices, facts=(voices,), least=4),
    )
    assert type(judged_both_ways(open_one, line_of(2))[0]["box_is_whole"]) is Open
    assert type(judged_both_ways(pool, line_of(2))[0]["enough_voices"]) is Branches
    assert judged_both_ways(pool, line_of(1))[0]["enough_voices"] is False


@pytest.mark.parametrize("others", [(), (box_is_whole,)], ids=["alone", "beside one that may be open"])
def test_a_plan_gives_up_if_a_value_contradicts_its_annotation(others: tuple[Callable[..., Any], ...]) -> None:
    """General evaluation then computes all facts, and nothing of the plan remains."""
    edition = little_edition(box_is_said_to_be_whole, *others, facts=(said_to_be_sealed, sealed))
    plan, facts = clause_source(edition).made("plan"), Facts(edition, line_of(2))
    assert plan(facts, False) is False
    assert "said_to_be_sealed" not in facts
    assert plan(Facts(edition, line_of(1)), False)


def test_a_clause_is_not_called_with_a_value_that_contradicts_its_annotation() -> None:
    """Even if it would not mind."""

    def heedless(said_to_be_sealed: bool) -> bool:
        """R9. Whether anything is said."""
        return said_to_be_sealed is not None

    edition = little_edition(heedless, facts=(said_to_be_sealed,))
    assert [type(judge(edition, line_of(quantity)).answers[0]) for quantity in (1, 2)] == [bool, Open]


@pytest.mark.parametrize("evaluate", [evaluate_ahead, evaluate_next])
def test_a_plan_for_more_gives_up_if_a_value_that_is_there_contradicts_its_annotation(
    evaluate: Callable[[Edition, Facts, tuple[str, ...]], None],
) -> None:
    """No function is called with what it does not expect."""

    def repaired(said_to_be_sealed: bool) -> bool:
        """R9. Whether it need not be repaired."""
        return said_to_be_sealed is True

    edition = little_edition(box_is_said_to_be_whole, facts=(said_to_be_sealed, repaired))
    facts = Facts(edition, line_of(2))
    judge_clauses(edition, facts, closed=False)
    assert facts.unsettled == {"said_to_be_sealed", "box_is_said_to_be_whole"}
    evaluate(edition, facts, ("repaired",))
    assert type(facts["repaired"]) is Open


@pytest.mark.parametrize("clause", [box_is_said_to_be_whole, box_is_whole], ids=["there before", "new"])
def test_the_plan_of_remarks_gives_up_if_a_value_contradicts_its_annotation(clause: Callable[..., Any]) -> None:
    """General evaluation then finds which remarks are made."""

    def nothing_to_repair(said_to_be_sealed: bool) -> bool:
        """R9. Whether anything is said."""
        return said_to_be_sealed is not None

    edition = evolve(little_edition(clause, facts=(sealed, said_to_be_sealed)), remarks=(nothing_to_repair,))
    made = []
    for quantity in (1, 2):
        facts = Facts(edition, line_of(quantity))
        judge_clauses(edition, facts, closed=False)
        made.append(remarks_made_at_once(edition, facts))
    assert made == [(edition.nodes["nothing_to_repair"],), False]


def test_no_function_is_called_twice() -> None:
    """Facts requested early use what is already computed."""
    calls: list[int] = []

    def counted(line_quantity: int) -> bool:
        """R1. Counts its calls."""
        calls.append(line_quantity)
        return True

    def nothing(line_quantity: int) -> int | None:
        """R2. Counts its calls too, and has no value."""
        calls.append(line_quantity + 1)
        return None

    edition = little_edition(counted, facts=(nothing,))
    facts = Facts(edition, line_of(1))
    judge_clauses(edition, facts, closed=False)
    assert facts["nothing"] is None
    evaluate_ahead(edition, facts, ("counted", "nothing"))
    evaluate_ahead(edition, facts, ())
    assert calls == [1, 2]


def test_a_plan_of_many_facts_that_follow_from_each_other_is_written_in_no_time() -> None:
    """Each is looked at once, though there are more ways through them than can be counted."""
    source = Source("facts that follow from the two before them")
    names = ["line_quantity", "line_quantity", *[f"fact_{number}" for number in range(60)]]
    for one, other, name in zip(names, names[1:], names[2:], strict=False):
        params = ", ".join(f"{each}: int" for each in dict.fromkeys((one, other)))
        source.add(f"def {name}({params}) -> int:", '    """R1. As much as both."""', f"    return {one} + {other}")

    def is_much(fact_59: int) -> bool:
        """R2. Whether it is more than before."""
        return fact_59 > 1

    edition = little_edition(is_much, facts=tuple(map(source.made, names[2:])))
    assert judge(edition, line_of(1)).answers == (True,)
    assert edition.clauses[0].reads == ("line_quantity",)


def test_what_an_order_shares_with_its_lines_is_not_calculated_again() -> None:
    """The plan for a line takes the units, and the plan for the order what the plan for the first line has left."""
    calls: list[str] = []

    def is_sold(line_quantity: int) -> bool:
        """R1. Whether there is any."""
        return line_quantity > 0

    def sold(line_quantity: int) -> int:
        """R2. The units."""
        calls.append("sold")
        return line_quantity

    def price(sold: int) -> Minor:
        """R3. What both are calculated from."""
        calls.append("price")
        return Minor(100 * sold)

    def refund(price: Minor) -> Minor:
        """R4. For the line."""
        return price

    def postage(price: Minor, refund: Minor) -> Minor:
        """R5. For the order."""
        return Minor(price + refund)

    payment = Payment(
        units=sold,
        steps=(price,),
        per_line=(Pays(AwardKind.REFUND, refund, refund),),
        per_order=(Pays(AwardKind.POSTAGE, postage, postage),),
        at_most=(),
        cap_priority=(AwardKind.REFUND, AwardKind.POSTAGE),
    )
    edition = evolve(little_edition(is_sold), grants=payment)
    decision = CLAIMS.decide(edition, line_of(2).case)
    assert [(each.kind, each.amount) for each in decision.awards] == [("refund", 200), ("postage", 400)]
    assert calls == ["sold", "price"]


def test_a_plan_evaluates_nothing_the_general_way_while_everything_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with evidence, if none of it is pending, and also what is asked for later."""
    edition = little_edition(enough_voices, all_voices, facts=(voices, sealed), least=4)
    expected = judged_both_ways(edition, line_of(1))[1]
    for general in ("evaluate", "evaluate_unsettled"):
        monkeypatch.setattr(Facts, general, None)
    facts = Facts(edition, line_of(1))
    answers = tuple(expected[clause.name] for clause in edition.clauses)
    assert judge_clauses(edition, facts, closed=False) == (answers, following(edition, answers, closed=False))
    evaluate_ahead(edition, facts, ("sealed",))
    assert [facts[name] for name in edition.always] == [expected[name] for name in edition.always]
    assert facts["sealed"] is True
