"""The command ``accesses``. It needs the extra ``service``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from adjudicator.cli.database import DatabaseOption, TenantOption, opened_store
from adjudicator.cli.streams import json_line, write_line

if TYPE_CHECKING:
    from adjudicator.store import Access


def accesses(
    *,
    resource: Annotated[str | None, Parameter(name="--resource", show_default=False)] = None,
    tenant: TenantOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the access log of the service, newest first, one JSON object per line: who did what with which decision.

    Parameters
    ----------
    resource
        Only accesses to this: the id of a decision or key, or `order/` and the id of an order.
    """
    with opened_store(database, tenant=tenant) as store:
        cursor = None
        while True:
            page, cursor = store.accesses.page(cursor, 1_000, resource=resource)
            for access in page:
                write_line(json_line(_document(access)))
            if cursor is None:
                return


def _document(access: Access) -> dict[str, Any]:
    return {
        "at": str(access.at),
        "caller": access.caller,
        "key_id": access.key_id,
        "operation": access.operation,
        "resource": access.resource,
        "status": access.status,
    }
