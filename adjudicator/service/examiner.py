"""The process that reads evidence files for a worker. It starts when it is first needed, and serves one request at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final

from attrs import define, field

from adjudicator.extras import MissingExtra
from adjudicator.model.errors import InputError
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Settings

if TYPE_CHECKING:
    from adjudicator.evidence import Limits
    from adjudicator.evidence.process import Examiner

WAIT: Final = 10.0
"""Seconds that a request waits for the one before it."""

_log = logging.getLogger("adjudicator.service")


@define(eq=False)
class SharedExaminer:
    """Lends the process to one thread after the other."""

    settings: Settings
    _lock: Lock = field(factory=Lock, init=False)
    _examiner: Examiner | None = field(default=None, init=False)

    @contextmanager
    def borrowed(self) -> Iterator[Examiner]:
        """The process. Raises :class:`Problem` if it stays in use, does not start, or belongs to an extra that is not installed."""
        if not self._lock.acquire(timeout=WAIT):
            raise Problem("busy", "other files are being read", {"Retry-After": f"{WAIT:g}"})
        try:
            with _as_problems():
                yield self._opened()
        except (InputError, Problem):
            raise
        except BaseException:
            self._close()  # even in the middle of something
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the process. While a request still uses it, it is left to end with this worker."""
        if self._lock.acquire(blocking=False):
            try:
                self._close()
            finally:
                self._lock.release()

    def _opened(self) -> Examiner:
        from adjudicator.evidence.process import Examiner  # noqa: PLC0415 - an extra of its own

        if self._examiner is None:
            self._examiner = Examiner(limits_for(self.settings))
        return self._examiner

    def _close(self) -> None:
        examiner, self._examiner = self._examiner, None
        if examiner is not None:
            examiner.close()


def limits_for(settings: Settings) -> Limits:
    """What one examination over HTTP may use."""
    from adjudicator.evidence import Limits  # noqa: PLC0415 - an extra of its own

    usual = Limits()
    seconds = int(settings.examination_seconds)
    return Limits(
        file_bytes=min(usual.file_bytes, settings.max_examination_bytes),
        bundle_bytes=settings.max_examination_bytes,
        seconds=min(usual.seconds, seconds),
        bundle_seconds=seconds,
    )


def check_installed() -> None:
    """Raises :class:`Problem` if files cannot be examined here."""
    with _as_problems():
        pass


@contextmanager
def _as_problems() -> Iterator[None]:
    """Turns what keeps files from being read into a problem."""
    try:
        from adjudicator.evidence import CannotStart  # noqa: PLC0415 - an extra of its own
    except MissingExtra as error:
        raise Problem("cannot-examine", str(error)) from None
    try:
        yield
    except MissingExtra as error:
        raise Problem("cannot-examine", str(error)) from None
    except CannotStart as error:
        _log.error("the process that reads files: %s", error)
        raise Problem("cannot-examine", "the process that reads files does not start") from None
