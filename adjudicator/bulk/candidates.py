"""Candidates: editions in a file or package of your own, which decide past cases without being installed."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import linecache
import sys
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from attrs import frozen

from adjudicator.bulk.errors import BulkError, UnusableInput
from adjudicator.engine.policy import Edition
from adjudicator.model.errors import safe, shown

PACKAGE: Final = "__init__.py"


class CandidateError(BulkError):
    """A candidate cannot be used. The message begins with the file and the line, if they are known."""


@frozen
class Candidate:
    """A file or the folder of a package, with the digest of its content. Processes that share it make sure that it is still the same."""

    path: Path
    sha256: str

    @classmethod
    def at(cls, place: str | Path) -> Candidate:
        """The candidate at a path: a Python file, or a folder with an ``__init__.py``. Raises :class:`CandidateError`."""
        path = Path(place).resolve()
        is_package = (path / PACKAGE).is_file()
        if not is_package and not (path.suffix == ".py" and path.is_file()):
            raise CandidateError(f"{safe(str(place))}: expected a Python file, or the folder of a package")
        return cls(path, _digest(path))

    def editions(self) -> dict[str, Edition]:
        """Its editions by policy. Raises :class:`CandidateError` if it cannot be loaded or has none."""
        return _editions(self)

    def edition_of(self, policy: str) -> Edition | None:
        """Its edition of a policy, if it has one."""
        return self.editions().get(policy)


def _digest(path: Path) -> str:
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for each in files:
        content = each.read_bytes()
        digest.update(f"{each.relative_to(path.parent)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@cache
def _editions(candidate: Candidate) -> dict[str, Edition]:
    if _digest(candidate.path) != candidate.sha256:
        raise UnusableInput(f"{safe(str(candidate.path))} has changed since the run began")
    module = _loaded(candidate)
    found: Any = getattr(module, "EDITIONS", None) or tuple(filter(None, [getattr(module, "EDITION", None)]))
    if not isinstance(found, tuple | list) or not found:
        raise CandidateError(f"{safe(str(candidate.path))}: expected EDITION, or EDITIONS with at least one edition")
    for each in found:
        if not isinstance(each, Edition):
            raise CandidateError(f"{safe(str(candidate.path))}: expected editions in EDITIONS, got {shown(each)}")
    by_policy = {each.policy: each for each in found}
    if len(by_policy) < len(found):
        raise CandidateError(
            f"{safe(str(candidate.path))}: expected one edition of each policy, got {len(found)} of {', '.join(by_policy)}"
        )
    return by_policy


def _loaded(candidate: Candidate) -> ModuleType:
    """The module of a candidate, run once in each process."""
    path, name = candidate.path, _module_name(candidate)
    file, search = (path / PACKAGE, [str(path)]) if path.is_dir() else (path, None)
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=search)
    if spec is None or spec.loader is None:
        raise CandidateError(f"{safe(str(path))}: this is no file that Python can import")
    module = importlib.util.module_from_spec(spec)
    linecache.checkcache()
    importlib.invalidate_caches()
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # it is somebody's code, and can raise anything
        del sys.modules[name]
        raise CandidateError(_where_and_why(error, path)) from error
    return module


def _module_name(candidate: Candidate) -> str:
    """Its own name if nothing else is called so, and otherwise one that nothing else has."""
    name = candidate.path.stem
    if name.isidentifier() and name not in sys.modules and importlib.util.find_spec(name) is None:
        return name
    return f"candidate_{candidate.sha256[:16]}"


def _where_and_why(error: BaseException, path: Path) -> str:
    """The file, the line and the reason of an error in a candidate."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{safe(error.filename)}:{error.lineno or 1}: {error.msg}"
    frames = [each for each in traceback.extract_tb(error.__traceback__) if _is_within(each.filename, path)]
    place = f"{safe(frames[-1].filename)}:{frames[-1].lineno}" if frames else safe(str(path))
    kind = type(error).__name__
    return f"{place}: {error}" if kind == "PolicyError" else f"{place}: {kind}: {error}"


def _is_within(file: str, path: Path) -> bool:
    return Path(file) == path or (path.is_dir() and Path(file).is_relative_to(path))
