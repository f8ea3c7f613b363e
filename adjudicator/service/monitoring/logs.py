"""Logs: one line per event, on standard output unless that is taken, as JSON or for people.

A log must not contain case data. So only our own and the server's messages are logged as they are: for other libraries only the place
is logged, and for exceptions the types and frames, because their messages may quote data.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO, TypeAlias

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from adjudicator.service.budget import arrives_again
from adjudicator.service.settings import Settings
from adjudicator.store import database_code

TRUSTED: Final = ("adjudicator", "uvicorn")
"""Loggers whose messages are safe to write."""
REQUEST_FIELDS: Final = ("method", "route", "status", "milliseconds")
"""The fields logged for a request, besides its id and trace."""
FRAMES: Final = 12
"""The number of innermost frames logged for an exception."""

_log = logging.getLogger("adjudicator.service")

ExceptionInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


def write_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Configure all loggers of this process to write to a stream, by default standard output.

    So do exceptions that nobody catches, which Python would write with their messages.
    """
    stream = stream or sys.stdout
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=REQUEST_FIELDS),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _withhold_foreign_messages,
        _strip_exception_messages,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(settings, stream)],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    sys.unraisablehook = _log_dropped
    threading.excepthook = _log_end_of_thread


def _log_dropped(dropped: sys.UnraisableHookArgs) -> None:
    """Log an exception that Python drops; an interruption arrives again instead."""
    if not arrives_again(dropped.exc_type):
        _log.error("an exception was dropped", exc_info=dropped.exc_value)


def _log_end_of_thread(end: threading.ExceptHookArgs) -> None:
    """Log the exception that ends a thread."""
    if not issubclass(end.exc_type, SystemExit):
        _log.error("a thread ended", exc_info=end.exc_value)


def _renderer(settings: Settings, stream: TextIO) -> Processor:
    if settings.log_format == "json":
        return structlog.processors.JSONRenderer(
            serializer=lambda event, **_: orjson.dumps(event, default=str).decode()
        )
    return structlog.dev.ConsoleRenderer(colors=stream.isatty())


def _withhold_foreign_messages(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Withhold messages of other libraries, which may quote a request, and log only where they came from."""
    record: logging.LogRecord | None = event.get("_record")
    if record is not None and record.name.partition(".")[0] not in TRUSTED:
        event["event"] = "words withheld"
        event["where"] = f"{Path(record.pathname).name}:{record.lineno}"
    return event


def _strip_exception_messages(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace an exception and its causes by types and frames, without messages."""
    info = event.pop("exc_info", None)
    if info:
        _, error, _ = info if isinstance(info, tuple) else sys.exc_info()
        event["exceptions"] = [_exception_fields(cause) for cause in _causes(error)]
    return event


def _causes(error: BaseException | None) -> list[BaseException]:
    causes: list[BaseException] = []
    while error is not None and error not in causes:
        causes.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return causes


def _exception_fields(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    code = database_code(error)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        **({} if code is None else {"code": code}),
        "frames": [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in frames],
    }
