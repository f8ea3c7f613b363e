"""The command ``adapt``: convert a platform's payloads to a case."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from cyclopts import Parameter

from adjudicator.adapters import adapt_doudian, adapt_pinduoduo
from adjudicator.cli.exits import DECIDED
from adjudicator.cli.streams import json_line, read_input, write_errors, write_line

ADAPTERS: Final = {"doudian": adapt_doudian, "pinduoduo": adapt_pinduoduo}

Envelope: TypeAlias = Literal["platform", "bare", "data", "code-zero", "is-success", "list"]


def adapt(
    platform: Literal["doudian", "pinduoduo"],
    /,
    *,
    after_sale: Annotated[str, Parameter(name="--after-sale")],
    order: Annotated[str, Parameter(name="--order")],
    policy: Annotated[str, Parameter(name="--policy")],
    as_of: Annotated[str, Parameter(name="--as-of")],
    beside: Annotated[str | None, Parameter(name="--beside", show_default=False)] = None,
    mapping: Annotated[str | None, Parameter(name="--map", show_default=False)] = None,
    envelope: Annotated[Envelope | None, Parameter(name="--envelope", show_default=False)] = None,
    order_envelope: Annotated[Envelope | None, Parameter(name="--order-envelope", show_default=False)] = None,
    report: Annotated[Literal["text", "json"], Parameter(name="--report")] = "text",
) -> int:
    """Turn a platform's payloads into a case, and report what was lost on the way.

    The case goes to standard output, ready for `adjudicator decide -`. The loss report goes to standard error: every field that
    was defaulted, is missing, unknown or contradictory, or was dropped.

    Parameters
    ----------
    platform
        The platform that the payloads come from.
    after_sale
        A file with the after-sale record: the response of `afterSale.Detail` or `pdd.refund.information.get`, or a list of these.
    order
        A file with the order: the response of `order.orderDetail` or `pdd.order.information.get`.
    policy
        The policy that decides the case.
    as_of
        The instant of the decision, RFC 3339 with an offset.
    beside
        A file with data that only you have: documents, brands, badges, the market.
    mapping
        A file that maps your shop's category ids, reason codes and carriers.
    envelope
        How the responses are wrapped if not by the platform itself: `bare` for the content alone, `data` for an object that holds
        it, `code-zero` and `is-success` for a gateway's response, `list` for a list of one.
    order_envelope
        The same for the order, if it differs.
    report
        The loss report as `text`, one loss per line, or as `json`.
    """
    adapted = ADAPTERS[platform](
        read_input(after_sale),
        read_input(order),
        policy=policy,
        as_of=as_of,
        beside=None if beside is None else read_input(beside),
        mapping=None if mapping is None else read_input(mapping),
        envelope=envelope,
        order_envelope=order_envelope,
    )
    write_line(json_line(adapted.case_document))
    losses = adapted.report
    write_errors(losses.text().splitlines() if report == "text" else [json_line(losses.document()).decode()])
    return DECIDED
