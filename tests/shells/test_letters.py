"""Complete letters, kept in the form that was reviewed.

After an intended change, write them again and read the differences: ``UPDATE_LETTERS=1 python -m pytest tests/shells/test_letters.py``
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import frozen

import consumer_law
import douyin_xingtu
from adjudicator import decide
from adjudicator.explain import Format, Voice, explain
from adjudicator.wire.codec import case_from
from admissions import IN_ORDER

DATA: Final = Path(__file__).parents[1] / "data"
EXAMPLES: Final = DATA / "examples"
OF_PACKS: Final = {
    "return": Path(consumer_law.__path__[0]) / "examples",
    "task": Path(douyin_xingtu.__path__[0]) / "examples",
}
"""The folders of the packs' examples, by the prefix of their names."""
KEPT: Final = DATA / "letters"
ENDINGS: Final = {"text": "txt", "markdown": "md", "html": "html"}


@frozen
class Letter:
    """A letter about an example of the contract or a pack, with its case or without."""

    about: str
    voice: Voice
    locale: str
    format: Format = "text"
    with_the_case: bool = True

    @property
    def name(self) -> str:
        """The name of its file."""
        alone = "" if self.with_the_case else ".without-its-case"
        return f"{self.about}.{self.voice}.{self.locale}{alone}.{ENDINGS[self.format]}"


SHOP: Final = "admission"
LETTERS: Final = (
    Letter("authenticity-proof-covers-two-of-three", "consumer", "en"),
    Letter("authenticity-proof-covers-two-of-three", "consumer", "zh-HK", "html"),
    Letter("authenticity-proof-covers-two-of-three", "merchant", "zh-CN", "markdown"),
    Letter("authenticity-proof-covers-two-of-three", "agent", "zh-TW"),
    Letter("authenticity-proof-covers-two-of-three", "auditor", "en", "html"),
    Letter("authenticity-suspected-brand-owner", "consumer", "zh-CN"),
    Letter("authenticity-suspected-brand-owner", "merchant", "en"),
    Letter("authenticity-wrong-reason", "consumer", "en", "markdown"),
    Letter("authenticity-wrong-reason", "agent", "en"),
    Letter("authenticity-documents-disagree", "consumer", "zh-TW"),
    Letter("authenticity-documents-disagree", "merchant", "en", "html"),
    Letter("authenticity-already-refunded", "consumer", "en"),
    Letter("authenticity-unverified-report", "merchant", "zh-CN"),
    Letter("damage-whisky-24-hours-and-a-second", "consumer", "zh-HK"),
    Letter("damage-whisky-24-hours-and-a-second", "auditor", "zh-CN"),
    Letter("damage-statement-without-stamp", "consumer", "en", "html"),
    Letter("damage-statement-without-stamp", "consumer", "zh-CN", with_the_case=False),
    Letter("damage-category-unknown-at-30-hours", "agent", "zh-HK"),
    Letter("local-return-agreed", "consumer", "zh-CN"),
    Letter("local-return-agreed", "merchant", "zh-TW"),
    Letter("local-return-no-address-in-hong-kong", "merchant", "en"),
    Letter("return-two-of-three", "consumer", "zh-CN"),
    Letter("return-two-of-three", "merchant", "en"),
    Letter("return-goods-not-back", "consumer", "zh-HK"),
    Letter("return-not-inspected", "merchant", "zh-CN"),
    Letter("return-class-unknown", "agent", "zh-TW"),
    Letter("return-excluded-at-purchase", "consumer", "en"),
    Letter("task-fourth-rejection-of-the-script", "consumer", "en"),
    Letter("task-set-publication-not-reached", "consumer", "zh-CN"),
    Letter("task-video-in-review", "consumer", "zh-HK"),
    Letter("task-qualification-not-certified", "agent", "zh-TW"),
    Letter("task-neither-side-moves", "auditor", "en"),
    Letter(f"{SHOP}-refused", "consumer", "en"),
    Letter(f"{SHOP}-waiting", "merchant", "zh-CN"),
)
SHOPS: Final[dict[str, dict[str, Any]]] = {
    f"{SHOP}-refused": IN_ORDER | {"shop": IN_ORDER["shop"] | {"shop_score": "4.1", "openings_so_far": 3}},
    f"{SHOP}-waiting": IN_ORDER | {"shop": IN_ORDER["shop"] | {"shop_score": None, "erp_connected": None}},
}


def example(name: str) -> Any:
    """A case of the contract's examples, or of a pack's."""
    if folder := OF_PACKS.get(name.partition("-")[0]):
        return json.loads((folder / name).read_text("utf-8"))
    return json.loads((EXAMPLES / name).read_text("utf-8"))["case"]


def written(letter: Letter) -> str:
    """The text of a letter, as it is written now."""
    case = case_from(SHOPS.get(letter.about) or example(f"{letter.about}.json"))
    known = case if letter.with_the_case else None
    return explain(decide(case), known, voice=letter.voice, locale=letter.locale, format=letter.format)


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: str(letter.name))
def test_a_letter_is_unchanged_since_its_review(letter: Letter) -> None:
    kept = KEPT / letter.name
    if os.environ.get("UPDATE_LETTERS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(written(letter), "utf-8")
    assert kept.read_text("utf-8") == written(letter)


def test_every_kept_letter_is_still_written() -> None:
    assert {each.name for each in KEPT.iterdir()} == {each.name for each in LETTERS}
