"""Values that stand for all values: numbers, texts and documents that ask the solver whenever Python looks at them.

Every comparison is answered with ``True`` or ``False`` at once, by following both ways in turn (see :mod:`adjudicator.prove.paths`).
What cannot be followed raises :class:`Untreatable`; nothing is approximated.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import cache
from threading import RLock
from typing import Any, Final, NoReturn, TypeAlias

import z3

from adjudicator.model.time import Instant
from adjudicator.prove.paths import following, untreatable
from adjudicator.prove.results import Why

Formula: TypeAlias = Any
"""A formula of the solver, which has no types of its own that mypy could check."""
Compare: TypeAlias = Callable[[Any, Any], Any]


class Number:
    """A whole number, an instant or a decimal: ``expr`` divided by ``denominator``.

    It is no subclass of ``int``, so that no library can use it as one unnoticed; it only claims to be one to ``isinstance``.
    """

    __slots__ = ("denominator", "expr", "kind")

    def __init__(self, expr: Formula, kind: type, denominator: int = 1) -> None:
        self.expr = expr
        self.kind = kind
        self.denominator = denominator

    @property  # type: ignore[misc]  # so that `isinstance` takes it for what it stands for
    def __class__(self) -> type:
        return self.kind

    def _compared(self, other: Any, compare: Compare) -> bool | Any:
        pair = _numbers(self, other)
        return NotImplemented if pair is None else following().fork(compare(*pair))

    def __lt__(self, other: Any) -> bool | Any:
        return self._compared(other, operator.lt)

    def __le__(self, other: Any) -> bool | Any:
        return self._compared(other, operator.le)

    def __gt__(self, other: Any) -> bool | Any:
        return self._compared(other, operator.gt)

    def __ge__(self, other: Any) -> bool | Any:
        return self._compared(other, operator.ge)

    def __eq__(self, other: object) -> bool:
        pair = _numbers(self, other)
        return pair is not None and following().fork(pair[0] == pair[1])

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __bool__(self) -> bool:
        return following().fork(self.expr != 0)

    def __hash__(self) -> int:
        return untreatable(Why.COMPARED_BY_HASH, self.kind.__name__)

    def _calculated(self, other: Any, calculate: Compare) -> Any:
        operand = other.expr if type(other) is Number else other
        if isinstance(other, float | Decimal) or not isinstance(other, int):
            return untreatable(Why.ARITHMETIC, f"{self.kind.__name__} and {type(other).__name__}")
        if self.denominator != 1:
            return untreatable(Why.ARITHMETIC, "Decimal")
        return Number(calculate(self.expr, int(operand) if isinstance(operand, int) else operand), int)

    def __add__(self, other: Any) -> Any:
        return self._calculated(other, operator.add)

    def __radd__(self, other: Any) -> Any:
        return self._calculated(other, lambda own, others: others + own)

    def __sub__(self, other: Any) -> Any:
        return self._calculated(other, operator.sub)

    def __rsub__(self, other: Any) -> Any:
        return self._calculated(other, lambda own, others: others - own)

    def __neg__(self) -> Any:
        return self._calculated(-1, operator.mul)

    def __mul__(self, other: Any) -> Any:
        if type(other) is Number:
            return untreatable(Why.ARITHMETIC, "a product of two facts")
        return self._calculated(other, operator.mul)

    __rmul__ = __mul__

    def _divisor(self, other: Any) -> int:
        if type(other) not in (int, Instant) or other <= 0:
            return untreatable(Why.ARITHMETIC, "a division by anything but a positive constant")
        return int(other)

    def __floordiv__(self, other: Any) -> Any:
        return self._calculated(self._divisor(other), operator.truediv)

    def __mod__(self, other: Any) -> Any:
        return self._calculated(self._divisor(other), operator.mod)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __getattr__(self, name: str) -> NoReturn:
        _refuse(name, self.kind.__name__)

    def __repr__(self) -> str:
        return untreatable(Why.TEXT, f"{self.kind.__name__} as text")

    def __format__(self, _: str) -> str:
        return repr(self)


def _refuse(name: str, kind: str) -> NoReturn:
    if name.startswith("__"):
        raise AttributeError(name)
    untreatable(Why.TEXT if kind == "str" else Why.ARITHMETIC, f"{kind}.{name}")


def _numbers(one: Number, other: Any) -> tuple[Formula, Formula] | None:
    """Both numbers with a common denominator; ``None`` if the other is not a number."""
    if type(other) is Number:
        return one.expr * other.denominator, other.expr * one.denominator
    if not isinstance(other, int | float | Decimal):
        return None
    if not isinstance(other, int) and not Decimal(other).is_finite():
        return untreatable(Why.ARITHMETIC, str(other))
    exact = Fraction(other)
    return one.expr * exact.denominator, z3.IntVal(exact.numerator * one.denominator)


class Texts:
    """Texts by number. Only whether two are the same can be asked, so any numbering will do."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number_of(self, text: str) -> int:
        """The number of a text that a function names."""
        return self.numbers.setdefault(str(text), -1 - len(self.numbers))

    def text_of(self, number: int) -> str:
        """A text with a number: the one that a function names, or one that none names."""
        for text, its_number in self.numbers.items():
            if its_number == number:
                return text
        text = f"text-{number}"
        while text in self.numbers:
            text += "'"
        return text


class Text:
    """A text of which only equality with others is known."""

    __slots__ = ("expr", "texts")

    def __init__(self, expr: Formula, texts: Texts) -> None:
        self.expr = expr
        self.texts = texts

    @property  # type: ignore[misc]  # so that `isinstance` takes it for what it stands for
    def __class__(self) -> type:
        return str

    def __eq__(self, other: object) -> bool:
        if type(other) is Text:
            return following().fork(self.expr == other.expr)
        return isinstance(other, str) and following().fork(self.expr == self.texts.number_of(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __bool__(self) -> bool:
        return self != ""

    def __hash__(self) -> int:
        return untreatable(Why.COMPARED_BY_HASH, "str")

    def __getattr__(self, name: str) -> NoReturn:
        _refuse(name, "str")

    def __repr__(self) -> str:
        return untreatable(Why.TEXT, "text within a text")

    def __format__(self, _: str) -> str:
        return repr(self)

    def _refuse_to_take_apart(self, *_: object) -> NoReturn:
        untreatable(Why.TEXT, "text in order or in parts")

    __lt__ = __le__ = __gt__ = __ge__ = __len__ = __iter__ = __contains__ = __getitem__ = __add__ = __radd__ = (
        _refuse_to_take_apart
    )


class TextSet:
    """A set of one text, or of none."""

    __slots__ = ("members",)

    def __init__(self, *members: Text) -> None:
        self.members = members

    @property  # type: ignore[misc]  # so that `isinstance` takes it for what it stands for
    def __class__(self) -> type:
        return frozenset

    def __contains__(self, other: object) -> bool:
        return any(each == other for each in self.members)

    def __iter__(self) -> Iterator[Text]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Set) and untreatable(Why.COMPARED_BY_HASH, "frozenset")

    __hash__ = None  # type: ignore[assignment]  # Python's way to say that there is none


_ALTERNATIVES: Final = "_alternatives_of_fields"


def any_instance(kind: type, alternatives: Mapping[str, Any]) -> Any:
    """An instance of an attrs class whose fields are chosen when they are read."""
    made: Any = object.__new__(_open_class(kind))
    object.__setattr__(made, _ALTERNATIVES, alternatives)
    return made


def alternatives_of(value: Any) -> Mapping[str, Any] | None:
    """The alternatives of the fields of a value from :func:`any_instance`; ``None`` for any other."""
    found: Mapping[str, Any] | None = None
    if getattr(type(value), "stands_for", None) is not None:
        found = object.__getattribute__(value, _ALTERNATIVES)
    return found


@cache
def _open_class(kind: type) -> type:
    def chosen(self: Any, name: str) -> Any:
        found = object.__getattribute__(self, _ALTERNATIVES).get(name)
        if found is None:
            raise AttributeError(name)
        return following().choose(found)

    body = {
        "__slots__": (_ALTERNATIVES,),
        "__getattr__": chosen,
        "__class__": property(lambda _: kind),
        "stands_for": kind,
    }
    return type(kind.__name__, (kind,), body)


_LOCK: Final = RLock()


def _instant(cls: type, value: Any = 0) -> Any:
    return Number(value.expr, Instant) if type(value) is Number else int.__new__(cls, value)


@contextmanager
def symbolic_instants() -> Iterator[None]:
    """Let ``Instant(...)`` keep a symbolic number symbolic; real numbers give real instants. One proof at a time."""
    with _LOCK:
        before = Instant.__dict__.get("__new__")
        type.__setattr__(Instant, "__new__", staticmethod(_instant))
        try:
            yield
        finally:
            if before is None:
                type.__delattr__(Instant, "__new__")
            else:
                type.__setattr__(Instant, "__new__", before)
