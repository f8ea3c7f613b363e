"""Checks of the limits that the fields of a case declare: that something enforces them, and that the fields they name exist."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

import attrs

from adjudicator.engine.acceptables import syntax_tree
from adjudicator.engine.clause import PolicyError
from adjudicator.model.declared_faults import DEPENDENT, LIMITS, ORDER
from adjudicator.model.errors import did_you_mean
from adjudicator.model.fields import all_fields, if_known, steps
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant

if TYPE_CHECKING:
    from adjudicator.engine.policy import Edition


def check_limits(edition: Edition) -> None:
    """Refuse a class of cases with limits that nothing would enforce, or that name a field that does not exist."""
    case_type = edition.case_kind.case_type
    if unchecked := _unchecked_limits(case_type):
        raise PolicyError(
            f"{edition.policy}: {unchecked} has limits, but the faults of a {case_type.__name__} do not check them; write "
            "yield from super().faults() in its faults"
        )
    if dangling := _dangling(case_type):
        raise PolicyError(f"{edition.policy}: {dangling}")


@cache
def _dangling(case_type: type) -> str | None:
    """The first limit of a field that names an unknown field, or a place that holds no instant."""
    for of, field in all_fields(case_type):
        for word in sorted(DEPENDENT & field.metadata.keys()):
            known = attrs.fields_dict(of)
            for name in field.metadata[word]:
                if name not in known:
                    return f"{word} of {of.__name__}.{field.name} names {name}, which is no field of {of.__name__}{did_you_mean(name, known)}"
        for word in sorted(ORDER & field.metadata.keys()):
            pointer = field.metadata[word]
            if not _is_an_instant(case_type, pointer):
                return f"{word} of {of.__name__}.{field.name} is {pointer!r}, which is no pointer to an instant of the case, such as /as_of"
    return None


def _is_an_instant(case_type: type, pointer: object) -> bool:
    """Whether a pointer leads through parts of a case, and not into a list, to an instant."""
    if not isinstance(pointer, str) or not pointer.startswith("/"):
        return False
    annotation: Any = case_type
    for name in steps(pointer):
        known = if_known(annotation)
        if not attrs.has(known) or name not in attrs.fields_dict(known):
            return False
        annotation = attrs.fields_dict(attrs.resolve_types(known))[name].type
    return bool(if_known(annotation) is Instant)


@cache
def _unchecked_limits(case_type: type) -> str | None:
    """The first field of a pack's own with bounds or other limits, if the faults of the case check none."""
    if _has_the_declared_faults(case_type):
        return None
    bounded = (
        f"{of.__name__}.{each.name}"
        for of, each in all_fields(case_type)
        if not LIMITS.isdisjoint(each.metadata) and not _is_the_engines(of, each.name)
    )
    return next(bounded, None)


def _is_the_engines(of: type, name: str) -> bool:
    """Whether a field is one of the engine's own classes, which check their bounds in other ways."""
    by = next(each for each in of.__mro__ if name in inspect.get_annotations(each))
    return by.__module__.partition(".")[0] == __name__.partition(".")[0]


def _has_the_declared_faults(case_type: type) -> bool:
    """Whether the faults of a case include those that follow from its fields, themselves or by ``super().faults()``."""
    for of in (each for each in case_type.__mro__ if "faults" in each.__dict__):
        if of is CaseBase:
            return True
        written = inspect.unwrap(of.__dict__["faults"])
        tree = syntax_tree(written) if isinstance(written, FunctionType) else None
        if tree is None or "super().faults()" not in ast.unparse(tree):
            return False
    return False
