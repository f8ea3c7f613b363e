"""Who may see what in an explanation, and that a letter accuses nobody."""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import decide
from adjudicator.engine.registry import policies
from adjudicator.explain import FORMATS, READERS, explain, page_for
from adjudicator.explain.privacy import personal_at, redacted, redacted_case
from adjudicator.model.decision import Decision
from adjudicator.model.enumerations import Ground, Standard
from adjudicator.model.privacy import Personal
from adjudicator.testing import a_bar_finding, a_case, a_courier_statement, an_appraisal
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES
from documents import documents
from explanations.reading import AUTHENTICITY, DAMAGE, LETTERS, for_every_policy, many, texts_of


def marked(value: Any, category: str | None = None) -> Any:
    """A case in which every personal text names the person; equal texts stay equal, and different ones different."""
    if isinstance(value, str) and category is not None:
        return f"PERSONAL-{category}-{value.encode().hex()}"
    if isinstance(value, tuple):
        return tuple(marked(each, category) for each in value)
    if isinstance(value, dict) and category is not None:
        return {name: marked(each, category) for name, each in value.items()}
    if not attrs.has(type(value)):
        return value
    named = {
        field.name: marked(getattr(value, field.name), field.metadata.get("personal"))
        for field in attrs.fields(type(value))
    }
    return attrs.evolve(value, **named)


@for_every_policy
@many
@given(data=st.data())
def test_readers_only_see_personal_data_that_concern_them(policy: str, data: st.DataObject) -> None:
    """In every format, personal data reach only the voices that may see them."""
    case = marked(case_from(data.draw(documents(policy))))
    decision = decide(case)
    for voice, reader in READERS.items():
        for written_as in FORMATS:
            text = explain(decision, case, voice=voice, locale="en", format=written_as)
            for category in frozenset(Personal) - reader.may_see:
                assert f"PERSONAL-{category}" not in text.replace("\\", ""), (voice, category)


@for_every_policy
@many
@given(data=st.data())
def test_data_that_a_reader_may_not_see_are_removed_before_writing(policy: str, data: st.DataObject) -> None:
    """The decision and the case passed to a voice contain no such data, whether it would use them or not."""
    case = marked(case_from(data.draw(documents(policy))))
    decision = decide(case)
    for reader in READERS.values():
        left = repr((redacted(decision, type(case), reader.may_see), redacted_case(case, reader.may_see)))
        assert not [each for each in frozenset(Personal) - reader.may_see if f"PERSONAL-{each}" in left]
        assert all(f"PERSONAL-{each}" in left for each in reader.may_see if f"PERSONAL-{each}" in repr(case))


def test_each_reader_may_see_what_the_documentation_says() -> None:
    assert {voice: reader.may_see for voice, reader in READERS.items()} == {
        "consumer": {Personal.ADDRESS, Personal.WAYBILL},
        "merchant": {Personal.ADDRESS},
        "agent": frozenset(),
        "auditor": frozenset(Personal),
    }


def test_the_auditor_sees_everything() -> None:
    case = marked(a_case(DAMAGE, a_courier_statement(verified_by="Wang", files=()), metadata={"ticket": "T1"}))
    text = explain(decide(case), case, voice="auditor")
    assert {each for each in Personal if f"PERSONAL-{each}" in text} == frozenset(Personal) - {Personal.DOCUMENT}
    decision = decide(case)
    assert decision.digests is not None
    assert decision.digests.case in text
    assert decision.digests.decision in text
    for finding in decision.findings:
        assert finding.because.code in text
    for award in decision.awards:
        assert award.key in text


def test_the_consumer_learns_which_waybill_a_statement_has_to_be_for_and_the_agent_does_not() -> None:
    """The field says what is personal, the voice what it may show."""
    decision = decide(a_case(DAMAGE))
    assert "SF1234567890" in explain(decision, voice="consumer")
    assert "SF1234567890" not in explain(decision, voice="agent")


@pytest.mark.parametrize(
    ("place", "personal"),
    [
        ("/claim/claimant_id", {Personal.IDENTITY}),
        ("/order/parcels/3/waybill_no", {Personal.WAYBILL}),
        ("/evidence/0/verification", set()),
        ("/evidence/0/issuer/name", {Personal.IDENTITY}),
        ("/metadata/ticket", set(Personal)),
        ("/order/merchant/return_addresses/-/market", set()),
        ("/order/nothing_of_the_kind", set(Personal)),
        ("kind", set()),
        ("with/kind", set()),
        ("with/waybill_no", {Personal.WAYBILL}),
        ("a field of another pack", set(Personal)),
    ],
)
def test_a_place_is_as_personal_as_its_field_and_an_unknown_one_fully(place: str, personal: set[Personal]) -> None:
    case_type = policies()[AUTHENTICITY][0].case_kind.case_type
    assert personal_at(case_type, place) == personal


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("voice", LETTERS)
@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("standard", [Standard.SUSPECTED, Standard.PROVEN])
def test_a_letter_accuses_nobody(voice: Any, ground: Ground, standard: Standard, language: str) -> None:
    """A bar is described as an exclusion, by its number, and not as a suspicion against somebody."""
    case = a_case(AUTHENTICITY, an_appraisal(), a_bar_finding(ground, "E2", standard=standard))
    decision = decide(case)
    found = [text for text in texts_of(page_for(decision, case, voice=voice, locale=language)) if "DG.1.4" in text]
    if voice == "agent":
        found = list(texts_of(page_for(decision, case, voice=voice, locale=language)))
    assert found
    about_him = [text for text in found if not is_the_rule_itself(text, decision, language)]
    assert not [text for text in about_him if re.search(r"suspect|swapp|fakes|涉嫌|嫌疑|调包|掉包|指使", text)]


def is_the_rule_itself(text: str, decision: Decision, language: str) -> bool:
    """Whether a text lists for the merchant what the rule allows it to prove."""
    edition = policies()[decision.policy.id][-1]
    from adjudicator.words import words_for

    words = words_for(edition, language)
    return any(text.startswith(words.restated(clause.name)) for clause in edition.clauses)
