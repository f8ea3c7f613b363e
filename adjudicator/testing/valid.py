"""Generate valid cases."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from adjudicator.extras import importing

with importing("testing"):
    from hypothesis import strategies as st

from adjudicator.model.case import Case
from adjudicator.model.errors import InputError
from adjudicator.testing.choices import Json
from adjudicator.testing.generator import Author
from adjudicator.testing.steering import steering
from adjudicator.wire.codec import case_from
from adjudicator.wire.pointer import put


def cases(policy: str) -> st.SearchStrategy[Case]:
    """Valid cases of a policy that decides claims.

    For example::

    @given(cases("acme.returns"))
    def test_nothing_is_asked_after_closing(case):
        laws.nothing_is_asked_after_closing(case)
    """
    return case_documents(policy).map(case_from)


def case_documents(policy: str) -> st.SearchStrategy[Json]:
    """Valid cases of a policy that decides claims, in JSON.

    In some, only instants, amounts and quantities vary; in the others, one or more sides of the case are unknown, contested, late
    or unusual. Orders are placed after the first edition took effect::

        @given(case_documents("acme.returns"))
        def test_my_own_model_agrees(document):
            assert my_own_model(document) == decide(case_from(document)).outcome
    """
    return _claim_documents(policy)


@st.composite
def _claim_documents(draw: st.DrawFn, policy: str) -> Json:
    return Author(lambda count: draw(position(count)), steering(policy)).case(policy)


def variations(
    document: Json, others: Mapping[str, Sequence[Any]], *, changes: Sequence[int] = (0, 1, 2, 3)
) -> st.SearchStrategy[Json]:
    """A valid document with other values at some places (JSON pointers); for cases that are not claims.

    For example::

    variations({"shop": {"shop_score": "4.5"}}, {"/shop/shop_score": ["4.1", None]})
    """

    def changed(chosen: Iterable[tuple[str, Any]]) -> Json:
        result: Json = json.loads(json.dumps(document))
        for pointer, value in chosen:
            put(result, pointer, copy.deepcopy(value))
        return result

    one = st.sampled_from([(pointer, value) for pointer, values in others.items() for value in values])
    return st.sampled_from([count for count in changes if count <= len(others)]).flatmap(
        lambda count: st.lists(one, min_size=count, max_size=count, unique_by=lambda change: change[0]).map(changed)
    )


def case_variations(
    document: Json, others: Mapping[str, Sequence[Any]], *, changes: Sequence[int] = (0, 1, 2, 3)
) -> st.SearchStrategy[Any]:
    """The cases among the :func:`variations` of a document: combinations that no case can have are left out.

    Raises :class:`~adjudicator.model.errors.InputError` if the document itself is no case.
    """
    case_from(document)
    return variations(document, others, changes=changes).map(_case_if_any).filter(lambda case: case is not None)


def _case_if_any(document: Json) -> Any:
    try:
        return case_from(document)
    except InputError:
        return None


@cache
def position(length: int) -> st.SearchStrategy[int]:
    """A position in a tuple. Cached, because strategies are expensive to make and a case draws a hundred times."""
    return st.sampled_from(range(length))
