"""If a decision needs something from the claimant, the server asks for input. The answer becomes evidence, and the case is decided again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import mcp_types as types
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError

from adjudicator import decide, load_case
from adjudicator.engine.registry import edition_behind
from adjudicator.mcp.deciding import MOST_ANSWERS, QUESTION
from adjudicator.mcp.forms import entered, form_for
from adjudicator.store import DecisionStore
from adjudicator.words import ENGLISH, words_for
from agents.talking import ROOT, called, content, example, talk, text_of

FLAT: Final = {"string", "boolean", "integer", "number", "array"}
REPORT: Final[dict[str, Any]] = {
    "kind": "appraisal_report",
    "issuer/role": "brand_owner",
    "brand": "Lumière",
    "conclusion": "counterfeit",
}
THE_RIGHT_WAY: Final = {
    "/claim/filed_through": "order_page",
    "/claim/reason": "counterfeit",
    "/claim/demands": ["tenfold_compensation"],
}
EXAMPLES: Final = sorted(
    (*(ROOT / "tests" / "data" / "examples").glob("*.json"), *(ROOT / "policies").glob("*/examples/*.json"))
)


def accepting(
    *answers: dict[str, Any],
) -> tuple[Callable[[Any], types.ElicitResult], list[types.ElicitRequestFormParams]]:
    """A client that fills in forms with these answers in turn and then declines, and the list of forms it received."""
    asked: list[types.ElicitRequestFormParams] = []
    left = list(answers)

    def fill_in(params: Any) -> types.ElicitResult:
        asked.append(params)
        return (
            types.ElicitResult(action="accept", content=left.pop(0)) if left else types.ElicitResult(action="decline")
        )

    return fill_in, asked


def test_an_answer_is_entered_and_the_case_decided_again(record: DecisionStore) -> None:
    fill_in, asked = accepting(THE_RIGHT_WAY)
    result = called(record, "decide", {"case": example("authenticity-wrong-reason")}, answers=fill_in)
    assert text_of(result) == "Outcome: approved. Payable now: CNY 2,861.00."
    assert content(result)["case"]["claim"]["reason"] == "counterfeit"
    assert [each.message for each in asked] == [
        (
            "The consumer is asked to file the claim again, the right way. It concerns line L1. "
            "It can be sent in until midnight at the end of 1 July 2022 (Beijing time)."
        )
    ]


def test_the_claimants_proof_is_unverified_evidence(record: DecisionStore) -> None:
    fill_in, _ = accepting(REPORT)
    result = called(record, "decide", {"case": example("authenticity-no-proof-yet")}, answers=fill_in)
    (report,) = content(result)["case"]["evidence"]
    assert (report["submitted_by"], report["verification"], report["line_ids"]) == ("consumer", "unverified", ["L1"])
    assert text_of(result).endswith("Still needed: verification from the platform.")


def test_an_answer_against_the_claimant_is_judged_as_well(record: DecisionStore) -> None:
    """The form does not suggest an answer: it offers every conclusion that a report can have."""
    fill_in, asked = accepting({**REPORT, "conclusion": "inconclusive"})
    result = called(record, "decide", {"case": example("authenticity-no-proof-yet")}, answers=fill_in)
    offered = [each["const"] for each in asked[0].requested_schema["properties"]["conclusion"]["oneOf"]]
    assert offered == ["counterfeit", "not_original", "genuine", "inconclusive"]
    assert text_of(result).endswith("Still needed: counterfeit_proof from the consumer.")
    assert len(asked) == 2


def test_without_an_answer_the_decision_stays_the_same(record: DecisionStore) -> None:
    fill_in, asked = accepting()
    case = example("authenticity-no-proof-yet")
    result = called(record, "decide", {"case": case}, answers=fill_in)
    assert (len(asked), "case" in content(result)) == (1, False)
    assert text_of(result).endswith("Still needed: counterfeit_proof from the consumer.")


def test_a_client_of_an_earlier_protocol_gets_the_decision_without_forms(record: DecisionStore) -> None:
    fill_in, asked = accepting(REPORT)
    case = example("authenticity-no-proof-yet")
    result = called(record, "decide", {"case": case}, answers=fill_in, mode="legacy")
    assert asked == []
    assert text_of(result).endswith("Still needed: counterfeit_proof from the consumer.")


def test_a_case_with_nothing_to_ask_is_decided_at_once(record: DecisionStore) -> None:
    fill_in, asked = accepting()
    assert not called(record, "decide", {"case": example("authenticity-documents-disagree")}, answers=fill_in).is_error
    assert asked == []


def test_the_case_is_recorded_once_with_its_answers(record: DecisionStore) -> None:
    arguments = {"case": example("authenticity-wrong-reason"), "idempotency_key": "key-2"}
    first = content(called(record, "decide_on_record", arguments, answers=accepting(THE_RIGHT_WAY)[0]))
    second = content(called(record, "decide_on_record", arguments, answers=accepting(THE_RIGHT_WAY)[0]))
    assert (first["decision"]["outcome"], first["id"], second["repeat"]) == ("approved", second["id"], True)
    assert json.loads(record.case(first["id"]).content)["claim"]["reason"] == "counterfeit"


@pytest.mark.parametrize(
    "answer",
    [
        {"verification": "verified"},
        {"kind": "appraisal_report", "conclusion": "of course"},
        {"kind": "platform_ruling"},
        {"/claim/claimant_id": "somebody else"},
    ],
)
def test_an_answer_that_the_form_does_not_hold_is_refused(record: DecisionStore, answer: dict[str, Any]) -> None:
    fill_in, _ = accepting(answer)
    result = called(record, "decide", {"case": example("authenticity-no-proof-yet")}, answers=fill_in)
    assert result.is_error
    assert content(result)["problem"]["errors"]


def test_what_an_answer_leaves_out_is_asked_for_again_with_what_it_has(record: DecisionStore) -> None:
    fill_in, asked = accepting({"kind": "appraisal_report", "brand": "Lumière"}, REPORT)
    result = called(record, "decide", {"case": example("authenticity-no-proof-yet")}, answers=fill_in)
    (report,) = content(result)["case"]["evidence"]
    assert (report["conclusion"], report["issuer"]["role"]) == ("counterfeit", "brand_owner")
    first, again = asked
    assert again.message == f"{first.message} Still missing in the answer: issued by and conclusion."
    members = again.requested_schema["properties"]
    kept = {name: each["default"] for name, each in members.items() if "default" in each}
    assert kept == {"kind": "appraisal_report", "brand": "Lumière"}
    assert members.keys() == first.requested_schema["properties"].keys()


def test_the_rest_of_an_answer_completes_it(record: DecisionStore) -> None:
    fill_in, asked = accepting({"kind": "appraisal_report"}, {"issuer/role": "brand_owner", "conclusion": "genuine"})
    result = called(record, "decide", {"case": example("authenticity-no-proof-yet")}, answers=fill_in)
    (report,) = content(result)["case"]["evidence"]
    assert (report["kind"], report["conclusion"]) == ("appraisal_report", "genuine")
    assert len(asked) <= 3


def test_who_never_completes_an_answer_gets_the_decision_as_it_stands(record: DecisionStore) -> None:
    fill_in, asked = accepting(*[{"kind": "appraisal_report"}] * 20)
    result = called(record, "decide", {"case": example("authenticity-no-proof-yet")}, answers=fill_in)
    assert len(asked) == MOST_ANSWERS
    assert content(result)["case"]["evidence"] == []
    assert text_of(result).endswith("Still needed: counterfeit_proof from the consumer.")


def test_a_state_that_was_tampered_with_is_refused(record: DecisionStore) -> None:
    """Nothing is kept between calls: the answers travel with the client, signed."""
    arguments = {"case": example("authenticity-no-proof-yet")}
    accepted: Any = {QUESTION: types.ElicitResult(action="accept", content=REPORT)}

    async def tamper(client: Client) -> str:
        asked = await client.session.call_tool("decide", arguments, allow_input_required=True)
        assert isinstance(asked, types.InputRequiredResult)
        assert asked.request_state
        with pytest.raises(MCPError) as raised:
            await client.session.call_tool(
                "decide", arguments, input_responses=accepted, request_state="[]", allow_input_required=True
            )
        answered = await client.session.call_tool(
            "decide", arguments, input_responses=accepted, request_state=asked.request_state, allow_input_required=True
        )
        assert isinstance(answered, types.CallToolResult)
        return str(raised.value)

    assert talk(record, tamper, answers=accepting()[0])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_form_is_flat_and_can_be_filled_in(path: Any) -> None:
    """For every request in every example, no matter who is asked: the form has one level, and some answer makes a valid case."""
    document = json.loads(path.read_text("utf-8"))
    case = load_case(json.dumps(document.get("case", document)))
    decision = decide(case)
    words = words_for(edition_behind(decision.policy), ENGLISH)
    for party in {each.to for each in decision.requests}:
        form = form_for(case, decision, party, words)
        if form is None:
            continue
        assert {each["type"] for each in form.schema["properties"].values()} <= FLAT
        assert "verification" not in form.schema["properties"] or party == "platform"
        assert all(each["title"] for each in form.schema["properties"].values())
        assert entered(case, form, {}) == case
