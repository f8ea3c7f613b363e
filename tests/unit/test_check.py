"""A check lists what a case lacks, with the requests of its decision, and decides nothing."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, Instant, check, decide
from adjudicator.analysis.check import Check, EvidenceUse, NotKnown, Use, check_document
from adjudicator.cli import main
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Conclusion, IssuerRole, Submitter, Verification
from adjudicator.model.evidence import OtherEvidence
from adjudicator.testing import (
    FILED_AT,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_package_photo,
    a_parcel,
    an_appraisal,
    an_order,
    case_documents,
)
from adjudicator.wire.codec import case_document, case_from, decision_document
from adjudicator.wire.pointer import at, put
from admissions import IN_ORDER
from documents import OF_OTHER_KINDS, documents

ADMISSION: Final = "douyin_alliance.admission"
AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
EXAMPLES: Final = {
    path.stem: json.loads(path.read_text("utf-8"))["case"]
    for path in sorted((Path(__file__).parents[1] / "data" / "examples").glob("*.json"))
}
STARTS: Final = (("L1", "2022-03-21"), ("L2", "2022-03-26"))
LATER: Final = Instant.parse("2022-04-30T00:00:00+08:00")

for_every_policy = pytest.mark.parametrize("policy", policies())


def admission(**shop: Any) -> Any:
    """A valid admission case with changes to some fields of the shop."""
    return case_from({**IN_ORDER, "shop": {**IN_ORDER["shop"], **shop}})


def not_known(case: Case) -> dict[str, bool]:
    """The unknown facts of a case with one claimed line, and whether each matters now."""
    return {each.fact: each.matters_now for each in check(case).not_known}


def uses(case: Case) -> dict[str, Use]:
    """The use of each piece of evidence in a case with one claimed line."""
    return {each.evidence_id: each.use for each in check(case).evidence}


# What holds for every case


@for_every_policy
@given(data=st.data())
def test_what_is_asked_for_is_what_the_decision_asks_for(policy: str, data: st.DataObject) -> None:
    """The requests are exactly those of the decision, and the digest of the case is the same."""
    case = case_from(data.draw(documents(policy)))
    found, decision = check(case), decide(case)
    assert found.requests == decision.requests
    assert (found.case_id, found.as_of, found.policy) == (decision.case_id, decision.as_of, decision.policy)


@for_every_policy
@given(data=st.data())
def test_what_is_not_known_is_null_in_the_case(policy: str, data: st.DataObject) -> None:
    """Each listed place is empty; supplier and reason are those in the policy; each is listed once."""
    case = case_from(data.draw(documents(policy)))
    document, found, edition = case_document(case), check(case).not_known, policies()[policy][-1]
    read = {name for clause in edition.clauses for name in clause.reads}
    for each in found:
        assert each.fact in read
        assert each.supplier == edition.case_kind.glossary.facts[each.fact].supplier
        assert each.pointers
        assert [pointer for pointer in each.pointers if not is_null(document, pointer)] == []
    assert len({(each.line_id, each.fact) for each in found}) == len(found)


def is_null(document: Any, pointer: str) -> bool:
    """Whether a place, or something that contains it, is null."""
    while pointer:
        parent = pointer.rpartition("/")[0]
        if at(document, parent) is not None:
            return at(document, pointer) is None
        pointer = parent
    return False


OF_NO_FACT: Final = ("incident_time",)
"""Needs without a fact in any clause: the time of an act is compared with earlier findings for the case as a whole."""


@for_every_policy
@given(data=st.data())
def test_what_a_request_asks_to_fill_in_is_not_known_and_matters(policy: str, data: st.DataObject) -> None:
    """An empty place, outside documents, that an answer would fill is listed as a fact that matters now."""
    case = case_from(data.draw(documents(policy)))
    document, found = case_document(case), check(case)
    for request in (each for each in found.requests if each.evidence_id is None and each.need not in OF_NO_FACT):
        for place in (place for accepted in request.accepts for place in accepted):
            if place.startswith("/") and "/-/" not in place and is_null(document, place):
                (shown,) = (
                    each for each in found.not_known if each.line_id == request.line_id and place in each.pointers
                )
                assert shown.matters_now
                assert shown.due_at == request.due_at
    asked_of = {request.line_id for request in found.requests}
    assert {each.line_id for each in found.not_known if each.matters_now} <= asked_of


@pytest.mark.parametrize("policy", [policy for policy in policies() if policy not in OF_OTHER_KINDS])
@given(data=st.data())
def test_every_piece_of_evidence_is_accounted_for(policy: str, data: st.DataObject) -> None:
    """All are listed in the order of the case; those asked about are pending, and unread ones have no line."""
    case = case_from(data.draw(case_documents(policy)))
    found = check(case)
    assert list(dict.fromkeys(each.evidence_id for each in found.evidence)) == [each.id for each in case.evidence]
    asked_about = {(each.line_id, each.evidence_id) for each in found.requests if each.evidence_id is not None}
    pending = {(each.line_id, each.evidence_id) for each in found.evidence if each.use is Use.PENDING}
    assert asked_about <= pending
    assert all((each.line_id is None) is (each.use is Use.UNREAD) for each in found.evidence)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_check_shows_nothing_of_the_decision_but_requests(name: str) -> None:
    """No outcome and no amount, even in the texts."""
    found = check_document(check(case_from(EXAMPLES[name])))
    assert found.keys() == {
        "case_id",
        "as_of",
        "policy",
        "currency",
        "requests",
        "not_known",
        "evidence",
        "requirements",
        "evidence_closed_at",
        "file_anew_until",
        "complete",
    }
    decided = decision_document(decide(case_from(EXAMPLES[name])))
    assert found["requests"] == decided["requests"]
    written = json.dumps({**found, "case_id": ""})
    assert not re.search("outcome|award|approved|denied|amount|total|ladder|key", written)


# What is missing


def test_a_case_that_lacks_nothing() -> None:
    """If everything is known and the proof counts, the check lists nothing else."""
    found = check(a_case(AUTHENTICITY, an_appraisal()))
    assert (found.requests, found.not_known) == ((), ())
    assert found.evidence == (EvidenceUse("E1", "L1", Use.CARRIES),)


def test_a_fact_that_matters_is_listed_with_its_supplier_and_deadline() -> None:
    """The success of the transaction starts the period, so its time is asked for until evidence closes."""
    case = a_case(
        AUTHENTICITY,
        an_appraisal(),
        order=an_order(a_line(completed_at=None)),
        claim=a_claim(evidence_closes_at=LATER),
    )
    place = "/order/lines/0/completed_at"
    assert check(case).not_known == (NotKnown("L1", "completed_at", (place,), "platform", True, LATER),)
    (request,) = check(case).requests
    assert (request.to, request.need, request.due_at) == ("platform", "completion_time", LATER)


@pytest.mark.parametrize(
    ("filed_at", "matters"), [("2022-03-27T09:30:00+08:00", False), ("2022-03-28T09:30:00+08:00", True)]
)
def test_a_fact_matters_only_where_it_makes_a_difference(filed_at: str, matters: bool) -> None:
    """The category makes no difference 15 hours after signing, but does after 39 hours."""
    filed = Instant.parse(filed_at)
    photo = a_damage_photo(submitted_at=filed)
    case = a_case(DAMAGE, photo, order=an_order(a_line(category=None)), claim=a_claim(filed_at=filed), as_of=filed)
    assert not_known(case) == {"category": matters}
    assert bool(check(case).requests) is matters


def test_nothing_matters_any_more_where_the_claim_cannot_succeed() -> None:
    """A claim filed by somebody else fails whatever the programme was, so nobody is asked for that."""
    merchant = attrs.evolve(an_order().merchant, programme=None)
    case = a_case(
        AUTHENTICITY, an_appraisal(), order=an_order(merchant=merchant), claim=a_claim(claimant_id="somebody else")
    )
    assert not_known(case) == {"programme": False}
    assert check(case).requests == ()


def test_each_parcel_without_a_signing_time_is_named() -> None:
    """Of two parcels with the line, the one without a known signing time."""
    order = an_order(parcels=(a_parcel(), a_parcel(signed_at=None), a_parcel("L1", waybill_no="W2")))
    (found,) = check(a_case(DAMAGE, a_damage_photo(), order=order)).not_known
    assert (found.fact, found.pointers, found.supplier) == ("signings", ("/order/parcels/1/signed_at",), "carrier")


def test_what_is_not_stated_is_not_always_unknown() -> None:
    """Without a closing time evidence is not closed, and nothing is missing."""
    assert "evidence_closed" not in not_known(a_case(AUTHENTICITY))
    assert not_known(a_case(AUTHENTICITY, order=an_order(a_line(brand=None)))) == {"line_brand": False}


def test_missing_addresses_are_unknown_and_an_empty_list_is_known() -> None:
    """An absent list is unknown; an empty list is known."""
    for addresses, found in ((None, {"return_addresses": True}), ((), {})):
        merchant = attrs.evolve(an_order().merchant, return_addresses=addresses)
        case = a_case(LOCAL_RETURN, order=an_order(merchant=merchant))
        assert not_known(case) == found
        assert [request.need for request in check(case).requests] == ["return_address"]


def test_each_claimed_line_is_checked_by_itself() -> None:
    """Facts missing for one line are not asked for the other."""
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(a_line("L1"), a_line("L2", badges=None)))
    assert [(each.line_id, each.fact) for each in check(case).not_known] == [("L2", "badges")]


def test_a_fact_of_the_whole_order_matters_for_the_lines_that_ask_for_it() -> None:
    """The programme is unknown. One of two lines is too late, so only the other waits for it."""
    late, in_time = (a_line(name, completed_at=Instant.parse(f"{day}T00:00:00Z")) for name, day in STARTS)
    merchant = attrs.evolve(an_order().merchant, programme=None)
    filed = Instant.parse("2022-06-21T00:00:00Z")
    case = a_case(
        AUTHENTICITY,
        an_appraisal(),
        order=an_order(late, in_time, merchant=merchant),
        claim=a_claim(ClaimItem(line_id="L1", quantity=1), ClaimItem(line_id="L2", quantity=1), filed_at=filed),
        as_of=filed,
    )
    assert [(each.line_id, each.fact, each.matters_now) for each in check(case).not_known] == [
        ("L1", "programme", False),
        ("L2", "programme", True),
    ]


def test_an_admission_is_checked_in_the_same_way() -> None:
    """A case without lines, evidence or closing has unknown facts like any other."""
    found = check(admission(shop_score=None, penalties=None, controller_shops={"grave_danger": False}))
    assert [(each.fact, each.pointers, each.matters_now) for each in found.not_known] == [
        ("shop_score", ("/shop/shop_score",), True),
        ("penalties", ("/shop/penalties",), True),
        ("serious_penalty_elsewhere", ("/shop/controller_shops/listed_serious_penalty",), True),
    ]
    assert found.evidence == ()
    assert {each.line_id for each in found.not_known} == {None}


def test_a_penalty_is_not_something_unknown() -> None:
    """A list of objects without ids is known too."""
    imposed = [{"rule": "other", "imposed_at": "2024-07-01T00:00:00+08:00"}]
    assert check(admission(penalties=imposed)).not_known == ()


# What evidence does


def test_a_document_that_has_to_be_verified_is_pending() -> None:
    """It may count later, so its verification is asked for."""
    case = a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED))
    assert uses(case) == {"E1": Use.PENDING}
    assert [(each.need, each.evidence_id) for each in check(case).requests] == [("verification", "E1")]


def test_a_document_is_pending_even_after_evidence_is_closed() -> None:
    """Once evidence is closed nothing is asked for, but an unverified document stays pending."""
    case = a_case(
        AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED), claim=a_claim(evidence_closes_at=FILED_AT)
    )
    assert check(case).requests == ()
    assert uses(case) == {"E1": Use.PENDING}


def test_no_finding_names_evidence_that_does_not_count() -> None:
    """Rejected, edited or about another brand: it was read, but no finding rests on it."""
    rejected = an_appraisal("E1", verification=Verification.REJECTED)
    another_brand = an_appraisal("E2", brand="Aurélie")
    assert uses(a_case(AUTHENTICITY, rejected, another_brand)) == {"E1": Use.UNNAMED, "E2": Use.UNNAMED}
    edited, used = a_damage_photo("E1", edited=True), a_damage_photo("E2")
    assert uses(a_case(DAMAGE, edited, used)) == {"E1": Use.UNNAMED, "E2": Use.CARRIES}


def test_what_no_clause_reads_is_unread() -> None:
    """Evidence of a kind that the policy does not know, or about a line that is not claimed."""
    chat = OtherEvidence(
        id="E1", submitted_by=Submitter.CONSUMER, submitted_at=FILED_AT, line_ids=(), description="chat"
    )
    not_claimed = an_appraisal("E2", line_ids=("L2",))
    parcel = a_package_photo("E3")
    order = an_order(a_line("L1"), a_line("L2"))
    case = a_case(AUTHENTICITY, chat, not_claimed, parcel, order=order, claim=a_claim())
    assert check(case).evidence == tuple(EvidenceUse(each, None, Use.UNREAD) for each in ("E1", "E2", "E3"))


def test_what_a_person_has_to_judge_carries() -> None:
    """Two documents that disagree, and one by somebody whom the rule does not name."""
    case = a_case(AUTHENTICITY, an_appraisal("E1"), an_appraisal("E2", conclusion=Conclusion.GENUINE))
    assert uses(case) == {"E1": Use.CARRIES, "E2": Use.CARRIES}
    doubtful = attrs.evolve(an_appraisal().issuer, role=IssuerRole.OTHER)
    assert uses(a_case(AUTHENTICITY, an_appraisal(issuer=doubtful))) == {"E1": Use.CARRIES}


# The command


class Result:
    """The result of a run of the command."""

    def __init__(self, status: int, out: bytes, err: bytes) -> None:
        self.status = status
        self.text = out.decode()
        self.err = err.decode()

    @property
    def lines(self) -> list[Any]:
        """What it wrote, as one JSON document a line."""
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Result]:
    """Run the command in this process with some documents, one per line, as standard input."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str, given: tuple[Any, ...] = ()) -> Result:
        lines = b"\n".join(json.dumps(each).encode() for each in given)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
        capsysbinary.readouterr()
        status = main(arguments)
        return Result(status, *capsysbinary.readouterr())

    return run


WAITING: Final = EXAMPLES["authenticity-unverified-report"]
FAULTY: Final = {**WAITING, "as_of": "tomorrow", "extra": 1}


def test_json_is_one_line_for_each_case(run: Callable[..., Result]) -> None:
    """Valid cases give status 0, even if something is missing."""
    given = (WAITING, IN_ORDER, EXAMPLES["damage-category-unknown-at-30-hours"])
    result = run("check", "-", "--format", "json", given=given)
    assert (result.status, result.err) == (0, "")
    assert result.lines == [json.loads(json.dumps(check_document(check(case_from(each))))) for each in given]


def test_faults_are_reported_as_by_decide(run: Callable[..., Result]) -> None:
    """An invalid case gives status 2, with the same record and lines as from ``decide``."""
    for cases in ((FAULTY,), ()):
        for output in ("text", "json"):
            checked = run("check", "-", "--format", output, given=cases)
            decided = run("decide", "-", "--format", output, given=cases)
            assert checked.status == 2
            assert (checked.status, checked.text, checked.err) == (decided.status, decided.text, decided.err)
    checked, decided = (
        run(command, "-", "--format", "json", given=(WAITING, FAULTY)) for command in ("check", "decide")
    )
    assert checked.status == decided.status == 2
    assert checked.lines[1] == decided.lines[1]
    assert checked.err == "adjudicator check: 1 of 2 invalid\n"


def test_a_missing_file_is_a_fault(run: Callable[..., Result], tmp_path: Path) -> None:
    """One line and status 2, as from ``decide``."""
    assert run("check", str(tmp_path / "nothing.json")).status == 2
    assert run("check").status == 2
    assert run("check", "--nonsense").status == 2


def test_a_bug_is_status_1(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other error ends in one line."""

    def broken(case: Any) -> Check:
        raise RuntimeError(case.id)

    monkeypatch.setattr("adjudicator.cli.commands.check.check_case", broken)
    result = run("check", "-", given=(WAITING,))
    assert (result.status, result.text) == (1, "")
    assert result.err.startswith("adjudicator check: internal error")


def test_a_page_says_what_is_missing(run: Callable[..., Result]) -> None:
    """Needs first, then other unknown facts, then evidence without effect."""
    document = json.loads(json.dumps(WAITING))
    put(document, "/order/merchant/programme", "domestic")
    put(document, "/order/lines/0/brand", None)
    put(document, "/evidence/0/verification", "rejected")
    document["evidence"].append(
        {"id": "E9", "kind": "other", "submitted_by": "consumer", "submitted_at": document["as_of"], "line_ids": [],
         "description": "chat"}
    )  # fmt: skip
    result = run("check", "-", given=(document,))
    assert (result.status, result.err) == (0, "")
    assert result.text.splitlines() == [
        "Sound, and nothing is needed now",
        "Case authenticity-unverified-report as at 20 May 2022, 12:00 Beijing time",
        "douyin_global.authenticity, edition 2022-03-15, revision 2",
        "",
        "Evidence for line L1",
        "  ✗ an appraisal report (nothing helps this line): cannot be used",
        "    document E1 · cannot be used: it was rejected",
        "  • an official finding (nothing helps this line): missing",
        "",
        "Not known, and not asked for as things stand",
        "  • the brand of the goods (the platform) · line L1 · /order/lines/0/brand",
        "",
        "Handed in, but no finding names it: it does not count, or only supports another",
        "piece",
        "  • document E1 · line L1",
        "",
        "Handed in, but no clause reads it, or it is about no claimed line",
        "  • document E9",
    ]


def test_a_page_is_words_in_every_language(run: Callable[..., Result]) -> None:
    """Requests read as in a decision, also in Chinese."""
    english = run("check", "-", given=(WAITING,))
    assert english.text.splitlines()[0] == "Sound, but something is needed"
    assert "→ From the platform: the verification of what was handed in · document E1" in english.text
    chinese = run("check", "-", "--locale", "zh-CN", given=(WAITING, FAULTY))
    assert chinese.text.splitlines()[0] == "内容无误，但尚需补充"
    assert "✗ 第 2 行有误" in chinese.text
    assert not re.search(r"check\.|need\.|fact\.", chinese.text)


@for_every_policy
@given(data=st.data())
def test_no_case_ends_in_an_error(policy: str, data: st.DataObject) -> None:
    """What can be decided can be checked, and vice versa."""
    document = data.draw(documents(policy))
    put(
        document, data.draw(st.sampled_from(["/as_of", "/id", "/metadata"])), data.draw(st.sampled_from(["", None, {}]))
    )
    try:
        case = case_from(document)
    except InputError:
        return
    assert check_document(check(case))["case_id"] == decide(case).case_id
