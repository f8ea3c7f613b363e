"""Turn plain text into Markdown. Text is always escaped: only the functions here make markup."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import chain
from typing import Final, NewType

Markdown = NewType("Markdown", str)
"""Text that is markup; a plain ``str`` is not."""

NOTHING: Final = Markdown("")

_SPECIAL: Final = re.compile(r"[&<>\\`*_{}\[\]#|~^]|^[-+=:!]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
"""Characters with a meaning in Markdown or HTML, some only at the start of a line."""

_TOKENS: Final = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|\w+|\s+|.", re.DOTALL)


def plain(text: str) -> Markdown:
    """Escape a text, on one line."""
    return Markdown(_SPECIAL.sub(lambda sign: f"&#{ord(sign.group())};", " ".join(text.split())))


def code(text: str) -> Markdown:
    """A name as inline code."""
    return Markdown(f"<code>{plain(text)}</code>" if {"`", "|"} & {*text} else f"`{text}`")


def strong(text: Markdown) -> Markdown:
    """Bold text."""
    return Markdown(f"**{text}**")


def link(text: Markdown, address: str) -> Markdown:
    """A link."""
    return Markdown(f"[{text}]({address})")


def anchor(name: str) -> Markdown:
    """A target for links."""
    return Markdown(f'<a id="{escape(name)}"></a>')


def heading(level: int, text: Markdown, name: str) -> Markdown:
    """A heading that links can point to."""
    return Markdown(f"{'#' * level} {text} {{ #{name} }}")


def joined(parts: Iterable[Markdown], between: str = " ") -> Markdown:
    """Join the parts that are not empty."""
    return Markdown(between.join(part for part in parts if part))


def blocks(*parts: Markdown) -> Markdown:
    """Join the blocks that are not empty, with blank lines between them."""
    return joined(parts, "\n\n")


def items(parts: Iterable[Markdown], mark: str = "-") -> Markdown:
    """A list."""
    return Markdown("\n".join(f"{mark} {part}" for part in parts))


def table(head: Sequence[str], rows: Iterable[Sequence[Markdown]]) -> Markdown:
    """A table; empty if it has no rows."""
    lines = [f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows]
    top = [f"| {' | '.join(map(plain, head))} |", f"|{' --- |' * len(head)}"]
    return Markdown("\n".join([*top, *lines])) if lines else NOTHING


def listing(text: str, language: str = "python") -> Markdown:
    """A code block."""
    longest = max((len(found) for found in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return Markdown(f"{fence}{language}\n{text}\n{fence}")


def figure(picture: str) -> Markdown:
    """An inline SVG picture."""
    return Markdown(f"<figure>{picture}</figure>")


def redlined(before: str, after: str) -> Markdown:
    """The new text, with insertions marked and deletions struck out."""
    one, other = _TOKENS.findall(before), _TOKENS.findall(after)
    parts: list[str] = []
    for what, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        gone, come = _kept("".join(one[i:j])), _kept("".join(other[k:m]))
        if what == "equal":
            parts.append(gone)
            continue
        parts += [f"<del>{gone}</del>"] if gone else []
        parts += [f"<ins>{come}</ins>"] if come else []
    return Markdown("".join(parts))


def differing(before: str, after: str) -> Markdown:
    """A unified diff of two pieces of code."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm="")
    return listing("\n".join(line for line in lines if not line.startswith(("---", "+++", "@@"))), "diff")


def _kept(text: str) -> Markdown:
    """Escape a part of a text, but keep the spaces at its ends."""
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return Markdown("".join(chain(" " if lead else "", plain(text), " " if trail and text.strip() else "")))
