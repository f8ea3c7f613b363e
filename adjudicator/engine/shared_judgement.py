"""Judgements that many cases share, which hold nothing of a case: not even its moment."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final, Generic, NoReturn, Protocol, TypeVar

import attrs
from attrs import Factory, frozen

from adjudicator.engine.judgement import Judgement
from adjudicator.model.source import maker


class NeedsTheCase(BaseException):
    """A function asks for what differs between cases. It is no ``Exception``, which a policy may handle."""


def _is_looked_at(*_: object) -> NoReturn:
    raise NeedsTheCase("as_of")


class AnyMoment:
    """In the place of the moment of a case. It can be handed on; whoever looks at it raises :class:`NeedsTheCase`."""

    __slots__ = ()
    __getattribute__ = __setattr__ = __delattr__ = _is_looked_at
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __hash__ = __bool__ = _is_looked_at
    __str__ = __repr__ = __format__ = __reduce_ex__ = __len__ = __iter__ = __contains__ = __getitem__ = _is_looked_at
    __int__ = __index__ = __float__ = __round__ = __neg__ = __pos__ = __abs__ = __invert__ = _is_looked_at
    __add__ = __sub__ = __mul__ = __truediv__ = __floordiv__ = __mod__ = __divmod__ = __pow__ = _is_looked_at
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rdivmod__ = __rpow__ = _is_looked_at
    __and__ = __or__ = __xor__ = __lshift__ = __rshift__ = __rand__ = __ror__ = __rxor__ = __rlshift__ = _is_looked_at
    __rrshift__ = __matmul__ = __rmatmul__ = __call__ = __enter__ = __exit__ = _is_looked_at


@frozen
class SharedJudgement(Judgement):
    """A judgement that many cases share, with a place for what is written of it. The fact ``as_of`` may be :class:`AnyMoment`."""

    written: dict[str, Any] = Factory(dict)

    @classmethod
    def of(cls, judgement: Judgement) -> SharedJudgement:
        """The same judgement for many cases."""
        return cls(**{each.name: getattr(judgement, each.name) for each in attrs.fields(Judgement)})


class WithResult(Protocol):
    """Something judged, with what a decision says of it."""

    @property
    def judgement(self) -> Judgement:
        """Its judgement. If that is shared, so is the result."""

    @property
    def result(self) -> Any:
        """The part of the decision about it."""


W = TypeVar("W", bound=WithResult)


@frozen(eq=False)
class SharedWork(Generic[W]):
    """What many cases judge alike, with a place for what is written of it; ``None`` in the places of what is judged in each."""

    judged: tuple[W | None, ...]
    written: dict[str, Any] = Factory(dict)


@frozen(eq=False)
class JudgedTogether(Generic[W]):
    """All that is judged in a case. ``own`` are the places where that is not what is shared."""

    judged: Sequence[W]
    shared: SharedWork[W]
    own: Sequence[int]


@frozen(eq=False)
class Results:
    """What is judged, whose results are taken when you first read them."""

    of: JudgedTogether[Any]

    def __call__(self, _: object) -> tuple[Any, ...]:
        """The results, in order."""
        return (*map(_RESULT, self.of.judged),)


judged_together: Final = maker(JudgedTogether)
results_of: Final = maker(Results)
_RESULT: Final = attrgetter("result")
