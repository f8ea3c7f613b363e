"""A redline shows what differs between two editions, and nothing else; text stays text."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from markdown import markdown

from adjudicator.engine.policy import Edition
from adjudicator.rulebook.handbook import Book, Redline, handbook, redline
from adjudicator.rulebook.handbook.changelog import Aspect, Kind, Manner
from adjudicator.rulebook.handbook.examples import examples_for
from adjudicator.rulebook.handbook.markup import plain, redlined, table
from douyin_global.authenticity import EDITION as AUTHENTICITY
from douyin_global.authenticity_proof import Proof
from douyin_global.damage import EDITION as DAMAGE
from handbook.candidate import CANDIDATE, DAMAGE_EXAMPLES
from handbook.reading import for_every_edition, read, read_all


def changed(found: Redline) -> set[tuple[Kind, str, Manner, Aspect, str, str]]:
    """The changes of a redline as a flat list; code without lines, which are compared below."""
    return {
        (
            change.kind,
            change.name,
            change.manner,
            each.aspect,
            *(("", "") if each.aspect is Aspect.CODE else (each.before, each.after)),
        )
        for change in found.changes
        for each in change.differences
    }


@for_every_edition
def test_an_edition_has_no_differences_from_itself(edition: Edition) -> None:
    """Also if it was created again."""
    found = redline(edition, evolve(edition), examples_for([edition]))
    assert (found.changes, found.turns) == ((), ())
    assert found.tried == len(examples_for([edition])) > 2


def test_a_candidate_shows_exactly_what_was_changed() -> None:
    """The setting and the window, in text and in code, and the two examples that depend on them."""
    found = redline(DAMAGE, CANDIDATE, DAMAGE_EXAMPLES)
    english = "hours from signing, 24 for food, milk powder and alcohol."
    chinese = "小时；食品、奶粉、酒类为 24 小时。"
    assert changed(found) == {
        (Kind.SETTING, "leak_required", Manner.CHANGED, Aspect.VALUE, "True", "False"),
        (Kind.FACT, "damage_window", Manner.CHANGED, Aspect.ENGLISH, f"72 {english}", f"48 {english}"),
        (
            Kind.FACT,
            "damage_window",
            Manner.CHANGED,
            Aspect.CHINESE,
            f"自签收起 72 {chinese}",
            f"自签收起 48 {chinese}",
        ),
        (Kind.FACT, "damage_window", Manner.CHANGED, Aspect.CODE, "", ""),
    }
    turns = {turn.example.name: (str(turn.before.outcome), str(turn.after.outcome)) for turn in found.turns}
    assert turns == {"damage-broken-but-dry": ("denied", "approved"), "damage-exactly-72-hours": ("approved", "denied")}


def test_the_page_of_a_redline_shows_both_sides() -> None:
    """Deleted and inserted text, code line by line, and the examples under either edition."""
    (text,) = (
        page.text for page in handbook([(DAMAGE, CANDIDATE)], Book()) if page.name.endswith("2022-03-15-2024-07-01")
    )
    assert "<del>72</del><ins>48</ins> hours from signing" in text
    assert "<del>True</del><ins>False</ins>" in text
    assert "-    return within_hours('signed_at', signing, 24 if category in PERISHABLE else 72)" in text
    assert "+    return within_hours('signed_at', signing, 24 if category in PERISHABLE else 48)" in text
    assert "2 of 5 examples come out otherwise" in text


def test_a_change_has_a_heading_whatever_its_name() -> None:
    """Also a sentence of the rule, with its full citation."""
    left_out = {"DG.3, closing (remark) {x}": "it_says_nothing"}
    reasons = {**DAMAGE.not_adjudicated, **left_out}
    later = evolve(DAMAGE, effective_from=dt.date(2024, 7, 1), sentences=(), not_adjudicated=reasons)
    found = read_all([(DAMAGE, later)], "en")["douyin_global.damage-2022-03-15-2024-07-01.html"]
    assert found.places["not_adjudicated-DG-3-closing-remark-x-"] == 1
    assert "{ #" not in found.text


def test_additions_removals_moves_and_changed_helpers_are_shown() -> None:
    """Added and removed clauses, their order, the citation of the whole edition, and a helper of a function."""
    first, second, *others = DAMAGE.requires
    fewer, turned = evolve(DAMAGE, requires=(first, *others)), evolve(DAMAGE, requires=(second, first, *others))
    assert {
        (each.kind, each.name, each.manner) for each in redline(fewer, DAMAGE).changes if each.kind is Kind.CLAUSE
    } == {(Kind.CLAUSE, second.__name__, Manner.ADDED)}
    assert {
        (each.kind, each.name, each.manner) for each in redline(DAMAGE, fewer).changes if each.kind is Kind.CLAUSE
    } == {(Kind.CLAUSE, second.__name__, Manner.REMOVED)}
    assert [(each.kind, each.name) for each in redline(DAMAGE, turned).changes] == [(Kind.CLAUSE, "order")]
    barred = evolve(DAMAGE, requires=(first, *others), barred_by=(second,))
    ((aspect, before, after),) = {
        (each.aspect, each.before, each.after)
        for change in redline(DAMAGE, barred).changes
        if change.name == second.__name__
        for each in change.differences
    }
    assert (aspect, before, after) == (Aspect.PLACE, "requirement", "bar")
    drops = evolve(
        AUTHENTICITY,
        facts=tuple(each for each in AUTHENTICITY.facts if each.__name__ != "counterfeit_proof"),
        settings={**AUTHENTICITY.settings, "counterfeit_proof": Proof(1, ())},
    )
    assert (Kind.DEFINITION, "what_would_prove_it", Manner.REMOVED) in {
        (each.kind, each.name, each.manner) for each in redline(AUTHENTICITY, drops).changes
    }


@given(st.text(), st.text())
def test_a_redlined_text_holds_both_texts(before: str, after: str) -> None:
    """Without insertions it is the old text, without deletions the new one."""
    found = str(redlined(before, after))
    for gone, text in ((r"<ins>.*?</ins>", before), (r"<del>.*?</del>", after)):
        left = read(re.sub(gone, "", found, flags=re.DOTALL)).text
        assert left.split() == text.split() or "".join(left.split()) == "".join(text.split())


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
def test_text_stays_text(text: str) -> None:
    """Text from a case or a pack is shown literally: on a line of its own, and in a table."""
    wanted = " ".join(text.split())
    shown = read(markdown(plain(text), extensions=["attr_list", "tables", "toc", "fenced_code"]))
    assert (" ".join(shown.text.split()), shown.links, +shown.places) == (wanted, (), Counter())
    row = read(markdown(table(["a", "b"], [(plain(text), plain("end"))]), extensions=["tables"]))
    assert row.text.split() == ["a", "b", *wanted.split(), "end"]
