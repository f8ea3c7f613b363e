"""The command ``tenants``. It needs the extra ``service``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from adjudicator.cli.database import DatabaseOption, opened_store
from adjudicator.cli.exits import UsageError
from adjudicator.cli.streams import json_line, write_line

if TYPE_CHECKING:
    from adjudicator.store import Tenant

tenants = App(name="tenants", help="Create and list tenants, and choose the policies that each may use.")


@tenants.command
def create(
    name: str,
    /,
    *,
    policy: Annotated[list[str] | None, Parameter(name="--policy", negative=(), show_default=False)] = None,
    database: DatabaseOption = None,
) -> None:
    """Create a tenant.

    Parameters
    ----------
    name
        Its name: lower-case letters, digits and hyphens.
    policy
        A policy that it may use, or a pack whose policies it may use; repeat it for several. By default, all of them.
    """
    with opened_store(database, migrate=True) as store:
        write_line(json_line(_document(store.tenants.create(name, policy))))


@tenants.command(name="list")
def list_(*, database: DatabaseOption = None) -> None:
    """List the tenants, one JSON object per line."""
    with opened_store(database) as store:
        for tenant in store.tenants.listed():
            write_line(json_line(_document(tenant)))


@tenants.command
def use(
    name: str,
    /,
    *,
    policy: Annotated[list[str] | None, Parameter(name="--policy", negative=(), show_default=False)] = None,
    all_policies: Annotated[bool, Parameter(name="--all-policies", negative=())] = False,
    database: DatabaseOption = None,
) -> None:
    """Choose the policies that a tenant may use for new decisions. What is on record can still be read and run again.

    Parameters
    ----------
    name
        The tenant.
    policy
        A policy that it may use, or a pack whose policies it may use; repeat it for several.
    all_policies
        It may use every installed policy.
    """
    if (policy is None) is not all_policies:
        raise UsageError("name the policies with --policy, or all of them with --all-policies")
    with opened_store(database) as store:
        write_line(json_line(_document(store.tenants.use(name, policy))))


def _document(tenant: Tenant) -> dict[str, object]:
    return {
        "name": tenant.name,
        "policies": None if tenant.policies is None else sorted(tenant.policies),
        "created_at": str(tenant.created_at),
    }
