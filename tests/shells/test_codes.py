"""Every stable code in decisions is exported, with its text, who bears it, and what to do next."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from functools import cache

import attrs
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import adjudicator.rulebook.codes
from adjudicator import decide
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.explain import FORMATS, explained, page_for
from adjudicator.explain.codebook import codes_page
from adjudicator.kinds.claim import CLAIMS
from adjudicator.law import CaseBase, Party, Question, ReviewKind, asked_of, glossary_of
from adjudicator.model.case import Case
from adjudicator.model.claim import MerchantReply
from adjudicator.model.enumerations import ReplyDecision, Side, Verification
from adjudicator.model.facts import Failed
from adjudicator.model.finding import Effect
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant
from adjudicator.rulebook.answers import answers_of
from adjudicator.rulebook.codes import Code, Kind, code_document, codes, codes_without_words
from adjudicator.testing import a_case, a_claim, a_line, a_platform_ruling, an_order
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES, tag_of
from documents import documents

for_every_policy = pytest.mark.parametrize("policy", policies())


def by_code(policy: str, kind: Kind) -> dict[str, Code]:
    return {each.code: each for each in codes(policy) if each.kind is kind}


exported = cache(by_code)


@for_every_policy
@settings(max_examples=settings().max_examples // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_decision_gives_a_code_that_is_not_exported(policy: str, data: st.DataObject) -> None:
    """Outcomes, reasons with their effects and needs, requests with their parties, and remarks."""
    decision = decide(case_from(data.draw(documents(policy))))
    outcomes = {decision.outcome, *(line.outcome for line in getattr(decision, "lines", ()))}
    assert set(map(str, outcomes)) <= exported(policy, Kind.OUTCOME).keys()
    reasons, needs = exported(policy, Kind.REASON), exported(policy, Kind.NEED)
    for finding in decision.findings:
        reason = reasons[finding.because.code]
        assert finding.effect in reason.effects
        assert set(finding.because.params.get("needs", ())) <= set(reason.needs)
        assert finding.cites == reason.cites
    for request in decision.requests:
        assert needs[request.need].borne_by == (request.to,)
    for remark in decision.remarks:
        assert exported(policy, Kind.REMARK)[remark.code].cites == remark.cites


@for_every_policy
def test_a_code_has_a_text_in_every_language(policy: str) -> None:
    """Its meaning and, for what can change or has consequences, also what to do next and who bears it."""
    for code in codes(policy):
        for language in LANGUAGES:
            assert not re.search(r"[{}]|^$", code.text[tag_of(language)]), code
        if code.kind is Kind.REASON:
            assert code.effects, code
            assert set(code.next) == {tag_of(language) for language in LANGUAGES}, code
            assert all(code.next.values()), code
            assert code.cites, code
        if Effect.UNDECIDED in code.effects or Effect.DEFEATS in code.effects:
            assert code.borne_by, code
        assert json.loads(json.dumps(code_document(code)))["code"] == code.code


@pytest.mark.parametrize(
    ("policy", "code", "bearers", "needs"),
    [
        ("authenticity", "counterfeit_is_proven.not_proven", ("consumer",), ("counterfeit_proof",)),
        ("authenticity", "counterfeit_is_proven.found_genuine", ("consumer",), ()),
        ("authenticity", "counterfeit_is_proven.proven", ("merchant",), ()),
        ("authenticity", "claimant_caused_the_fake.suspected_only", ("platform",), ()),
        ("authenticity", "filed_on_the_authenticity_path.repairable", ("consumer",), ("refile",)),
        ("damage", "filed_within_the_damage_window.not_ripe", ("carrier",), ("signing_time",)),
        ("local_return", "merchant_names_a_local_address.no_local_address", ("merchant",), ("return_address",)),
        ("local_return", "parties_agreed.not_answered", ("merchant",), ("agreement",)),
    ],
)
def test_the_bearer_of_a_code_is_the_party_that_can_act(
    policy: str, code: str, bearers: tuple[str, ...], needs: tuple[str, ...]
) -> None:
    found = by_code(f"douyin_global.{policy}", Kind.REASON)[code]
    assert (found.borne_by, found.needs) == (bearers, needs)


def test_a_reason_handled_by_a_caller_is_not_a_reason_of_the_clause() -> None:
    """Missing proof makes the evidence inconclusive once it is closed, and never leaves that clause open itself."""
    reasons = by_code("douyin_global.authenticity", Kind.REASON)
    assert {each for each in reasons if each.startswith("evidence_is_inconclusive")} == {
        "evidence_is_inconclusive.holds",
        "evidence_is_inconclusive.fails",
        "evidence_is_inconclusive.documents_disagree",
    }


def reasons_given(clause: str, cases: Iterable[Case]) -> set[str]:
    """The reasons that a clause gives in these cases."""
    findings = (finding for case in cases for finding in decide(case).findings)
    return {each.because.code.rpartition(".")[2] for each in findings if each.clause == clause}


def reasons_listed(policy: str, clause: str) -> set[str]:
    (edition,) = policies()[policy]
    (found,) = (each for each in edition.clauses if each.name == clause)
    return {answer.reason for answer in answers_of(edition, found)}


def test_a_missing_time_is_never_a_pending_reason() -> None:
    """No other time can be tried in its place (R5), so the answer cannot depend on it."""
    completed = (None, "2022-03-26T20:00:00+08:00", "2021-11-01T20:00:00+08:00", "2022-04-02T10:00:00+08:00")
    lines = (a_line(completed_at=each and Instant.parse(each)) for each in completed)
    cases = [a_case("douyin_global.authenticity", order=an_order(each)) for each in lines]
    given = reasons_given("filed_within_ninety_days", cases)
    assert given == {"holds", "fails", "not_ripe"}
    assert given == reasons_listed("douyin_global.authenticity", "filed_within_ninety_days")


def test_a_ruling_is_never_pending() -> None:
    """Nobody is asked to verify the platform's own ruling (R29, R40), so no answer can depend on that."""
    rulings = tuple(
        a_platform_ruling(side, f"{side}-{verification}", verification=verification)
        for side in Side
        for verification in Verification
    )
    filed_at = rulings[0].submitted_at
    replies = (None, *(MerchantReply(decision=each, replied_at=filed_at) for each in ReplyDecision))
    cases = [
        a_case("douyin_global.local_return", *evidence, claim=a_claim(merchant_reply=reply))
        for reply in replies
        for evidence in [(), *((each,) for each in rulings), rulings]
    ]
    given = reasons_given("parties_agreed", cases)
    assert "pending" not in given
    assert given == reasons_listed("douyin_global.local_return", "parties_agreed") - {"fails"}


def test_a_code_is_given_since_the_first_edition_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = policies()["douyin_global.damage"]
    second = attrs.evolve(first, effective_from=dt.date(2030, 1, 1), requires=first.requires[1:])
    newest = attrs.evolve(first, effective_from=dt.date(2031, 1, 1))
    monkeypatch.setattr(adjudicator.rulebook.codes, "policies", lambda: {first.policy: (first, second, newest)})
    found = by_code(first.policy, Kind.REASON)
    assert found["damage_proof_is_usable.holds"].since == "2022-03-15"
    assert found["damage_proof_is_usable.holds"].editions == ("2022-03-15", "2030-01-01", "2031-01-01")
    gone_for_a_while = found[f"{first.requires[0].__name__}.holds"]
    assert gone_for_a_while.editions == ("2022-03-15", "2031-01-01")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_edition_has_all_its_texts(language: str) -> None:
    assert [lacking for edition in editions() for lacking in codes_without_words(edition, language)] == []


def goods_are_dear(goods_paid: Minor) -> bool | Failed:
    """XX.1. The goods cost something."""
    return goods_paid > 0 or Failed("given_away")


@pytest.mark.parametrize(
    ("language", "restatement"),
    [("en", ()), ("zh_Hans", ("rule.goods_are_dear",)), ("zh_Hant", ("rule.goods_are_dear",))],
)
def test_missing_texts_of_a_pack_are_listed(language: str, restatement: tuple[str, ...]) -> None:
    """The title, a reason, a remark's switch, a sentence left out, and a docstring only in English."""
    edition = Edition(
        policy="acme.gifts",
        article="XX.1; XX.2",
        effective_from=dt.date(2023, 1, 1),
        case_kind=CLAIMS,
        requires=(goods_are_dear,),
        settings={"generous": True},
        not_adjudicated={"XX.2": "kindness"},
    )
    lacking = ("title.acme.gifts", "reason.given_away", "setting.generous", "not_adjudicated.kindness")
    assert codes_without_words(edition, language) == (*lacking, *restatement)


def key_is_known(key_found: bool) -> bool:
    """XX.1. It is known whether the key was found."""
    return key_found


@frozen(kw_only=True)
class KeyCase(CaseBase):
    """A lost key."""

    id: str
    policy: str
    as_of: Instant
    key_found: bool | None = asked_of(Party.MERCHANT, "Whether it was found.", "lost_key")
    metadata: dict[str, str] | None = None


def about_keys() -> Edition:
    """An edition without any words."""
    return Edition(
        policy="acme.keys",
        about="Who gets a lost key back.",
        article="XX.1",
        effective_from=dt.date(2023, 1, 1),
        case_kind=ReviewKind(
            case_type=KeyCase, glossary=glossary_of(KeyCase), questions=(Question(granted="found", refused="lost"),)
        ),
        requires=(key_is_known,),
    )


def test_missing_verdicts_and_asks_are_listed_beside_their_names() -> None:
    """A verdict and an ask are sentences of their own; a name in their place reads badly."""
    lacking = (
        "outcome.found",
        "outcome.lost",
        "verdict.found",
        "verdict.lost",
        "need.lost_key",
        "ask.lost_key",
        "fact.key_found",
    )
    assert codes_without_words(about_keys(), "en") == ("title.acme.keys", *lacking)


def test_a_title_that_is_a_sentence_stands_within_one_in_a_letter() -> None:
    """Without words for it, it is the first line of the policy file; the full stop is the letter's."""
    case, edition = KeyCase(id="1", policy="acme.keys", as_of=Instant(0), key_found=True), about_keys()
    page = page_for(decide(case, edition), case, voice="consumer", locale="en", edition=edition)
    text = "".join(FORMATS["text"]([page]))
    assert "one rule only: Who gets a lost key back. Your legal rights" in text


def test_a_policy_that_is_not_installed_has_no_codes() -> None:
    with pytest.raises(KeyError):
        codes("acme.returns")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_codes_names_them_all(language: str) -> None:
    text = "".join(explained([codes_page(codes(), language)], "text"))
    assert all(code.code in text for code in codes())
