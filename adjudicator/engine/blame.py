"""Find the line of a pack at which an error arose, to tell its author."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import TracebackType


def blamed(error: BaseException, packages: Collection[str]) -> str | None:
    """The last function of these packages behind an error, with file and line; ``None`` if none of them is behind it."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}"
    steps = [each for each in _steps(error.__traceback__) if _package_of(each) in packages]
    if not steps:
        return None
    code, name = steps[-1].tb_frame.f_code, steps[-1].tb_frame.f_globals["__name__"]
    place = f"{code.co_filename}:{steps[-1].tb_lineno}"
    return place if code.co_name == "<module>" else f"{name}.{code.co_name} ({place})"


def _steps(step: TracebackType | None) -> Iterator[TracebackType]:
    while step is not None:
        yield step
        step = step.tb_next


def _package_of(step: TracebackType) -> str:
    return str(step.tb_frame.f_globals.get("__name__")).partition(".")[0]
