"""Our check of replies refuses none of our own letters to claimants, and refuses them once an amount is changed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adjudicator import Decision, decide, load_case
from adjudicator.analysis.promises import Subject, Verdict
from adjudicator.engine.registry import policies
from adjudicator.explain import Voice, explain
from adjudicator.model.soundness import CaseBase
from adjudicator.replies import MOST_CHARACTERS, check_reply
from adjudicator.testing import cases
from benchmarks.__main__ import generated

EXAMPLES: Final = sorted((Path(__file__).parents[1] / "data" / "examples").glob("*.json"))
CLAIMS: Final = (
    "consumer_law.seven_day_return",
    *(f"douyin_global.{each}" for each in ("authenticity", "damage", "local_return")),
)
LOCALES: Final = ("en", "zh-CN", "zh-TW")
VOICES: Final[tuple[Voice, ...]] = ("consumer", "agent")
GENERATED: Final = 25
"""How many generated cases of each policy are written about."""
TOTAL: Final = re.compile(r"[0-9][0-9,]*(?:\.[0-9]{2})?")


def letters(decision: Decision, case: CaseBase) -> list[str]:
    """The letter to the claimant, in every language."""
    return [explain(decision, case, voice=voice, locale=locale) for voice in VOICES for locale in LOCALES]


def assert_agreed(decision: Decision, case: CaseBase) -> None:
    for letter in letters(decision, case):
        check = check_reply(letter, decision, case)
        for each in check.promises:
            may_be = {Verdict.AGREED} if each.subject is Subject.AMOUNT else {Verdict.AGREED, Verdict.CANNOT_JUDGE}
            assert each.verdict in may_be, (each.reason, letter[max(0, each.start - 60) : each.end + 60])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_letter_of_the_examples_is_agreed(example: Path) -> None:
    case = load_case(json.dumps(json.loads(example.read_text("utf-8"))["case"]))
    assert_agreed(decide(case), case)


@settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(case=st.sampled_from(CLAIMS).flatmap(cases))
def test_every_letter_of_a_claim_is_agreed(case: CaseBase) -> None:
    assert_agreed(decide(case), case)


@pytest.mark.parametrize("policy", policies())
def test_no_letter_about_a_generated_case_is_refused(policy: str) -> None:
    """What a letter quotes from a rule may be beyond judgement; the sums in letters about claims are not."""
    for text in generated(policy, GENERATED):
        case = load_case(text)
        decision = decide(case)
        for letter in letters(decision, case):
            if len(letter) > MOST_CHARACTERS:
                continue
            for each in check_reply(letter, decision, case).promises:
                near = (case.id, each.reason, letter[max(0, each.start - 60) : each.end + 60])
                assert each.verdict is not Verdict.REFUSED, near
                assert policy not in CLAIMS or each.subject is not Subject.AMOUNT or each.verdict is Verdict.AGREED, (
                    near
                )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_letter_with_another_amount_is_not_agreed(example: Path) -> None:
    """Every promised amount, one after the other, is raised by one fen."""
    case = load_case(json.dumps(json.loads(example.read_text("utf-8"))["case"]))
    decision = decide(case)
    for letter in letters(decision, case):
        for each in check_reply(letter, decision, case).promises:
            figure = TOTAL.search(each.text)
            if each.subject is not Subject.AMOUNT or figure is None:
                continue
            more = f"{float(figure.group().replace(',', '')) + 0.01:.2f}"
            changed = letter[: each.start] + each.text.replace(figure.group(), more) + letter[each.end :]
            verdict = check_reply(changed, decision, case).verdict
            is_promised = each.reason == "owed"
            assert verdict is Verdict.REFUSED if is_promised else verdict is not Verdict.AGREED, (more, letter)
