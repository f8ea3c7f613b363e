"""A plan computes the same facts as general evaluation, and gives up if annotations are wrong."""

from __future__ import annotations

import ast
import builtins
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given

from adjudicator import InputError
from adjudicator.engine.branches import Branches
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.findings import findings_source
from adjudicator.engine.inspection import attributes_read
from adjudicator.engine.judgement import JudgedEarlier, judge
from adjudicator.engine.moment_plan import moment_source
from adjudicator.engine.plan import (
    clause_source,
    evaluate_ahead,
    evaluate_next,
    judge_clauses,
    remarks_made_at_once,
    remarks_source,
    source_next,
)
from adjudicator.engine.plan_text import Planned, plan_text
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for, editions, policies
from adjudicator.engine.sameness import same
from adjudicator.engine.vocabulary import missing
from adjudicator.kinds.claim import CLAIMS, Payment, Pays, claimed_lines
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.kinds.conduct import ConductKind
from adjudicator.kinds.conduct_judgement import judged_conduct
from adjudicator.model.award import AwardKind
from adjudicator.model.facts import EvidencePool, Fact, Glossary, Need, Open, Party, Pending, Stated
from adjudicator.model.source import Source
from adjudicator.model.time import DAY, Instant
from adjudicator.testing import Json, a_case, a_line, an_order, case_documents
from adjudicator.wire.codec import case_from
from documents import ONE_OF_OTHER_KINDS
from test_bytes import without_each

CLAIM_POLICIES: Final = tuple(
    name for name, group in policies().items() if group[0].case_kind.case_type is CLAIMS.case_type
)
SEAL: Final = Need("seal", Party.MERCHANT)


def agree(some: Facts, others: Facts, names: Iterable[str]) -> None:
    """Check that two sets of facts are equal, unknown ones included."""
    names = tuple(names)
    assert [name for name in names if not same(some[name], others[name])] == []
    assert some.unsettled.intersection(names) == others.unsettled.intersection(names)
    assert some.unknown == others.unknown


def judged_both_ways(edition: Edition, subject: Any, known: Mapping[str, Any] | None = None) -> tuple[Facts, Facts]:
    """The facts of a subject by a plan, and by general evaluation."""
    planned, general = Facts(edition, subject), Facts(edition, subject)
    for facts in (planned, general):
        facts.update(known or {})
    judge_clauses(edition, planned, closed=False)
    general.read()
    general.evaluate(edition.judged_always)
    return planned, general


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


def edition_of(*requires: Callable[..., Any], facts: tuple[Callable[..., Any], ...] = ()) -> Edition:
    """An edition of claims with these clauses."""
    return Edition(
        policy="acme.boxes",
        article="AB.1",
        effective_from=dt.date(2020, 1, 1),
        case_kind=CLAIMS,
        settings={"least": 4},
        facts=facts,
        requires=requires,
    )


def line_of(quantity: int) -> Any:
    """A claimed line of so many units."""
    (line,) = claimed_lines(a_case("acme.boxes", order=an_order(a_line(quantity=quantity))))
    return line


@pytest.mark.parametrize("quantity", [1, 2, 3])
@pytest.mark.parametrize(
    "edition",
    [
        edition_of(box_is_whole, facts=(sealed,)),
        edition_of(box_is_said_to_be_whole, facts=(said_to_be_sealed,)),
        edition_of(enough_voices, all_voices, facts=(voices,)),
    ],
    ids=["open", "wrongly annotated", "a pool"],
)
def test_editions_of_ones_own_are_judged_alike_both_ways(edition: Edition, quantity: int) -> None:
    """With something open, pending, or returned against the annotation."""
    agree(*judged_both_ways(edition, line_of(quantity)), edition.always)


def test_open_and_pending_facts_reach_a_plan() -> None:
    """Otherwise the agreement above would prove nothing."""
    open_one, pool = edition_of(box_is_whole, facts=(sealed,)), edition_of(enough_voices, facts=(voices,))
    assert type(judged_both_ways(open_one, line_of(2))[0]["box_is_whole"]) is Open
    assert type(judged_both_ways(pool, line_of(2))[0]["enough_voices"]) is Branches
    assert judged_both_ways(pool, line_of(1))[0]["enough_voices"] is False


@pytest.mark.parametrize("others", [(), (box_is_whole,)], ids=["alone", "beside one that may be open"])
def test_a_plan_gives_up_if_a_value_contradicts_its_annotation(others: tuple[Callable[..., Any], ...]) -> None:
    """General evaluation then computes all facts, and nothing of the plan remains."""
    edition = edition_of(box_is_said_to_be_whole, *others, facts=(said_to_be_sealed, sealed))
    plan, facts = clause_source(edition).made("plan"), Facts(edition, line_of(2))
    assert plan(facts, False) is False
    assert "said_to_be_sealed" not in facts
    assert plan(Facts(edition, line_of(1)), False)


def test_a_clause_is_not_called_with_a_value_that_contradicts_its_annotation() -> None:
    """Even if it would not mind."""

    def heedless(said_to_be_sealed: bool) -> bool:
        """R9. Whether anything is said."""
        return said_to_be_sealed is not None

    edition = edition_of(heedless, facts=(said_to_be_sealed,))
    assert [type(judge(edition, line_of(quantity)).answers[0]) for quantity in (1, 2)] == [bool, Open]


@pytest.mark.parametrize("evaluate", [evaluate_ahead, evaluate_next])
def test_a_plan_for_more_gives_up_if_a_value_that_is_there_contradicts_its_annotation(
    evaluate: Callable[[Edition, Facts, tuple[str, ...]], None],
) -> None:
    """No function is called with what it does not expect."""

    def repaired(said_to_be_sealed: bool) -> bool:
        """R9. Whether it need not be repaired."""
        return said_to_be_sealed is True

    edition = edition_of(box_is_said_to_be_whole, facts=(said_to_be_sealed, repaired))
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

    edition = evolve(edition_of(clause, facts=(sealed, said_to_be_sealed)), remarks=(nothing_to_repair,))
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

    edition = edition_of(counted, facts=(nothing,))
    facts = Facts(edition, line_of(1))
    judge_clauses(edition, facts, closed=False)
    assert facts["nothing"] is None
    evaluate_ahead(edition, facts, ("counted", "nothing"))
    evaluate_ahead(edition, facts, ())
    assert calls == [1, 2]


def names_in(source: Source) -> tuple[set[str], set[str]]:
    """The names that a plan uses, and those that there are."""
    names = [each for each in ast.walk(ast.parse(source.text)) if isinstance(each, ast.Name)]
    stored = {each.id for each in names if isinstance(each.ctx, ast.Store)} | {
        "facts",
        "line_id",
        "closed",
        "judgement",
        "moment",
        "pointers",
    }
    return {each.id for each in names}, stored | source.values.keys() | vars(builtins).keys()


def added_by(source: Source) -> set[str]:
    """The facts that a plan adds in the end."""
    return set(re.findall(r"^    there\['(\w+)'\] = ", source.text, re.MULTILINE))


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: f"{edition.policy} {edition.name}")
def test_a_plan_can_be_read(edition: Edition) -> None:
    """It is Python, calls each function, names only what there is, and adds only facts that are not there before."""
    clauses = clause_source(edition)
    assert [node.name for node in edition.judged_always if f" = call_{node.name}(" not in clauses.text] == []
    sources = [clauses, *([remarks_source(edition)] if edition.remarks else []), findings_source(edition)]
    if isinstance(edition.grants, Planned):
        sources += edition.grants.plans(edition)
    for source in sources:
        used, known = names_in(source)
        assert used <= known
        assert added_by(source).isdisjoint(edition.case_kind.outcome_facts)
    assert added_by(clauses) == set(edition.always)
    others = [each for source in sources[1:] for each in added_by(source)]
    assert set(edition.always).isdisjoint(others)


def test_all_plans_of_an_edition_are_printed_with_their_titles() -> None:
    """The one for remarks only if there are any."""
    edition = policies()["douyin_global.damage"][-1]
    for each in (edition, evolve(edition, remarks=())):
        of, payment = f"{each.policy} {each.name}", each.grants
        assert isinstance(payment, Payment)
        sources = {
            f"the plan of {of}, revision {each.revision}": clause_source(each),
            **{source.title: source for source in payment.plans(each)},
            **({f"the plan of the remarks, {of}": remarks_source(each)} if each.remarks else {}),
            f"the plan for later moments of {of}, revision {each.revision}": moment_source(each),
            f"the findings of {of}, revision {each.revision}": findings_source(each),
        }
        assert [*plan_text(each)] == [f"# {title}\n{source.text}" for title, source in sources.items()]
    assert edition.remark_names


PAYING_POLICIES: Final = tuple(name for name in CLAIM_POLICIES if isinstance(policies()[name][-1].grants, Payment))


@pytest.mark.parametrize("policy", PAYING_POLICIES)
def test_the_plan_of_a_payment_is_titled_with_the_functions_that_it_calls(policy: str) -> None:
    """In order: those for the units, for each line and for the order, ceilings included."""
    edition = policies()[policy][-1]
    payment = edition.grants
    assert isinstance(payment, Payment)
    for_lines = (*payment.steps, *[function for pays in payment.per_line for function in pays.functions()])
    for_order = (*[function for pays in payment.per_order for function in pays.functions()], *payment.at_most)
    plans = [source for source in payment.plans(edition) if source.title.startswith("the plan of ")]
    for source, functions in zip(plans, ((payment.units,), for_lines, for_order), strict=True):
        named = ", ".join([function.__name__ for function in functions])
        assert source.title == f"the plan of {named}, {edition.policy} {edition.name}"


def test_what_is_granted_without_a_calculation_has_no_plan() -> None:
    """As permission to send goods back."""
    edition = policies()["douyin_global.local_return"][-1]
    titles = [text.splitlines()[0] for text in plan_text(edition)]
    of, revision = f"{edition.policy} {edition.name}", edition.revision
    assert not isinstance(edition.grants, Planned)
    assert titles[0] == f"# the plan of {of}, revision {revision}"
    assert titles[-2] == f"# the plan for later moments of {of}, revision {revision}"
    assert source_next(edition, ("market", "programme")).title == f"the plan of market, programme, {of}"


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

    def price(sold: int) -> int:
        """R3. What both are calculated from."""
        calls.append("price")
        return 100 * sold

    def refund(price: int) -> int:
        """R4. For the line."""
        return price

    def postage(price: int, refund: int) -> int:
        """R5. For the order."""
        return price + refund

    payment = Payment(
        units=sold,
        steps=(price,),
        per_line=(Pays(AwardKind.REFUND, refund, refund),),
        per_order=(Pays(AwardKind.POSTAGE, postage, postage),),
        at_most=(),
        cap_priority=(AwardKind.REFUND, AwardKind.POSTAGE),
    )
    edition = evolve(edition_of(is_sold), grants=payment)
    decision = CLAIMS.decide(edition, line_of(2).case)
    assert [(each.kind, each.amount) for each in decision.awards] == [("refund", 200), ("postage", 400)]
    assert calls == ["sold", "price"]


def test_a_plan_evaluates_nothing_the_general_way_while_everything_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with evidence, if none of it is pending, and also what is asked for later."""
    edition = edition_of(enough_voices, all_voices, facts=(voices, sealed))
    expected = judged_both_ways(edition, line_of(1))[1]
    for general in ("evaluate", "evaluate_unsettled"):
        monkeypatch.setattr(Facts, general, None)
    facts = Facts(edition, line_of(1))
    judge_clauses(edition, facts, closed=False)
    evaluate_ahead(edition, facts, ("sealed",))
    assert [facts[name] for name in edition.always] == [expected[name] for name in edition.always]
    assert facts["sealed"] is True


def of_another(_: Any, *, other: Any = None) -> Any:
    """What belongs to something else than it is given."""
    return other.case


@pytest.mark.parametrize(
    ("function", "path"),
    [
        (lambda at: at.case.as_of, "case.as_of"),
        (lambda at: at.line, "line"),
        (lambda at: at, None),
        (lambda _: 1, None),
        (lambda at: at.case.as_of + 1, None),
        (lambda at: at.documents(), None),
        (lambda _: Party.MERCHANT.value, None),
        (lambda at, _: at.case, None),
        (of_another, None),
        (len, None),
    ],
)
def test_a_plan_takes_an_attribute_without_a_call(function: Callable[..., Any], path: str | None) -> None:
    """Only from functions that do nothing but take it from their argument."""
    assert attributes_read(function) == path
    assert "the_postage_paid = subject.case.order.postage_paid" in "".join(
        plan_text(policies()["douyin_global.damage"][-1])
    )


def number_of_seals(at: ClaimedLine) -> int:
    """Always seven, whatever the line says."""
    return 7 if at.line.quantity else 0


def seven_seals(number_of_seals: int) -> bool:
    """R5. Whether there are seven."""
    return number_of_seals == 7


@pytest.mark.parametrize(
    ("stated", "is_read"),
    [
        (None, True),
        (Stated(number_of_seals, "line.quantity"), False),
        (Stated(number_of_seals, "line.title"), True),
        (Stated(len, "line.quantity"), True),
    ],
    ids=["not stated", "stated", "nothing there", "stated for another function"],
)
def test_a_plan_takes_a_fact_where_it_is_stated(stated: Stated | None, is_read: bool) -> None:
    """Unless nothing is there, or another function has taken the place of the one for which it is stated."""
    fact = Fact(number_of_seals, stated=stated)
    facts = {**CLAIMS.glossary.facts, fact.name: fact}
    kind = evolve(CLAIMS, glossary=Glossary(facts))
    edition = evolve(edition_of(all_voices, facts=(voices,)), facts=(), requires=(seven_seals,), case_kind=kind)
    order = an_order(evolve(a_line(quantity=2), title=None))
    (line,) = claimed_lines(a_case("acme.boxes", order=order))
    assert judge(edition, line).answers == (is_read,)


# Later moments


@pytest.mark.parametrize("days", [1, 30, 200])
def test_a_subject_judged_the_same_later_has_the_same_answers(days: int) -> None:
    """A different answer, or the end of the time for evidence, is never considered the same."""
    case = a_case("douyin_global.authenticity")
    closing = evolve(case, claim=evolve(case.claim, evidence_closes_at=Instant(case.as_of + 20 * DAY)))
    for each in (case, closing):
        edition = edition_for(each)
        (line,) = claimed_lines(each)
        judgement = judge(edition, line)
        moment = Instant(each.as_of + days * DAY)
        anew = judge(edition, line.at_moment(moment))
        if not [*JudgedEarlier(judgement).unlike([moment], line.at_moment)]:
            assert (anew.answers, anew.effects, anew.closed) == (
                judgement.answers,
                judgement.effects,
                judgement.closed,
            )
        else:
            assert (anew.answers, anew.closed) != (judgement.answers, judgement.closed)


def test_grants_are_decisive_too() -> None:
    """An amount can depend on the moment even if no clause does. What only the clauses ask for matters through them."""
    decisive = policies()["douyin_global.authenticity"][0].decisive
    assert {
        "approved_units",
        "goods_price",
        "counterfeit_proof",
        "counterfeit_is_proven",
        "requested_at_most",
    } <= decisive
    assert decisive.isdisjoint({"as_of", "evidence_closed", "goods_paid"})
