"""The policies that a caller's tenant may use. Any other is to that caller as if it were not installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adjudicator.api import DecidedCase, load_decided
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.model.errors import Fault, shown
from adjudicator.service.operations import Call
from adjudicator.service.problems import Problem
from adjudicator.store import Filter, check_policy
from adjudicator.wire.codec import ReadCase, read_case


def is_allowed(call: Call, policy: str) -> bool:
    """Whether the caller may use a policy."""
    return call.record.policies is None or policy in call.record.policies


def allowed_policies(call: Call) -> Mapping[str, tuple[Edition, ...]]:
    """The installed policies that the caller may use, with their editions from the oldest to the newest."""
    return {name: group for name, group in policies().items() if is_allowed(call, name)}


def chosen_policies(call: Call, name: str | None) -> Sequence[str]:
    """The policy of this name, or every one that the caller may use. Raises :class:`Problem` for one that he may not."""
    allowed = allowed_policies(call)
    if name is None:
        return tuple(allowed)
    if name not in allowed:
        raise Problem("bad-request", f"query parameter policy: expected one of {', '.join(allowed)}")
    return (name,)


def unknown_names(call: Call, wanted: Filter) -> Iterator[Fault]:
    """What a filter of decisions names that is no outcome or policy: neither of those that the caller may use, nor on record.

    The record may hold decisions under policies that are no longer installed.
    """
    allowed = allowed_policies(call)
    outcomes = {outcome for group in allowed.values() for edition in group for outcome in edition.case_kind.outcomes}
    for name, known in (("outcome", sorted(outcomes)), ("policy", [*allowed])):
        value = getattr(wanted, name)
        if value is not None and value not in known and not call.record.has_any(Filter(**{name: value})):
            yield Fault(f"/{name}", shown(value), f"one of {', '.join(known)}, or one on record")


def case_for(call: Call) -> Any:
    """The case in the body. Raises :class:`~adjudicator.model.errors.InputError` for one under a policy that the caller may not use."""
    return read_case_for(call).case


def read_case_for(call: Call) -> ReadCase:
    """The same, with its normalised document."""
    read = read_case(call.body)
    check_policy(read.case.policy, call.record.policies)
    return read


def decided_for(call: Call, text: bytes) -> DecidedCase:
    """A decision, or a case decided on the spot: see :func:`case_for`."""
    given = load_decided(text)
    check_policy(given.decision.policy.id, call.record.policies)
    return given
