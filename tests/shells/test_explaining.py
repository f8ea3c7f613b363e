"""Explanations: every decision can be explained to every reader, in every language and format, completely and without excess detail."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Any, Final

import attrs
import html5lib
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adjudicator import InputError, decide
from adjudicator.engine.registry import policies
from adjudicator.explain import FORMATS, READERS, explain, explained, page_for
from adjudicator.explain.page import Block, Items, Page, Pairs, Paragraph, Section, Table
from adjudicator.explain.privacy import personal_at, redacted, redacted_case
from adjudicator.explain.sanitize import shown
from adjudicator.model.decision import Decision
from adjudicator.model.enumerations import Ground, Standard, Submitter, Verification
from adjudicator.model.money import Minor
from adjudicator.model.privacy import Personal
from adjudicator.testing import (
    a_bar_finding,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    an_appraisal,
    an_order,
)
from adjudicator.wire.codec import case_from
from adjudicator.words import LANGUAGES, Words
from documents import documents

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LETTERS: Final = tuple(voice for voice in READERS if voice != "auditor")
RAW_CODE: Final = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\b[a-z_]+\.[a-z_]{3,}\b")
"""The form of the codes of the engine and the packs, which no sentence contains."""

CHOSEN_BY_THE_CASE: Final = re.compile(r"case-\d+|application-\d+")

every_voice = pytest.mark.parametrize("voice", READERS)
for_every_policy = pytest.mark.parametrize("policy", policies())
many = settings(max_examples=settings().max_examples // 3, deadline=None, suppress_health_check=list(HealthCheck))


def texts_of(block: Page | Block) -> Iterator[str]:
    """Every text of a page. Empty table cells are left out, because a sum is about no line."""
    match block:
        case Page(_, title, about, blocks):
            yield from (title, *about, *(text for each in blocks for text in texts_of(each)))
        case Section(heading, blocks):
            assert blocks, heading
            yield from (heading, *(text for each in blocks for text in texts_of(each)))
        case Paragraph(text):
            yield text
        case Items(items):
            assert items
            yield from items
        case Pairs(pairs):
            yield from (text for pair in pairs for text in pair)
        case Table(head, rows, total):
            yield from (*head, *(cell for row in rows[: -1 if total else None] for cell in row))
            yield from (cell for cell in rows[-1] if cell)


@pytest.fixture
def no_code_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a code without a text an error instead of showing its last part."""
    say = Words.say

    def strict(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        return say(self, code, **params)

    monkeypatch.setattr(Words, "say", strict)


@pytest.mark.usefixtures("no_code_without_words")
@for_every_policy
@many
@given(data=st.data())
def test_every_decision_has_a_complete_explanation_for_every_reader(policy: str, data: st.DataObject) -> None:
    """No empty sentences, unfilled templates or bare codes, with or without the case."""
    case = case_from(data.draw(documents(policy)))
    decision = decide(case)
    for voice in READERS:
        for language in LANGUAGES:
            for known in (case, None):
                page = page_for(decision, known, voice=voice, locale=language)
                assert page.language == language
                assert holes_in(page, is_letter=voice in LETTERS) == []


def holes_in(page: Page, *, is_letter: bool) -> list[str]:
    """The texts of a page that are empty or unintelligible. Records may quote codes, letters may not."""
    texts = list(texts_of(page))
    holes = [text for text in texts if not text.strip() or re.search(r"[{}]|\bNone\b|\(\)|（）", text)]
    return holes + [text for text in texts if is_letter and RAW_CODE.search(text)]


@pytest.mark.parametrize(
    "text", ["", " ", "Send us {need}.", "For None.", "Done. ()", "goods_category is not known", "reason.proven"]
)
def test_a_missing_text_would_be_detected(text: str) -> None:
    assert holes_in(Page("en", "Title", (), (Paragraph(text),)), is_letter=True)


# Who may see what


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


# The readers


def test_requests_to_the_reader_come_first_and_others_are_reported() -> None:
    """For one reader it is a request, for the other a report."""
    case = a_case(DAMAGE, order=an_order(a_line(category=None)), claim=a_claim(filed_at=a_claim().filed_at))
    decision = decide(case)
    assert {each.to for each in decision.requests} == {"consumer"}
    assert "Please send us proof of the damage." in explain(decision, case, voice="consumer")
    assert "We have asked the consumer for this: proof of the damage." in explain(decision, case, voice="merchant")


@pytest.mark.parametrize("voice", ["consumer", "merchant"])
def test_the_applicant_for_admission_gets_the_letter(voice: Any) -> None:
    """In a case without an opposing side, the merchant is the applicant."""
    from admissions import IN_ORDER

    decision = decide(case_from(IN_ORDER))
    assert "Your shop is admitted to the alliance." in explain(decision, voice=voice)


@for_every_policy
@many
@given(data=st.data())
def test_a_script_is_short(policy: str, data: st.DataObject) -> None:
    case = case_from(data.draw(documents(policy)))
    (items,) = page_for(decide(case), case, voice="agent", locale="en").blocks
    assert isinstance(items, Items)
    assert len(items.items) <= 8


def test_a_script_says_numbers_as_they_are_spoken() -> None:
    case = a_case(AUTHENTICITY, an_appraisal())
    text = explain(decide(case), case, voice="agent")
    assert "You will receive 2,861 yuan." in text
    assert "CNY" not in text


def test_a_letter_can_be_written_without_the_policy_installed() -> None:
    decision = decide(a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED)))
    foreign = attrs.evolve(decision, policy=attrs.evolve(decision.policy, id="acme.returns"))
    for voice in READERS:
        assert "acme.returns" in explain(foreign, voice=voice)


def test_a_case_other_than_the_decided_one_is_refused() -> None:
    case = a_case(AUTHENTICITY)
    with pytest.raises(InputError, match="the id of the case that was decided"):
        explain(decide(case), attrs.evolve(case, id="another"))


def test_only_the_merchant_learns_which_points_can_be_contested() -> None:
    """The points come from the rule's clauses on evidence, not from a list of ours."""
    doubtful = an_appraisal(verification=Verification.UNVERIFIED)
    decision = decide(a_case(AUTHENTICITY, doubtful))
    text = explain(decision, voice="merchant")
    for number in ("DG.1.4(1)", "DG.1.4(2)", "DG.1.4(3)", "DG.1.4(4)", "DG.1.3(4)"):
        assert number in text
    assert "DG.1.4(5)" not in text
    assert "DG.1.4" not in explain(decision, voice="consumer")


def test_a_denial_by_a_bar_says_that_it_was_a_right_and_not_a_duty() -> None:
    barred = a_bar_finding(Ground.GOODS_SWAPPED, "E2", submitted_by=Submitter.PLATFORM)
    decision = decide(a_case(AUTHENTICITY, an_appraisal(), barred))
    for voice in ("consumer", "merchant"):
        assert "the platform may deny a claim, but does not have to" in explain(decision, voice=voice)


# Money


def test_only_steps_that_change_nothing_are_left_out() -> None:
    """The tax is mentioned even if it happens to equal the refund."""
    line = a_line(goods_paid=Minor(500), tax_paid=Minor(500))
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(line))
    text = explain(decide(case), case)
    assert "1. CNY 5.00: What was paid for the goods of the line" in text
    assert "2. CNY 5.00: The approved units' share of the tax" in text
    assert "The refund less what this claim was refunded before" not in text


def test_a_ceiling_is_mentioned_only_if_it_was_reached() -> None:
    figure = "The consumer's own figure for the whole claim"
    for requested, is_told in ((Minor(100), True), (Minor(10_000_000), False)):
        case = a_case(DAMAGE, a_damage_photo(), claim=a_claim(requested_amount=requested))
        assert (figure in explain(decide(case), case)) is is_told


def test_names_of_goods_are_not_translated() -> None:
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(a_line(title="iPad case")))
    assert "  - iPad case (line L1): Approved" in explain(decide(case), case)
    assert "  - Line L1: Approved" in explain(decide(case))


# Formats

HOSTILE: Final = st.one_of(
    st.text(min_size=1),
    st.text(string.punctuation + " a1\n", min_size=1),
    st.sampled_from(
        [
            "<script>alert(1)</script>", "&amp;", "[a](javascript:x)", "![a](http://x)", "**bold**", "`code`", "# head",
            "- item", "1. item", "1) item", "+ item", "| cell |", "http://x.example", "www.x.example", "a@b.example",
            "\x1b[31mred", "\u202eright to left", "> quote", "---", "===", "~~gone~~", "&copy;", "$x$", "a\\b", "line\nbreak",
        ]
    ),
)  # fmt: skip


def pages(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Page]:
    """Pages with every kind of block, made of these texts."""
    some = st.lists(texts, min_size=1, max_size=3).map(tuple)
    rows = st.lists(st.tuples(texts, texts), min_size=1, max_size=3).map(tuple)
    leaf = st.one_of(
        st.builds(Paragraph, texts, st.booleans()),
        st.builds(Items, some, st.booleans()),
        st.builds(Pairs, rows),
        st.builds(Table, st.tuples(texts, texts), rows, st.booleans()),
    )
    blocks = st.lists(st.one_of(leaf, st.builds(Section, texts, st.lists(leaf, min_size=1, max_size=2).map(tuple))))
    return st.builds(Page, st.sampled_from(LANGUAGES), texts, some, blocks.map(tuple))


def squeezed(text: str) -> str:
    """A text without spaces, because formats lay them out differently."""
    return "".join(text.split())


@settings(max_examples=50, deadline=None)
@given(page=pages(HOSTILE))
@example(Page("en", "a\x00b", ("x",), (Paragraph("1. **a**"),)))
def test_html_has_all_texts_of_the_page_and_none_becomes_markup(page: Page) -> None:
    written = "".join(explained([page], "html"))
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(written)
    assert tree.get("lang") == page.language.replace("_", "-")
    body = tree.find("body")
    assert squeezed("".join(body.itertext())) == squeezed("".join(map(shown, every_text(page))))
    assert {each.tag for each in tree.iter()} <= {
        "html", "head", "meta", "title", "style", "body", "main", "article", "header", "section",
        "h1", "h2", "h3", "p", "ul", "ol", "li", "dl", "div", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert {name for each in tree.iter() for name in each.attrib} <= {
        "lang", "charset", "name", "content", "class", "scope",
    }  # fmt: skip


def every_text(page: Page | Block) -> Iterator[str]:
    """The texts of a page in order, including empty ones."""
    match page:
        case Page(_, title, about, blocks):
            yield from (title, *about, *(text for each in blocks for text in every_text(each)))
        case Section(heading, blocks):
            yield from (heading, *(text for each in blocks for text in every_text(each)))
        case Paragraph(text):
            yield text
        case Items(items):
            yield from items
        case Pairs(pairs):
            yield from (text for pair in pairs for text in pair)
        case Table(head, rows):
            yield from (*head, *(cell for row in rows for cell in row))


OURS: Final = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "bullet_list_open", "bullet_list_close",
    "ordered_list_open", "ordered_list_close", "list_item_open", "list_item_close", "table_open", "table_close", "thead_open",
    "thead_close", "tbody_open", "tbody_close", "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close", "inline",
    "text", "softbreak", "hardbreak", "strong_open", "strong_close", "text_special",
}  # fmt: skip
"""The Markdown that pages use: no links, pictures, code, quotes, rules or HTML."""


@settings(max_examples=50, deadline=None)
@given(page=pages(HOSTILE))
def test_markdown_has_all_texts_of_the_page_and_none_becomes_markup(page: Page) -> None:
    reader = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
    tokens = reader.parse("".join(explained([page], "markdown")))
    inner = [each for token in tokens for each in (token.children or ())]
    assert {each.type for each in (*tokens, *inner)} <= OURS
    said = squeezed("".join(each.content for each in inner))
    expected = squeezed("".join(map(shown, every_text(page))))
    assert said.replace(":", "") == expected.replace(":", "")


@settings(max_examples=50, deadline=None)
@given(page=pages(HOSTILE))
def test_text_has_no_control_characters_for_terminals(page: Page) -> None:
    written = "".join(explained([page], "text"))
    assert all(line.isprintable() for line in written.splitlines())
    assert all(shown(text) in written or shown(text).upper() in written for text in every_text(without_heads(page)))


def without_heads(page: Page) -> Page:
    """A page whose tables have no headers: tables too wide for a narrow window are written without them."""
    return attrs.evolve(page, blocks=tuple(without_head(each) for each in page.blocks))


def without_head(block: Block) -> Block:
    """The same for a block."""
    if isinstance(block, Section):
        return attrs.evolve(block, blocks=tuple(without_head(each) for each in block.blocks))
    return attrs.evolve(block, head=()) if isinstance(block, Table) else block


@pytest.mark.parametrize("format", FORMATS)
def test_several_letters_are_one_document(format: Any) -> None:
    one, other = (
        page_for(decide(case), case, voice="consumer", locale="en")
        for case in (a_case(AUTHENTICITY), a_case(DAMAGE, a_damage_photo()))
    )
    text = "".join(explained([one, other], format))
    assert text.index("Authenticity guarantee") < text.index("Damage return")
    if format == "html":
        assert len(html5lib.parse(text, namespaceHTMLElements=False).findall(".//article")) == 2
    assert list(explained([], format)) == []


def test_letters_are_written_one_at_a_time() -> None:
    """A stream of decisions is explained while it still runs."""
    asked: list[int] = []

    def letters() -> Iterator[Page]:
        for number in range(3):
            asked.append(number)
            yield page_for(decide(a_case(AUTHENTICITY)), voice="agent", locale="en")

    next(iter(explained(letters(), "text")))
    assert asked == [0]
