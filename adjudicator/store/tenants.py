"""Administering tenants: creating them, and choosing the policies that each may use."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import orjson
import sqlalchemy as sa
from attrs import field, frozen

from adjudicator.engine.registry import editions_of, installed_packs, policies
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.store import database
from adjudicator.store.errors import NotFound, TenantExists
from adjudicator.store.tables import TENANTS
from adjudicator.store.tenancy import check_name


@frozen(kw_only=True)
class Tenant:
    """A tenant, and the policies that it may use; ``None`` means every installed one."""

    name: str
    policies: frozenset[str] | None
    created_at: Instant = field(converter=Instant)


@frozen(eq=False)
class Tenants:
    """The tenants of one database."""

    engine: sa.Engine
    now: Callable[[], Instant]

    def create(self, name: str, policies: Iterable[str] | None = None) -> Tenant:
        """Create a tenant. ``policies`` are policies or packs, all of them by default.

        Raises :class:`ValueError` for an invalid name or an unknown policy, and ``TenantExists``.
        """
        tenant = Tenant(name=check_name(name), policies=policies_named(policies), created_at=self.now())
        with database.write_transaction(self.engine) as connection:
            if _row(connection, name) is not None:
                raise TenantExists(f"there is a tenant {name} already")
            values = {"name": name, "policies": _dump(tenant.policies), "created_at": int(tenant.created_at)}
            connection.execute(TENANTS.insert().values(**values))
        return tenant

    def listed(self) -> tuple[Tenant, ...]:
        """Every tenant, by name."""
        with database.read_transaction(self.engine) as connection:
            return tuple(map(_tenant, connection.execute(sa.select(TENANTS).order_by(TENANTS.c.name))))

    def tenant(self, name: str) -> Tenant:
        """The tenant of a name. Raises ``NotFound``."""
        with database.read_transaction(self.engine) as connection:
            row = _row(connection, name)
        if row is None:
            raise NotFound(f"there is no tenant {shown(name)}")
        return _tenant(row)

    def use(self, name: str, policies: Iterable[str] | None) -> Tenant:
        """Choose the policies or packs that a tenant may use from now on; ``None`` means all.

        What is on record can still be read and run again. Raises :class:`ValueError` for an unknown policy, and ``NotFound``.
        """
        chosen = policies_named(policies)
        with database.write_transaction(self.engine) as connection:
            update = TENANTS.update().where(TENANTS.c.name == name).values(policies=_dump(chosen))
            if connection.execute(update).rowcount != 1:
                raise NotFound(f"there is no tenant {shown(name)}")
        return self.tenant(name)


def policies_named(names: Iterable[str] | None) -> frozenset[str] | None:
    """The policies of these names. The name of a pack means all of its policies."""
    if names is None:
        return None
    packs = {pack.name: pack for pack in installed_packs()}
    chosen: set[str] = set()
    for name in names:
        if name in policies():
            chosen.add(name)
        elif name in packs:
            chosen |= {edition.policy for edition in editions_of(packs[name])}
        else:
            known = ", ".join((*packs, *policies()))
            raise ValueError(f"there is no pack and no policy {shown(name)}; there are: {known}")
    return frozenset(chosen)


def check_policy(policy: str, allowed: frozenset[str] | None) -> None:
    """Raises :class:`~adjudicator.model.errors.InputError` for a policy that a tenant may not use, as if it were not installed."""
    if allowed is not None and policy not in allowed:
        expected = f"one of {', '.join(name for name in policies() if name in allowed) or 'no policy at all'}"
        raise InputError([Fault("/policy", shown(policy), expected)])


def load_policies(text: str | None) -> frozenset[str] | None:
    """Read the stored policies of a tenant."""
    return None if text is None else frozenset(orjson.loads(text))


def _dump(policies: frozenset[str] | None) -> str | None:
    return None if policies is None else orjson.dumps(sorted(policies)).decode()


def _row(connection: sa.Connection, name: str) -> sa.Row[tuple[object, ...]] | None:
    return connection.execute(sa.select(TENANTS).where(TENANTS.c.name == name)).one_or_none()


def _tenant(row: sa.Row[tuple[object, ...]]) -> Tenant:
    return Tenant(name=row.name, policies=load_policies(row.policies), created_at=row.created_at)
