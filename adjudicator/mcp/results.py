"""Results of tools: structured content, a short text, and problems with pointers into the arguments.

Text of a case is data. Invisible and control characters in it, which could hide instructions from people or turn text around, are
shown by their escapes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from adjudicator.extras import importing
from adjudicator.model.errors import Fault, InputError
from adjudicator.service.problems import problem_for

with importing("mcp"):
    import mcp_types as types

_PLAIN_BREAKS: Final = frozenset("\n\t")
_HIDDEN: Final = frozenset(("Cc", "Cf", "Co", "Cs", "Cn"))
MOST_ERRORS: Final = 50
"""How many faults a text tells."""


def visible(value: Any) -> Any:
    """A JSON value with every character in its texts visible, keys included."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else "".join(map(_shown, value))
    if isinstance(value, Mapping):
        return {visible(name): visible(member) for name, member in value.items()}
    return [visible(each) for each in value] if isinstance(value, list | tuple) else value


def _shown(character: str) -> str:
    if character in _PLAIN_BREAKS or unicodedata.category(character) not in _HIDDEN:
        return character
    return ascii(character)[1:-1]


def result(content: Mapping[str, Any], summary: str, about: dict[str, Any] | None = None) -> types.CallToolResult:
    """An answer: the whole of it as structured content, and a line about it; ``about`` is metadata, which a model does not read."""
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=visible(summary))],
        structured_content=visible(content),
        _meta=about,
    )


def failure(document: Mapping[str, Any], argument: str | None) -> types.CallToolResult:
    """A problem (RFC 9457), with its pointers moved to the argument that the body came from."""
    errors = [_moved(each, argument) for each in document.get("errors", ())]
    moved = {**document, **({"errors": errors} if errors else {})}
    lines = [
        f"- {each.get('pointer', each.get('parameter', ''))}: expected {each.get('expected')}, got {each.get('value')}"
        for each in errors
    ]
    more = [f"- and {len(lines) - MOST_ERRORS} more"] if len(lines) > MOST_ERRORS else []
    head = f"{document.get('title', 'Problem')}: {document.get('detail', '')}"
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=visible("\n".join((head, *lines[:MOST_ERRORS], *more))))],
        structured_content={"problem": visible(moved)},
        is_error=True,
    )


def invalid(faults: Iterable[Fault]) -> types.CallToolResult:
    """Arguments at fault, in the form of the service's problem for invalid input."""
    return failure(problem_for(InputError(faults)).document(), None)


def _moved(error: Mapping[str, Any], argument: str | None) -> Mapping[str, Any]:
    if argument is None or "pointer" not in error:
        return error
    return {**error, "pointer": f"/{argument}{error['pointer']}"}
