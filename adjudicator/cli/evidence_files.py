"""The evidence files of a record: what is missing or altered, and what may go. Needs the extras ``service`` and ``evidence``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, TypeAlias

from cyclopts import Parameter

if TYPE_CHECKING:
    from adjudicator.store import DecisionStore

FilesOption: TypeAlias = Annotated[str | None, Parameter(name="--files", show_default=False)]


def named(stores: Iterable[DecisionStore]) -> set[str]:
    """The digests of all files that the cases of some tenants name."""
    from adjudicator.evidence.files import digests_in  # noqa: PLC0415 - an extra of its own

    return {sha256 for store in stores for case in store.cases() for sha256 in digests_in(json.loads(case.content))}


def faults(stores: Iterable[DecisionStore], place: str) -> Iterator[str]:
    """A line for every file that a case names and that is missing or altered."""
    from adjudicator.evidence.file_stores import kept_at  # noqa: PLC0415 - an extra of its own
    from adjudicator.evidence.files import missing_or_altered  # noqa: PLC0415 - an extra of its own

    for sha256, what in missing_or_altered(named(stores), kept_at(place)):
        yield f"{what}: file {sha256}"


def erase_no_longer_named(before: Iterable[str], stores: Iterable[DecisionStore], place: str) -> int:
    """Delete the files that cases named before and no case names now; how many they were."""
    from adjudicator.evidence.file_stores import kept_at  # noqa: PLC0415 - an extra of its own

    files = kept_at(place)
    gone = {*before} - named(stores)
    for sha256 in gone:
        files.erase(sha256)
    return len(gone)


def expire(stores: Iterable[DecisionStore], place: str, days: int) -> int:
    """Delete the files that no case names and that are older than some days; how many they were."""
    from adjudicator.evidence.file_stores import kept_at  # noqa: PLC0415 - an extra of its own
    from adjudicator.evidence.files import erase_unnamed  # noqa: PLC0415 - an extra of its own

    return erase_unnamed(named(stores), kept_at(place), days)
