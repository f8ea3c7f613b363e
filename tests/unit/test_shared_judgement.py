"""The moment in a judgement that many cases share: whoever looks at it needs the case."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest

from adjudicator.engine.shared_judgement import AnyMoment, NeedsTheCase
from adjudicator.model.time import Instant

COMPARED = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
RECKONED = (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, divmod, pow)
OF_BITS = (operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift, operator.matmul)
BY_ITSELF = (operator.neg, operator.pos, operator.abs, operator.invert, operator.index, round, int, float)
SHOWN = (str, repr, format, hash, bool, len, iter, copy, pickle.dumps, Instant, "{}".format, operator.call)


@pytest.mark.parametrize("look", [*BY_ITSELF, *SHOWN])
def test_nobody_looks_at_any_moment(look: Callable[[Any], object]) -> None:
    with pytest.raises(NeedsTheCase):
        look(AnyMoment())


@pytest.mark.parametrize("look", [*COMPARED, *RECKONED, *OF_BITS])
def test_nobody_compares_or_reckons_with_any_moment(look: Callable[[Any, Any], object]) -> None:
    with pytest.raises(NeedsTheCase):
        look(AnyMoment(), Instant(7))
    with pytest.raises(NeedsTheCase):
        look(Instant(7), AnyMoment())


def test_nobody_takes_any_moment_apart() -> None:
    for look in (
        lambda: operator.attrgetter("utc_text")(AnyMoment()),
        lambda: AnyMoment()[0],
        lambda: 7 in AnyMoment(),
        lambda: isinstance(AnyMoment(), Instant),
        lambda: setattr(AnyMoment(), "seen", True),
        lambda: delattr(AnyMoment(), "seen"),
    ):
        with pytest.raises(NeedsTheCase):
            look()


def test_a_policy_cannot_handle_that() -> None:
    assert not issubclass(NeedsTheCase, Exception)


def test_it_is_said_what_the_case_is_needed_for() -> None:
    with pytest.raises(NeedsTheCase, match=r"^as_of$"):
        int(AnyMoment())
