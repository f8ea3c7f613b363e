"""Letters say what was paid and what can still be done, and nothing that others have to do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import attrs
import pytest
from rich.console import Console

from adjudicator import decide
from adjudicator.analysis.check import check
from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.pages.decisions import decision_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.cli.pages.policies import policies_page
from adjudicator.engine.registry import policies
from adjudicator.explain import READERS, explain, explained, page_for
from adjudicator.explain.agent import MOST
from adjudicator.explain.page import Items, Page, Paragraph, Table
from adjudicator.model.case import Case
from adjudicator.model.enumerations import Channel, SettlementKind, Verification
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant
from adjudicator.testing import (
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_settlement,
    an_appraisal,
    an_order,
)
from adjudicator.words import LANGUAGES, words_for

AUTHENTICITY = "douyin_global.authenticity"
DAMAGE = "douyin_global.damage"
NOON = Instant.parse("2022-03-27T12:00:00+08:00")


def paid_in_full(claim_id: str | None = "A1") -> Case:
    """A case that is decided again after full payment, on the morning of the 28th of March."""
    case = a_case(AUTHENTICITY, an_appraisal())
    settled_at = Instant.parse("2022-03-28T09:30:00+08:00")
    paid = [
        a_settlement(
            each.amount, SettlementKind(each.kind), line_id=each.line_id, settled_at=settled_at, claim_id=claim_id
        )
        for each in decide(case).awards
    ]
    later = Instant.parse("2022-03-29T12:00:00+08:00")
    return a_case(AUTHENTICITY, an_appraisal(), settlements=paid, as_of=later)


@pytest.mark.parametrize("voice", ["consumer", "merchant"])
def test_after_paying_a_letter_says_what_was_paid_and_when(voice: Any) -> None:
    case = paid_in_full()
    decision = decide(case)
    letter = explain(decision, case, voice=voice)
    assert not decision.awards
    assert "We have already paid CNY 2,861.00 under this claim:" in letter
    assert "Compensation, 面霜 50ml (line L1): CNY 2,590.00, paid on 28 March 2022." in letter
    assert "nothing more to pay" not in letter


def test_after_paying_the_agent_says_what_was_paid_and_when() -> None:
    case = paid_in_full()
    assert "We have already paid you 2,861 yuan, most recently on 28 March 2022." in explain(
        decide(case), case, voice="agent"
    )


@pytest.mark.parametrize("dated", [0, 1])
def test_what_may_still_be_on_its_way_is_not_described_as_paid(dated: int) -> None:
    """A payout that is reserved and not confirmed is a settlement without a date."""
    paid = paid_in_full()
    payments = (*paid.settlements[:dated], *(attrs.evolve(each, settled_at=None) for each in paid.settlements[dated:]))
    case = attrs.evolve(paid, settlements=payments)
    letter, spoken = (explain(decide(case), case, voice=voice) for voice in ("consumer", "agent"))
    assert "Under this claim, CNY 2,861.00 is already paid or on its way:" in letter
    assert "We have already paid you 2,861 yuan, or the payment is on its way." in spoken
    assert letter.count("paid on 28 March 2022") == dated
    assert "We have already paid CNY" not in letter


def test_payments_under_another_claim_are_not_described_as_paid_under_this_one() -> None:
    case = paid_in_full(claim_id=None)
    letter = explain(decide(case), case)
    assert "under this claim" not in letter.replace("already cover this claim", "")


def test_a_reversed_payment_is_not_described_as_paid() -> None:
    paid = paid_in_full()
    taken_back = tuple(attrs.evolve(each, reversed_at=paid.as_of) for each in paid.settlements)
    case = attrs.evolve(paid, settlements=taken_back)
    assert "already paid" not in explain(decide(case), case)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_counts_microseconds(language: str) -> None:
    """Only the record does, because each microsecond can matter there."""
    signed = Instant.parse("2022-03-26T18:30:00.000001+08:00")
    as_of = Instant.parse("2022-03-29T19:00:00.000007+08:00")
    order = an_order(parcels=(an_order().parcels[0].__class__(line_ids=("L1",), waybill_no="W", signed_at=signed),))
    case = a_case(DAMAGE, order=order, as_of=as_of, claim=a_claim(filed_at=Instant(as_of - 1)))
    decision = decide(case)
    for voice in READERS:
        found = re.search(r":\d\d\.\d{6}", explain(decision, case, voice=voice, locale=language))
        assert (found is not None) is (voice == "auditor")


def test_a_script_says_what_was_decided_first_and_what_to_do_last() -> None:
    """The amount, the units, why not all, the reason and the date; at the end, what the caller is asked to do."""
    case = a_case(AUTHENTICITY, an_appraisal(units_covered=2), order=an_order(a_line(quantity=3)))
    (script,) = page_for(decide(case), case, voice="agent", locale="en").blocks
    assert isinstance(script, Items)
    first, money, units, others, reason, date, *_, last = script.items
    assert first == "We have approved part of your claim."
    assert units == "We approved 2 of 3 units of 面霜 50ml."
    assert others == (
        "The units that the proof does not cover are not refused: they can still be proven under this claim."
    )
    assert reason == "All conditions of the rule are met."
    assert "27 March 2022" in date
    assert "yuan" in money
    assert last == "We need nothing from you right now."


def test_a_long_script_still_says_the_amount_and_the_units() -> None:
    """Two lines are granted and a third lacks its proof, so that not everything fits."""
    order = an_order(*(a_line(f"L{n}", quantity=3, title=f"面霜 {n} 号") for n in (1, 2, 3)))
    proofs = [an_appraisal(f"E{n}", line_ids=(f"L{n}",), units_covered=2) for n in (1, 2)]
    case = a_case(AUTHENTICITY, *proofs, order=order, claim=a_claim(*claimed(order)))
    (script,) = page_for(decide(case), case, voice="agent", locale="en").blocks
    assert isinstance(script, Items)
    assert len(script.items) == MOST
    assert "You will receive 3,810.74 yuan." in script.items[1]
    assert [each.startswith("We approved 2 of 3 units") for each in script.items[2:4]] == [True, True]
    assert words_for(None, "en").say("script.rest") in script.items


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("voice", ["consumer", "agent"])
def test_a_consumer_is_never_asked_to_verify(voice: Any, language: str) -> None:
    """Verifying is the platform's part, and the letter says that the platform does it."""
    case = a_case(DAMAGE, a_courier_statement(stamped=False))
    decision = decide(case)
    assert any("verification" in each for request in decision.requests for each in request.accepts)
    letter = explain(decision, case, voice=voice, locale=language)
    words = words_for(None, language)
    assert words.value("verification", "verified") not in letter
    if voice == "consumer":
        assert words.say("letter.we_verify") in letter


def closed() -> Case:
    """A claim with no proof, decided after evidence was closed."""
    claim = a_claim(evidence_closes_at=NOON)
    return a_case(AUTHENTICITY, claim=claim, as_of=Instant.parse("2022-03-30T12:00:00.000001+08:00"))


@pytest.mark.parametrize("voice", ["consumer", "agent"])
def test_after_the_time_for_evidence_a_letter_says_what_can_still_be_done(voice: Any) -> None:
    case = closed()
    letter = explain(decide(case), case, voice=voice)
    assert "The time for sending us evidence is over; it ran until 27 March 2022, 12:00 Beijing time." in letter
    assert "you can file a new claim" in letter
    assert (
        "You can still file until midnight at the end of 24 June 2022 (Beijing time): 86 days 11 hours left." in letter
    )
    assert "do not need to do anything" not in letter
    assert "is over." in explain(decide(case), voice=voice)


def test_after_the_time_for_evidence_no_new_claim_is_offered_that_would_come_too_late() -> None:
    """The ninety days are over as well."""
    late = Instant.parse("2022-06-25T00:00:00+08:00")
    case = a_case(AUTHENTICITY, claim=a_claim(evidence_closes_at=NOON), as_of=late)
    letter = explain(decide(case), case)
    assert "new evidence can no longer change it" in letter
    assert "new claim" not in letter


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_after_the_time_for_evidence_says_so(language: str) -> None:
    found = check(closed())
    assert found.evidence_closed_at == NOON
    page = printed(check_page(found, language, Marks()), 200)
    words = words_for(policies()[AUTHENTICITY][0], language)
    assert words.say("check.closed", end=words.end(NOON)) in page
    assert words.say("check.nothing_needed") not in page
    assert check(a_case(AUTHENTICITY)).evidence_closed_at is None


def test_a_cap_used_up_by_another_line_is_mentioned() -> None:
    """The consumer's own figure covers the first line, and nothing or only a part is left for the second."""
    order = an_order(
        a_line("L1", goods_paid=Minor(1000), tax_paid=Minor(0)), a_line("L2", goods_paid=Minor(500), tax_paid=Minor(0))
    )
    photos = (a_damage_photo(), a_damage_photo("E2"))
    for figure, expected in (
        (1000, "面霜 50ml (line L2): the other goods already use up the limit"),
        (1200, "Refund, 面霜 50ml (line L2): CNY 3.00 is above the limit"),
    ):
        case = a_case(DAMAGE, *photos, order=order, claim=a_claim(*claimed(order), requested_amount=Minor(figure)))
        assert expected in explain(decide(case), case)


def test_the_step_of_a_cap_lists_all_its_inputs() -> None:
    """Including payments for the other lines, so that the amount can be checked."""
    order = an_order(a_line("L1", goods_paid=Minor(1000)), a_line("L2", goods_paid=Minor(500)))
    decision = decide(a_case(DAMAGE, a_damage_photo(), order=order))
    (cap,) = (step for step in decision.ladder if step.step == "left_of_what_was_paid")
    assert cap.inputs["order_lines/L1/goods_paid"] == 1000
    assert cap.inputs["order_lines/L2/goods_paid"] == 500
    assert {"postage_paid", "postage_returned"} <= {*cap.inputs}


def claimed(order: Any) -> Any:
    """A claim for every line of an order."""
    return a_case(DAMAGE, order=order).claim.items


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
@pytest.mark.parametrize("voice", ["consumer", "merchant", "agent"])
def test_chinese_is_separated_from_numbers_and_letters_by_spaces(voice: Any, language: str) -> None:
    """In the header, in dates, amounts, durations, numbers of clauses and units."""
    cases = (a_case(AUTHENTICITY, an_appraisal()), a_case(DAMAGE), closed(), a_case(AUTHENTICITY))
    for case in cases:
        letter = explain(decide(case), case, voice=voice, locale=language)
        assert re.findall(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", letter) == []


def printed(page: Any, width: int) -> str:
    """The output of a terminal of this width."""
    console = Console(width=width, file=StringIO(), no_color=True)
    console.print(page)
    shown = console.file.getvalue()  # type: ignore[attr-defined]  # it is the buffer from above
    return str(shown)


def test_no_table_breaks_a_word_or_an_amount_in_a_narrow_terminal() -> None:
    """At 40 columns: the awards of a decision, the steps of its money, and the policies."""
    case = a_case(AUTHENTICITY, an_appraisal(verification=Verification.VERIFIED))
    decision = decide(case)
    page = printed(decision_page(decision, "en", Marks()), 40)
    assert max(map(len, page.splitlines())) <= 40
    for award in decision.awards:
        assert words_for(None, "en").money(award.amount, "CNY") in page
    for word in ("Compensation", "Approved", "Postage"):
        assert word in page
    wide = printed(policies_page([(group[0], None) for group in policies().values()], "en", None), 80)
    assert "Policy" in wide.splitlines()[0]
    listed = printed(policies_page([(group[0], None) for group in policies().values()], "en", None), 40)
    assert all(policy in listed for policy in policies())


def test_a_wide_table_of_a_letter_keeps_amounts_on_lines_of_their_own() -> None:
    """A program that wraps at 40 columns does not have to break one."""
    rows = (("Compensation", "Something with a long name", "CNY 2,590.00"), ("Total", "", "CNY 2,590.00"))
    wide = Page("en", "Title", (), (Table(("What", "For", "Amount"), rows, total=True),))
    text = "".join(explained([wide], "text"))
    assert "  Compensation  Something with a long name\n    CNY 2,590.00\n  Total\n    CNY 2,590.00\n" in text
    narrow = Page("en", "Title", (), (Table(("What", "Amount"), (("Refund", "CNY 1.00"),)),))
    assert "  Refund  CNY 1.00\n" in "".join(explained([narrow], "text"))


class Styles(HTMLParser):
    """The style sheet of a document."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.rules: dict[str, str] = {}
        self.feed(document)

    def handle_data(self, data: str) -> None:
        """Collect the rules for single selectors."""
        if self.lasttag == "style":
            self.rules |= {name.strip(): body for name, body in re.findall(r"([^{}]+)\{([^{}]*)\}", data)}


def test_the_cells_of_a_letter_break_between_words_and_no_sheet_of_paper_stays_empty() -> None:
    """The style sheet must keep what was checked in a browser 375 pixels wide and on paper."""
    document = "".join(explained([Page("en", "Title", ("Case 1",), (Paragraph("One line."),))], "html"))
    rules = Styles(document).rules
    assert "break-word" in rules["td, th"]
    assert "nowrap" in rules["th"]
    assert "nowrap" in rules["th:last-child, td:last-child"]
    assert [name for name, body in rules.items() if "break-before: page" in body] == ["article + article"]


@pytest.mark.parametrize("voice", READERS)
def test_a_locale_without_words_is_named(voice: Any) -> None:
    """There is no fallback to an English letter."""
    decision = decide(a_case(AUTHENTICITY))
    assert "We have no words for the language “fr-CA”, so this is in English." in explain(
        decision, voice=voice, locale="fr-CA"
    )
    assert "We have no words" not in explain(decision, voice=voice, locale="en-US")


def the_same_proof_again() -> Case:
    """A second claim with the proof for which the first one was compensated."""
    paid = a_settlement(259000, SettlementKind.COMPENSATION, line_id="L1", claim_id="A0")
    return a_case(AUTHENTICITY, an_appraisal(), order=an_order(a_line(quantity=2)), settlements=[paid])


@pytest.mark.parametrize(
    ("language", "used_up"),
    [
        ("en", "The proof that we have covers only units that were compensated before."),
        ("zh-Hans", "现有凭证只涵盖此前已获赔偿的件数"),
        ("zh-Hant", "現有憑證只涵蓋先前已獲賠償的件數"),
    ],
)
def test_a_letter_says_why_more_proof_is_needed_than_was_sent(language: str, used_up: str) -> None:
    case = the_same_proof_again()
    assert used_up in explain(decide(case), case, voice="consumer", locale=language, format="text")
    without = attrs.evolve(case, settlements=(), evidence=())
    assert used_up not in explain(decide(without), without, voice="consumer", locale=language, format="text")


@pytest.mark.parametrize(
    ("language", "stated"), [("en", "brand: to be stated"), ("zh-Hans", "品牌：须注明"), ("zh-Hant", "品牌：須註明")]
)
def test_a_letter_does_not_say_that_any_brand_will_do(language: str, stated: str) -> None:
    """The brand has to be that of the goods, though it is not known."""
    case = a_case(AUTHENTICITY, order=an_order(a_line(brand=None)))
    assert stated in explain(decide(case), case, voice="consumer", locale=language, format="text")


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_no_space_stands_between_chinese_words_in_a_sentence(language: str) -> None:
    closed = attrs.evolve(a_claim(), evidence_closes_at=NOON)
    case = a_case(AUTHENTICITY, claim=closed, as_of=Instant.parse("2022-03-28T12:00:00+08:00"))
    letter = explain(decide(case), case, voice="consumer", locale=language, format="text")
    assert "2022 年 3 月 27 日 12:00" in letter
    assert not re.search("[\u4e00-\u9fff）] [\u4e00-\u9fff]", letter)


def test_a_letter_promises_no_second_look_at_a_denied_claim() -> None:
    """The claim was filed by somebody else, on another path. The path can be put right for some days, and then it stays denied."""
    refiled = attrs.evolve(a_claim(), filed_through=Channel.OTHER)
    of_another = attrs.evolve(refiled, claimant_id="somebody")
    for claim, is_promised in ((refiled, True), (of_another, False)):
        case = a_case(AUTHENTICITY, an_appraisal(), claim=claim)
        decision = decide(case)
        assert decision.reconsider_at is not None
        letter = explain(decision, case, voice="consumer", locale="en", format="text")
        assert ("we will look at this again after" in letter) is is_promised
