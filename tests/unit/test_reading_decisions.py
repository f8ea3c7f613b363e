"""The fast reader of decisions gives the same result as the strict one, and never accepts what the strict one refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, decide, load_decision
from adjudicator.engine.clause import hints
from adjudicator.engine.registry import policies
from adjudicator.model.decision import Decision
from adjudicator.testing import places
from adjudicator.wire.annotations import DECISIONS
from adjudicator.wire.closer_look import decision_in
from adjudicator.wire.codec import _decision_at_once, case_from, decision_document
from adjudicator.wire.parser import parsed
from adjudicator.wire.pointer import at, put
from adjudicator.wire.reader import reader_of
from benchmarks.measuring import steps
from documents import ONE_OF_OTHER_KINDS, documents
from schemas.comparing import PAID, a_copy, for_every_policy, tampered

ONE_OF_EACH: Final = {"a claim": PAID, **ONE_OF_OTHER_KINDS}
KINDS: Final[dict[type[Decision], None]] = dict.fromkeys(
    [*DECISIONS.values(), *(hints(group[-1].case_kind.decide)["return"] for group in policies().values())]
)


def agree(text: str | bytes) -> bool:
    """Check that both readers give the same result, to the type of every value. Returns whether the fast one accepted the text."""
    at_once = _decision_at_once(text)
    try:
        closely = decision_in(*parsed(text))
    except InputError:
        assert at_once is None
        return False
    assert at_once is None or (at_once == closely and repr(at_once) == repr(closely))
    return at_once is not None


def document_of_one(kind: str) -> dict[str, Any]:
    """The decision on a case of a kind, as a document."""
    document: dict[str, Any] = a_copy(decision_document(decide(case_from(a_copy(ONE_OF_EACH[kind])))))
    return document


def first_of_each(pointers: Iterable[str]) -> Iterable[str]:
    """The first of those pointers that differ only in positions."""
    first: dict[str, str] = {}
    for pointer in pointers:
        first.setdefault(re.sub(r"/[0-9]+", "/-", pointer), pointer)
    return first.values()


@for_every_policy
@given(data=st.data(), escaped=st.booleans())
def test_the_fast_reader_accepts_every_decision(policy: str, data: st.DataObject, *, escaped: bool) -> None:
    document = decision_document(decide(case_from(data.draw(documents(policy)))))
    assert agree(json.dumps(document, ensure_ascii=escaped))
    agree(json.dumps(data.draw(tampered(a_copy(document)))))


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_both_readers_agree_on_values_of_other_types(kind: str) -> None:
    """For any value in any place, and for each that is left out: it is refused, or both results are equal.

    Of the items of a list whose places are alike, the first stands for all.
    """
    document = document_of_one(kind)
    assert agree(json.dumps(document))
    for pointer in first_of_each([pointer for pointer, *_ in places(document) if pointer]):
        original, (parent, _, name) = at(document, pointer), pointer.rpartition("/")
        for value in (None, True, 1, 1.0, 2**53, 2**70, "x", [None], [[1.5]], {"x": 1}, {"x": [2**70]}):
            put(document, pointer, value)
            agree(json.dumps(document))
        put(document, pointer, original)
        if isinstance(at(document, parent), dict):
            members = a_copy(document)
            del at(members, parent)[name]
            agree(json.dumps(members))


@pytest.mark.parametrize("kind", ONE_OF_EACH)
def test_a_field_of_a_later_version_is_ignored(kind: str) -> None:
    document = document_of_one(kind)
    assert load_decision(json.dumps(document | {"later": [1.5]})) == load_decision(json.dumps(document))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_decision_has_a_fast_reader(kind: Any) -> None:
    assert reader_of(kind) is not None


def test_reading_a_decision_takes_few_instructions() -> None:
    """A third of what the strict reader takes."""
    text = json.dumps(document_of_one("a claim"))
    assert 3 * steps(lambda: load_decision(text)) < steps(lambda: decision_in(*parsed(text)))
