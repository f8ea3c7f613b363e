"""Logs: a line for each event, on the standard output, as JSON or for people.

A log must not hold what a case holds. So nothing but our own events and the server's has words of its own: of any other library's only
the place is told, and of an exception its type and where it came from, for messages may quote what they complain of.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeAlias

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from adjudicator.service.settings import Settings

TRUSTED: Final = ("adjudicator", "uvicorn")
"""Whose messages are fit to be written down."""
TOLD_OF_REQUESTS: Final = ("method", "route", "status", "milliseconds")
"""What is told of a request, besides its id and its trace."""
FRAMES: Final = 12
"""How many of the innermost frames of an exception are told."""

ExceptionInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


def write_logs(settings: Settings) -> None:
    """Let every logger of this process write as the settings say."""
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=TOLD_OF_REQUESTS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_foreign_words,
        _without_words_of_exceptions,
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _written(settings)],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)


def _written(settings: Settings) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(
            serializer=lambda event, **_: orjson.dumps(event, default=str).decode()
        )
    return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())


def _without_foreign_words(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What another library says may quote a request: only that it spoke, and where, is told."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and record.name.partition(".")[0] not in TRUSTED:
        event["event"] = "words withheld"
        event["where"] = f"{Path(record.pathname).name}:{record.lineno}"
    return event


def _without_words_of_exceptions(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as its types and frames, the cause after the effect, without its message."""
    info = event.pop("exc_info", None)
    if info:
        _, error, _ = info if isinstance(info, tuple) else sys.exc_info()
        event["exceptions"] = [_told(each) for each in _causes(error)]
    return event


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _told(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{'/'.join(Path(each.filename).parts[-2:])}:{each.lineno} {each.name}" for each in frames],
    }
