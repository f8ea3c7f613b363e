"""What all adapters share.

An adapter opens an :class:`Intake`, drafts a case from it, and passes both to :func:`assembled`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from attrs import Factory, frozen

from adjudicator.adapters.beside import Overlay, load_beside, value_at
from adjudicator.adapters.envelopes import Envelope, known_envelope, unwrapped
from adjudicator.adapters.losses import Ledger, LossKind, LossReport, shortened
from adjudicator.adapters.mapping import ShopMapping, load_mapping
from adjudicator.adapters.needs import edition_of, facts_read, not_stated
from adjudicator.adapters.payload import Node, Spellings, View, opened, pointer_to
from adjudicator.adapters.values import Clock, Unreadable, identifier
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.kinds.claim import Payment
from adjudicator.model.enumerations import Demand
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.wire.codec import case_document, case_from

T = TypeVar("T")

AFTER_SALE: Final = "after-sale"
ORDER: Final = "order"


@frozen(kw_only=True)
class Adapted:
    """A case as a JSON document, the loss report, and the version of the after-sale record.

    ``update_time`` is that version as the platform states it, as text; ``None`` if it states none.
    """

    case_document: dict[str, Any]
    report: LossReport
    update_time: str | None


@frozen(kw_only=True)
class Platform:
    """The properties of a platform that the shared part needs.

    ``case_kind`` says whether the adapter can make a type of case, and ``cases`` names those it can. ``why_dropped`` explains, by
    field name, why a plausible value is not in the case.
    """

    name: str
    envelope: Envelope
    clock: Clock
    case_kind: Callable[[type], bool]
    cases: str
    spellings: Spellings = ()
    why_dropped: Mapping[str, str] = Factory(dict)


@frozen(eq=False)
class Intake:
    """An adapter's inputs, opened and read. ``sale`` and ``bought`` are the contents of the two payloads."""

    platform: Platform
    policy: str
    as_of: Instant
    shop: ShopMapping
    beside: Mapping[str, Any]
    ledger: Ledger
    sale: View
    bought: View

    @classmethod
    def of(
        cls,
        platform: Platform,
        after_sale: str | bytes,
        order: str | bytes,
        *,
        policy: str,
        as_of: Instant | str,
        beside: str | bytes | None,
        mapping: str | bytes | None,
        envelope: str | None,
        order_envelope: str | None,
    ) -> Intake:
        """Open all inputs. Raises :class:`~adjudicator.model.errors.InputError` with every fault in them."""
        faults: list[Fault] = []
        roots = [
            _collecting(faults, opened, source, text, platform.spellings)
            for source, text in ((AFTER_SALE, after_sale), (ORDER, order))
        ]
        stated = _collecting(faults, load_beside, beside)
        shop = _collecting(faults, load_mapping, mapping)
        moment = _collecting(faults, _moment_of, as_of)
        envelopes = [
            _collecting(faults, known_envelope, platform.envelope, name)
            for name in (envelope, order_envelope or envelope)
        ]
        if policy not in policies() or not platform.case_kind(policies()[policy][0].case_kind.case_type):
            faults.append(Fault("case#/policy", shown(policy), _one_of(platform)))
        if faults:
            raise InputError(dict.fromkeys(faults))
        ledger = Ledger(tuple(roots))
        pairs = zip(roots, envelopes, strict=True)
        sale, bought = [unwrapped(ledger, root, each, faults) for root, each in pairs]
        if faults:
            raise InputError(faults)
        return cls(platform, policy, moment, shop, stated, ledger, sale, bought)

    def moment(self, field: str, view: View) -> str | None:
        """The instant that a view states for an optional field, as text."""
        return _text(self.ledger.read(field, view, self.platform.clock))

    def required_moment(self, field: str, view: View) -> str | None:
        """The instant that a view states for a required field, as text."""
        return _text(self.ledger.require(field, view, self.platform.clock))

    def stated(self, *steps: str) -> Any:
        """The value in the beside file for a field of the case."""
        return value_at(self.beside, *steps)

    def stated_of_lines(self, name: str) -> dict[str, Any]:
        """The values in the beside file for a field of the lines, by line id."""
        lines = self.stated("order", "lines")
        by_id = ((value_at(line, "id"), line) for line in (lines if isinstance(lines, list) else ()))
        return {line_id: value_at(line, name) for line_id, line in by_id if isinstance(line_id, str)}

    def edition(self, placed_at: View) -> Edition | None:
        """The edition that governs the order, by its time in the payloads or else in the beside file."""
        moment = self.ledger.read("/order/placed_at", placed_at, self.platform.clock)
        if moment is None:
            try:
                moment = _moment_of(self.stated("order", "placed_at"))
            except InputError:
                moment = None
        return edition_of(self.policy, moment)

    def facts_read(self, placed_at: View) -> frozenset[str]:
        """The facts that the governing edition reads."""
        return facts_read(self.edition(placed_at))

    def pays(self, placed_at: View) -> bool:
        """Whether the policy pays; true if the edition is unknown."""
        edition = self.edition(placed_at)
        return edition is None or isinstance(edition.grants, Payment)


def assembled(
    intake: Intake,
    draft: dict[str, Any],
    faults: Iterable[Fault],
    complete: Callable[[dict[str, Any]], Iterable[Fault]],
) -> Adapted:
    """Merge the beside file into the draft, let ``complete`` fill in and check the result, and read it as a case.

    Raises :class:`~adjudicator.model.errors.InputError` with ``faults`` and those of the case, each traced to its input.
    """
    overlay = Overlay(intake.ledger)
    document = overlay.over(draft, intake.beside)
    all_faults = [*faults, *complete(document), *overlay.faults]
    try:
        case = case_from(document)
    except InputError as error:
        traced = _traced(intake.ledger, error.faults, overlay)
        raise InputError(dict.fromkeys([*all_faults, *traced])) from None
    if all_faults:
        raise InputError(dict.fromkeys(all_faults))
    for field, fact in not_stated(case):
        explained = field == "/evidence" or intake.ledger.doubts(field)
        view = View() if explained else View(intake.ledger.origins(field))
        intake.ledger.lost(LossKind.MISSING, view, "not_told", f"{fact}: {intake.policy} reads it", field)
    return Adapted(
        case_document=case_document(case),
        report=intake.ledger.report(lambda leaf: _why_dropped(intake, leaf)),
        update_time=value_at(document, "metadata", "update_time"),
    )


def default(ledger: Ledger, place: dict[str, Any], name: str, field: str, value: Any, note: str) -> None:
    """Set a default for a field without a value, and report it."""
    if place.get(name) is None:
        place[name] = value
        ledger.lost(LossKind.DEFAULTED, View(), "defaulted", f"{note}: {_listed(value)}", f"{field}/{name}")


def default_demands(intake: Intake, claim: dict[str, Any], services: Iterable[str], reads: frozenset[str]) -> None:
    """Set the demands that the chosen service implies, unless the policy reads demands."""
    if "demands" not in reads:
        demands = [Demand.REFUND.value] if claim.get("service") in [*services] else []
        note = "what the chosen service asks for; this policy does not read it"
        default(intake.ledger, claim, "demands", "/claim", demands, note)


def certain(ledger: Ledger, field: str) -> Iterator[Fault]:
    """A fault for each doubt about an optional field that limits what is paid: if it stayed unknown, more would be paid."""
    for loss in ledger.doubts(field):
        expected = f"a certain value; {loss.note} (for {field} of the case, here or beside)"
        yield Fault(f"{loss.source}#{loss.pointer}", shortened(loss.raw or "nothing"), expected)


def other_order(intake: Intake, own: View, places: View) -> Iterator[Fault]:
    """A fault for each of ``places`` that names another order than ``own`` does, or one that cannot be read.

    An id that cannot be read may be that of another order. If the order's id is given beside, that settles it.
    """
    field, beside = "/order/id", intake.stated("order", "id")
    order_id = intake.ledger.read(field, own, identifier) or beside
    for node in places.nodes:
        intake.ledger.read(field, View((node,)), identifier)
        try:
            stated = identifier(node)
        except Unreadable as error:
            if beside is None:
                expected = f"{error} (for {field} of the case, here or beside)"
                yield Fault(f"{node.source}#{node.pointer}", shortened(node.raw), expected)
        else:
            if order_id is not None and stated not in (None, order_id):
                expected = f"{shown(order_id)}, the order of the other payload: these are two orders"
                yield Fault(f"{node.source}#{node.pointer}", shown(stated), expected)


def settle(intake: Intake, document: dict[str, Any], signs: View, *, pays: bool, hidden: str) -> Iterator[Fault]:
    """Check the earlier payments, which the caller must state: the payloads show one record, and others may have been paid.

    ``signs`` are places that show a payment, and ``hidden`` says why there may be others. An empty ledger is assumed only if the
    policy does not pay and the payloads show no payment. If the caller gives an empty ledger, each sign of a payment is a fault.
    """
    field, ledger = "/settlements", intake.ledger
    ledger.took(signs, field)
    stated = document.get("settlements")
    if stated == []:
        expected = "no payment, or a ledger beside that states it: the one given is empty"
        yield from (Fault(f"{node.source}#{node.pointer}", node.raw, expected) for node in signs.nodes)
    elif stated is None and signs:
        note = "something was paid back, or is being paid: state beside which money it was"
        ledger.lost(LossKind.UNKNOWN, signs, "paid_before", note, field)
    elif stated is None and pays:
        note = f"{hidden}: give the ledger of this order beside, [] if nothing was paid"
        ledger.lost(LossKind.UNKNOWN, View(), "earlier_payments_not_told", note, field)
    else:
        note = "the payloads show no earlier payment, and this policy pays nothing"
        default(ledger, document, "settlements", "", [], note)


# The inputs


def _collecting(faults: list[Fault], read: Callable[..., T], *arguments: Any) -> Any:
    """The result of ``read``; on failure its faults are added to ``faults``."""
    try:
        return read(*arguments)
    except InputError as error:
        faults += error.faults
        return None


def _moment_of(as_of: Any) -> Instant:
    try:
        return as_of if isinstance(as_of, Instant) else Instant.parse(as_of)
    except (TypeError, ValueError):
        raise InputError([Fault("case#/as_of", shown(as_of), "an RFC 3339 instant with an offset")]) from None


def _one_of(platform: Platform) -> str:
    possible = [name for name, editions in policies().items() if platform.case_kind(editions[0].case_kind.case_type)]
    return f"one of {', '.join(possible)}" if possible else f"a policy for {platform.cases}; none is installed"


# The faults


_LINES_OF_EVIDENCE: Final = re.compile(r"/evidence/\d+/line_ids/\d+")


def _traced(ledger: Ledger, faults: tuple[Fault, ...], overlay: Overlay) -> Iterator[Fault]:
    """The faults of a case, traced to their inputs; faults with the same cause become one."""
    fields: dict[tuple[str, str, str], list[str]] = {}
    for fault in faults:
        if beside := overlay.source_of(fault.pointer):
            yield Fault(beside, fault.value, fault.expected)
        elif not _follows(fault):
            for cause in _causes(ledger, fault):
                fields.setdefault(cause, []).append(fault.pointer)
    for (place, value, expected), pointers in fields.items():
        here = "" if place.startswith("case#") else f" (for {' and '.join(pointers)} of the case, here or beside)"
        yield Fault(place, value, f"{expected}{here}")


def _follows(fault: Fault) -> bool:
    """Whether a fault only follows from another: a claim without an id, or claimed lines that do not exist."""
    return fault.pointer == "/id" or _LINES_OF_EVIDENCE.fullmatch(fault.pointer) is not None


def _causes(ledger: Ledger, fault: Fault) -> Iterator[tuple[str, str, str]]:
    """The place, value and expectation of everything in the payloads that causes a fault."""
    origins = ledger.origins(fault.pointer)
    if doubts := ledger.doubts(fault.pointer):
        for loss in doubts:
            place = f"{loss.source}#{loss.pointer}" if loss.source is not None else f"case#{loss.field}"
            yield place, shortened(loss.raw) if loss.raw is not None else "nothing", f"a certain value; {loss.note}"
    elif absent := ledger.absent.get(fault.pointer):
        for source, path in absent:
            yield f"{source}#{pointer_to(path)}", "nothing", "a value"
    elif origins:
        expected = "a value that says something" if fault.value == "null" else fault.expected
        for node in origins:
            yield f"{node.source}#{node.pointer}", shortened(node.raw), expected
    else:
        value = "nothing" if fault.value == "null" else fault.value
        yield f"case#{fault.pointer}", value, f"{fault.expected}; the payloads do not state it"


def _text(moment: Instant | None) -> str | None:
    return None if moment is None else str(moment)


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else shown(value)


def _why_dropped(intake: Intake, leaf: Node) -> str:
    """Why a value is not in the case, for the report."""
    contents = {node.source: node.path for node in (intake.sale + intake.bought).nodes}
    content = contents.get(leaf.source, ())
    if leaf.path[: len(content)] != content:
        return "the envelope"
    known, names = intake.platform.why_dropped, [step for step in reversed(leaf.path) if isinstance(step, str)]
    return next((known[name] for name in names if name in known), "not part of a case")
