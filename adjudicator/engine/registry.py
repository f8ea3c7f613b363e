"""The installed editions, and the one that governs a case. Packs register under the entry point group ``adjudicator.policies``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from adjudicator.engine.blame import blamed
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.model.decision import PolicyRef
from adjudicator.model.errors import Fault, InputError, safe, shown
from adjudicator.model.soundness import CaseBase, require_case
from adjudicator.model.time import Instant

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

GROUP = "adjudicator.policies"
NO_PACKS = "no pack of policies is installed"
MOST_POLICIES = 256
"""The number of policies for which is kept when each edition takes over."""


@cache
def policies() -> Mapping[str, tuple[Edition, ...]]:
    """Every policy of every installed pack, with its editions from the oldest to the newest.

    Raises :class:`PolicyError` if a pack does not load, two packs have editions of one policy, or two of them govern from the same day.
    """
    by_pack = [(pack, editions_of(pack)) for pack in installed_packs()]
    owners: dict[str, EntryPoint] = {}
    for pack, loaded in by_pack:
        for policy in dict.fromkeys(edition.policy for edition in loaded):
            owner = owners.setdefault(policy, pack)
            if owner is not pack:
                raise PolicyError(
                    f"{_label(owner)} and {_label(pack)} both have editions of {policy}; "
                    "a policy belongs to one pack, or else the other one would govern its cases"
                )
    return in_order(edition for _, loaded in by_pack for edition in loaded)


def installed_packs() -> tuple[EntryPoint, ...]:
    """Every installed pack, by name."""
    return tuple(sorted(_entry_points(), key=lambda point: point.name))


def _entry_points() -> EntryPoints:
    # The module of the standard library imports a tenth of what all of this package does, and only finding packs needs it.
    from importlib.metadata import entry_points  # noqa: PLC0415 - see above

    return entry_points(group=GROUP)


def editions_of(pack: EntryPoint) -> tuple[Edition, ...]:
    """The editions of a pack. Raises :class:`PolicyError`, with the name of the pack, if they do not load."""
    label = _label(pack)
    try:
        loaded = _loaded(pack)
    except Exception as error:  # a pack is third-party code and can raise anything
        cause = str(error) if isinstance(error, PolicyError) else f"{type(error).__name__}: {error}"
        place = blamed(error, {_package_of(pack)})
        at = f", at {place}" if place and place.rpartition(":")[0] not in cause else ""
        raise PolicyError(f"{label} cannot be loaded: {cause}{at}") from error
    if wrong := [each for each in loaded if not isinstance(each, Edition)]:
        raise PolicyError(f"{label} holds {shown(wrong[0])} among its EDITIONS, which is no edition")
    return loaded


def _loaded(pack: EntryPoint) -> tuple[Any, ...]:
    held = pack.load().EDITIONS
    if isinstance(held, Edition):
        raise PolicyError("EDITIONS is an edition; write a tuple of them, such as (EDITION,)")
    return tuple(held)


def _label(pack: EntryPoint) -> str:
    return f"the pack {pack.name} ({pack.value})"


def failure(error: Exception, elsewhere: str = "internal error, please report it") -> str:
    """An error on one line: that of a pack with the function that failed, any other as what happened ``elsewhere``."""
    if isinstance(error, PolicyError):
        return str(error)
    function = failed_function(error)
    what = f"a function of a pack failed, {function}" if function else elsewhere
    return f"{what}: {type(error).__name__}: {error}"


def failed_function(error: BaseException) -> str | None:
    """The function of a pack or a candidate in which an error arose, with file and line; ``None`` if it arose elsewhere."""
    return blamed(error, _loaded_with_editions()) or blamed(error, {_package_of(pack) for pack in installed_packs()})


def _loaded_with_editions() -> set[str]:
    """The packages and modules in memory that hold editions: packs, and candidates, which are not installed."""
    return {name for name, module in sys.modules.copy().items() if "." not in name and _holds_editions(module)}


def _holds_editions(module: object) -> bool:
    named = getattr(module, "__dict__", {})
    several = named.get("EDITIONS")
    first = next(iter(several), None) if isinstance(several, tuple | list) else named.get("EDITION")
    return isinstance(first, Edition)


def _package_of(pack: EntryPoint) -> str:
    return pack.module.partition(".")[0]


def editions_named(name: str) -> tuple[Edition, ...]:
    """The editions of a policy, or of a pack by the name of its entry point.

    Raises :class:`LookupError`, with the names that there are, for another name, and for a pack without editions.
    """
    if (policy_editions := policies().get(name)) is not None:
        return policy_editions
    packs = {pack.name: pack for pack in _entry_points()}
    if name in packs:
        if not (loaded := editions_of(packs[name])):
            raise LookupError(f"{_label(packs[name])} has no edition: its EDITIONS is empty")
        return loaded
    if not packs:
        raise LookupError(f"there is no pack {safe(name)}; {NO_PACKS}")
    known = ", ".join((*sorted(packs), *policies()))
    raise LookupError(f"there is no pack and no policy {safe(name)}; there are: {known}")


def one_of_the_policies() -> str:
    """The expected policies, for the text of a fault."""
    return "one of " + ", ".join(policies()) if policies() else "a policy, and no pack is installed that has one"


def in_order(editions: Iterable[Edition]) -> dict[str, tuple[Edition, ...]]:
    """Editions by policy, from the oldest to the newest. Raises :class:`PolicyError` if two govern from the same day."""
    ordered = sorted(editions, key=lambda edition: (edition.policy, edition.effective_from))
    for one, next_one in pairwise(ordered):
        if (one.policy, one.effective_from) == (next_one.policy, next_one.effective_from):
            raise PolicyError(f"two editions of {one.policy} govern from {one.name}")
    return {policy: tuple(group) for policy, group in groupby(ordered, key=lambda edition: edition.policy)}


def editions() -> tuple[Edition, ...]:
    """Every edition of every policy."""
    return tuple(edition for group in policies().values() for edition in group)


def governing(policy: str, moment: Instant) -> Edition | None:
    """The edition of a policy that governs at an instant; ``None`` before the first, or if the policy is not installed."""
    in_force = [edition for edition in policies().get(policy, ()) if edition.governs_from <= moment]
    return in_force[-1] if in_force else None


def edition_named(case: CaseBase, name: str) -> Edition:
    """The edition with a name of the policy of a case. Raises :class:`~adjudicator.model.errors.InputError` if there is none."""
    found = next((edition for edition in policies().get(case.policy, ()) if edition.name == name), None)
    if found is None:
        raise InputError([Fault("/policy", shown(case.policy), f"a policy with the edition {shown(name)}")])
    return found


def edition_behind(policy: PolicyRef) -> Edition | None:
    """The edition that a decision names, if it is installed."""
    return next((edition for edition in policies().get(policy.id, ()) if edition.name == policy.edition), None)


def edition_for(case: CaseBase, other: Edition | None = None) -> Edition:
    """The edition that governs a case, or the ``other`` one if you pass it.

    Raises :class:`~adjudicator.model.errors.InputError` if the value is not a case, no edition governs it, or ``other`` decides
    another kind of case.
    """
    if other is not None:
        return _able_to_decide(require_case(case), other)
    found = edition_in_force(require_case(case))
    if found is None:
        raise InputError(ungoverned(case))
    return found


def edition_in_force(case: CaseBase) -> Edition | None:
    """The edition that governs a case; ``None`` if none does, or the field that says which could not be read."""
    group = policies().get(case.policy)
    if not group:
        return None
    governing, newest_first = _turns(group)
    try:
        moment = governing(case)
    except AttributeError:
        return None
    if isinstance(moment, Instant):
        for governs_from, edition in newest_first:
            if governs_from <= moment:
                return edition
    return None


@lru_cache(maxsize=MOST_POLICIES)
def _turns(group: tuple[Edition, ...]) -> tuple[Callable[[Any], Any], tuple[tuple[Instant, Edition], ...]]:
    """What takes the governing instant from a case of a policy, and its editions from the newest with what they govern from."""
    turns = tuple((edition.governs_from, edition) for edition in reversed(group))
    return _at(group[0].case_kind.governed_from), turns


def _able_to_decide(case: CaseBase, edition: Edition) -> Edition:
    if not isinstance(edition, Edition):
        raise InputError([Fault("", shown(edition), "an edition of a policy")])
    if not isinstance(case, edition.case_kind.case_type):
        expected = f"a {edition.case_kind.case_type.__name__}, which {edition.policy} decides"
        raise InputError([Fault("", shown(case), expected)])
    return edition


def ungoverned(case: CaseBase) -> tuple[Fault, ...]:
    """The fault of a case without a governing edition: an unknown policy, or an instant before its first edition."""
    if case.policy not in policies():
        return (Fault("/policy", shown(case.policy), one_of_the_policies()),)
    first = policies()[case.policy][0]
    moment = governing_instant(first, case)
    if moment is None or moment >= first.governs_from:
        return ()
    expected = f"an instant not before {first.governs_from}, when the first edition of {case.policy} came into force"
    return (Fault(first.case_kind.governed_from, shown(str(moment)), expected),)


def governing_instant(edition: Edition, case: CaseBase) -> Instant | None:
    """The instant that selects the edition of a case; ``None`` if that field could not be read."""
    try:
        value = _at(edition.case_kind.governed_from)(case)
    except AttributeError:
        return None
    return value if isinstance(value, Instant) else None


@cache
def _at(pointer: str) -> Callable[[Any], Any]:
    """What takes the value at a pointer from a case."""
    return attrgetter(pointer.removeprefix("/").replace("/", "."))
