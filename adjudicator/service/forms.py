"""Forms with files (multipart/form-data), received piece by piece into a temporary folder before anything looks at them."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, TypeVar

from anyio import CancelScope, CapacityLimiter, move_on_after, to_thread
from attrs import define, evolve, field, frozen
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.service.operations import MULTIPART, Answer, Call, Form, Operation
from adjudicator.service.problems import Problem
from adjudicator.service.request_body import ACCEPTED_ENCODINGS
from adjudicator.service.settings import Settings

T = TypeVar("T")

FORM_FOLDER: Final = "adjudicator-form-"
"""How the names of temporary folders begin. The process id follows, so that those of killed servers can be told."""
FILES: Final = "files"
"""The name of the parts that are files."""
MOST_FILES: Final = 200
MOST_FORMS: Final = 4
"""The most forms that a worker receives and works on at once."""
LONGEST_NAME: Final = 200
"""Bytes of the name of a file."""
OVERHEAD: Final = 1024
"""Bytes that a part takes beyond its content."""
NOT_UTF_8: Final = "the headers of the parts of a form must be in UTF-8, the names of files too"
SLACK: Final = 90.0
"""Seconds beyond the time limit after which work is given up: what waits for its turn, starts or reads a last file ends by itself before."""


@frozen(kw_only=True)
class FormLimits:
    """The bounds of a form, in bytes and seconds."""

    texts: tuple[str, ...]
    text_bytes: int
    file_bytes: int
    seconds: float

    @property
    def most_bytes(self) -> int:
        """Of the whole body."""
        parts = len(self.texts) + MOST_FILES
        return self.file_bytes + len(self.texts) * self.text_bytes + parts * OVERHEAD


def limits_of(operation: Operation, settings: Settings) -> FormLimits:
    """The bounds of the forms of an operation."""
    return FormLimits(
        texts=operation.form_texts,
        text_bytes=settings.max_body_bytes,
        file_bytes=settings.max_examination_bytes,
        seconds=settings.examination_seconds,
    )


@define(eq=False)
class Forms:
    """The forms of a worker, a few at a time."""

    _under_way: int = field(default=0, init=False)

    async def run(
        self,
        operation: Operation,
        call: Call,
        receive: Callable[[], Awaitable[Any]],
        headers: Mapping[str, str],
    ) -> Answer:
        """Receive a form, and answer it. Raises :class:`Problem`, and what the operation raises."""
        limits, boundary = limits_of(operation, call.settings), _boundary(headers)
        with self._slot():
            thread = CapacityLimiter(1)
            if operation.begin is not None:
                await _in_thread(partial(operation.begin, call), thread)
            folder = TemporaryDirectory(prefix=f"{FORM_FOLDER}{os.getpid()}-", ignore_cleanup_errors=True)
            try:
                receiver = FormReceiver(limits, Path(folder.name), boundary)
                await _received(receive, receiver, headers, thread)
                call = evolve(call, form=await _in_thread(receiver.complete, thread))
                with move_on_after(limits.seconds + SLACK):
                    return await _in_thread(partial(operation.handle, call), thread)
                raise Problem("busy", "the files could not be read in time", {"Retry-After": "60"})
            finally:
                with CancelScope(shield=True):
                    await to_thread.run_sync(folder.cleanup)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._under_way >= MOST_FORMS:
            raise Problem("busy", f"{MOST_FORMS} others are sending files", {"Retry-After": "10"})
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1


@define(eq=False)
class FormReceiver:
    """Takes the body of a form, and writes its files to a folder."""

    limits: FormLimits
    folder: Path
    boundary: str
    texts: dict[str, bytearray] = field(factory=dict, init=False)
    files: list[Path] = field(factory=list, init=False)
    _left: int = field(init=False)
    _text: bytearray | None = field(default=None, init=False)
    _file: IO[bytes] | None = field(default=None, init=False)
    _parser: PushMultipartParser = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._left = self.limits.file_bytes
        with _readable():
            self._parser = PushMultipartParser(self.boundary, max_segment_count=len(self.limits.texts) + MOST_FILES)

    def add(self, chunk: bytes) -> None:
        """Take the next bytes. Raises :class:`Problem` or :class:`~adjudicator.model.errors.InputError` for a form that is refused."""
        with _readable():
            for event in self._parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    self._begin(event)
                elif event is None:
                    self._end()
                else:
                    self._take(event)

    def complete(self) -> Form:
        """The whole form. Raises like :meth:`add` if it is cut off or has no files."""
        with _readable():
            self._parser.close()
        if not self.files:
            raise InputError([Fault(f"{FILES}#", "nothing", "at least one file")])
        return Form(texts={name: bytes(text) for name, text in self.texts.items()}, files=tuple(self.files))

    def close(self) -> None:
        """Close the file that is being written, if there is one."""
        if self._file is not None:
            self._file.close()

    def _begin(self, part: MultipartSegment) -> None:
        name = part.name or ""
        if name == FILES:
            self._file = self._created(part.filename or "")
        elif name not in self.limits.texts:
            raise InputError([Fault("", shown(name), f"a part named {', '.join((*self.limits.texts, FILES))}")])
        elif name in self.texts:
            raise InputError([Fault(f"{name}#", shown(name), "a part that occurs once")])
        else:
            self._text = self.texts[name] = bytearray()

    def _created(self, name: str) -> IO[bytes]:
        """The file of this name in the folder. A name is only ever a name: it leads nowhere else."""
        place = self.folder / name
        if not _is_plain(name):
            raise InputError([Fault(f"{FILES}#", shown(name), "a file with a name, without a path")])
        try:
            stream = place.open("xb")
        except FileExistsError:
            raise InputError([Fault(f"{FILES}#", shown(name), "a name that no other file has")]) from None
        self.files.append(place)
        return stream

    def _take(self, content: bytes | bytearray) -> None:
        if self._file is not None:
            self._left -= len(content)
            if self._left < 0:
                raise _too_large(f"the files may have at most {self.limits.file_bytes} bytes together")
            self._file.write(content)
        elif self._text is not None:
            self._text += content
            if len(self._text) > self.limits.text_bytes:
                raise _too_large(f"a part that is no file may have at most {self.limits.text_bytes} bytes")

    def _end(self) -> None:
        self.close()
        self._file = self._text = None


def _is_plain(name: str) -> bool:
    return (
        name.isprintable()
        and 0 < len(name.encode()) <= LONGEST_NAME
        and not set(name) & {"/", "\\"}
        and name not in (".", "..")
    )


async def _received(
    receive: Callable[[], Awaitable[Any]], receiver: FormReceiver, headers: Mapping[str, str], thread: CapacityLimiter
) -> None:
    """Give the whole body to a receiver. Raises :class:`Problem` if it is too large or too slow, and what the receiver raises."""
    most, seconds = receiver.limits.most_bytes, receiver.limits.seconds
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit() and int(length) <= most):
        raise _too_large(f"the body may have at most {most} bytes")
    try:
        with move_on_after(seconds) as limit:
            await _receive_all(receive, receiver, most, thread)
    finally:
        receiver.close()
    if limit.cancelled_caught:
        detail = f"the body did not arrive within {seconds:g} seconds"
        raise Problem("request-timeout", detail, {"Connection": "close"})


async def _receive_all(
    receive: Callable[[], Awaitable[Any]], receiver: FormReceiver, most: int, thread: CapacityLimiter
) -> None:
    has_more = True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem("malformed", "the connection closed before the body was complete")
        if chunk := message.get("body", b""):
            most -= len(chunk)
            if most < 0:
                raise _too_large("the body has more bytes than its files and texts may have")
            # Not abandoned when time is up: the folder must not be deleted under it.
            await to_thread.run_sync(receiver.add, chunk, limiter=thread)
        has_more = message.get("more_body", False)


async def _in_thread(work: Callable[[], T], thread: CapacityLimiter) -> T:
    return await to_thread.run_sync(work, limiter=thread, abandon_on_cancel=True)


def _boundary(headers: Mapping[str, str]) -> str:
    """The boundary of the parts. Raises :class:`Problem` for a compressed body, or one of another media type."""
    if headers.get("content-encoding", "").lower() not in ACCEPTED_ENCODINGS:
        raise Problem("unsupported-media-type", "send the body uncompressed", {"Accept-Encoding": "identity"})
    content_type = headers.get("content-type", "")
    kind, options = parse_options_header(content_type)
    if kind != MULTIPART or not options.get("boundary"):
        given = content_type[:80] or "nothing"
        detail = f"the body must be {MULTIPART} with a boundary, not {given}"
        raise Problem("unsupported-media-type", detail, {"Accept-Post": MULTIPART})
    return str(options["boundary"])


@contextmanager
def _readable() -> Iterator[None]:
    """Turns what the parser refuses into a problem."""
    try:
        yield
    except ParserLimitReached:
        raise _too_large(f"a form has at most {MOST_FILES} files, and its parts have short headers") from None
    except (MultipartError, UnicodeError) as error:
        is_text = not isinstance(error.__context__ or error, UnicodeError)
        detail = f"the body is not a form: {error}" if is_text else NOT_UTF_8
        raise Problem("malformed", detail) from None


def _too_large(detail: str) -> Problem:
    return Problem("too-large", detail, {"Connection": "close"})
