"""Envelopes: how a response says that the call succeeded, and which field holds the content.

Each platform has its own. Gateways between the platform and you may add another or strip it. Those are accepted only if you name
them, because some do not say whether the call succeeded.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Final

from attrs import Factory, frozen

from adjudicator.adapters.losses import Ledger
from adjudicator.adapters.payload import Node, View
from adjudicator.adapters.values import code, flag
from adjudicator.model.errors import Fault, InputError, shown

Reader = Callable[[Node], Hashable | None]

PLATFORM: Final = "platform"
_MESSAGE_FIELDS: Final = ("sub_msg", "msg", "message", "error_msg")


@frozen(kw_only=True)
class Envelope:
    """One way to wrap a response.

    ``success`` maps status fields to a reader and the value that means success; at least one of them must be present. ``failure``
    is a field that is present only if the call failed. ``content`` is the field that holds the content, ``None`` if the response
    itself is the content. ``single`` allows the content to be a list of one item.
    """

    expected: str
    success: Mapping[str, tuple[Reader, Hashable]] = Factory(dict)
    failure: str | None = None
    content: str | None = "data"
    single: bool = True


GATEWAYS: Final[Mapping[str, Envelope]] = {
    "bare": Envelope(expected="an object", content=None, single=False),
    "data": Envelope(expected="an object with data"),
    "code-zero": Envelope(expected="an answer with code 0", success={"code": (code, "0")}),
    "is-success": Envelope(expected="an answer with isSuccess true", success={"isSuccess": (flag, True)}),
    "list": Envelope(expected="a list of one object", content=None),
}
"""Envelopes of gateways, by the name that a caller gives."""


def known_envelope(own: Envelope, name: str | None) -> Envelope:
    """The envelope with this name, by default the platform's own.

    Raises :class:`~adjudicator.model.errors.InputError` for an unknown name.
    """
    known = {PLATFORM: own, **GATEWAYS}
    if name is not None and name not in known:
        raise InputError([Fault("case#/envelope", shown(name), f"one of {', '.join(known)}")])
    return known[name or PLATFORM]


def unwrapped(ledger: Ledger, root: Node, envelope: Envelope, faults: list[Fault]) -> View:
    """The content of a response; adds a fault if the response does not report success."""
    answer = View((root,))
    wrapped = envelope.success or envelope.content is not None or not envelope.single
    if wrapped and not isinstance(root.value, dict):
        faults.append(Fault(f"{root.source}#", shown(root.value), "an object"))
        return View()
    faults += _failures(ledger, answer, envelope)
    content = answer if envelope.content is None else answer.at(envelope.content)
    return _single(root, content, faults) if envelope.single else content


def _failures(ledger: Ledger, answer: View, envelope: Envelope) -> Iterator[Fault]:
    views = {name: view for name in envelope.success if (view := answer.at(name))}
    for name, view in views.items():
        reader, success = envelope.success[name]
        if ledger.read("", view, reader) != success:
            expected = f"{success if isinstance(success, str) else 'true'}, a call that succeeded"
            yield _failure(answer, view, expected)
    if envelope.success and not views:
        root = answer.nodes[0]
        yield Fault(f"{root.source}#", shown(root.value), envelope.expected)
    if envelope.failure is not None and (view := answer.at(envelope.failure)):
        yield _failure(view, view, "a call that succeeded")


def _failure(messages: View, view: View, expected: str) -> Fault:
    node = view.nodes[0]
    words = (_text_in(messages, name) for name in _MESSAGE_FIELDS)
    message = "; ".join((*([] if isinstance(node.value, (dict, list)) else [node.raw]), *filter(None, words)))
    return Fault(f"{node.source}#{node.pointer}", shown(message)[1:-1] or shown(node.value), expected)


def _text_in(answer: View, name: str) -> str | None:
    return next((str(node.value) for node in answer.at(name).nodes if isinstance(node.value, str)), None)


def _single(root: Node, content: View, faults: list[Fault]) -> View:
    """The content, or its only item if it is a list of one."""
    for node in content.nodes:
        if isinstance(node.value, list):
            if len(node.value) == 1:
                return content.items()[0]
            faults.append(Fault(f"{root.source}#{node.pointer}", shown(node.value), "a list of one, or what is in it"))
    return content
