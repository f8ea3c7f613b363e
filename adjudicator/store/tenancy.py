"""Tenants share a database, and none sees or changes anything of another.

An engine is bound to one tenant with :func:`bound`. From then on every statement that names a table with a ``tenant`` column is restricted
to that tenant's rows as it is executed, so no query can forget to. On an engine that is bound to none, such a statement is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import AliasedReturnsRows

from adjudicator.model.errors import shown

DEFAULT_TENANT: Final = "default"
"""The tenant of a caller that names none."""
EVERY_TENANT: Final = "*"
"""Lifts the restriction, for looking up keys and for running the service as a whole. It is no valid name."""
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
OPTION: Final = "tenant"
"""The execution option that names the tenant of an engine or connection."""
_FOREIGN_CHAIN: Final = "tenant/"
"""The beginning of every chain of another tenant than the default one."""


def check_name(name: str) -> str:
    """The name. Raises :class:`ValueError` unless it can name a tenant."""
    if NAME.fullmatch(name) is None:
        raise ValueError(f"{shown(name)}: a tenant's name has 1 to 63 lower-case letters, digits and inner hyphens")
    return name


def bound(engine: sa.Engine, tenant: str) -> sa.Engine:
    """The same engine and connection pool, restricted to the rows of a tenant."""
    return engine.execution_options(**{OPTION: tenant})


def across_tenants(engine: sa.Engine) -> sa.Engine:
    """The same engine without a restriction. Rows that it inserts must name their tenant."""
    return bound(engine, EVERY_TENANT)


def tenant_of(source: sa.Engine | sa.Connection) -> str:
    """The tenant that an engine or connection is bound to. Raises :class:`LookupError` if there is none."""
    tenant: str | None = source.get_execution_options().get(OPTION)
    if tenant is None:
        raise LookupError("the engine is bound to no tenant")
    return tenant


# Chains


def chain_name(connection: sa.Connection, kind: str, id: str) -> str:
    """The chain of an order (``kind`` ``order``) or of a case without one (``case``). Other tenants' chains carry the tenant's name.

    An entry names its chain in its body, under its digest: no entry can be moved to another tenant without a trace.
    """
    tenant = tenant_of(connection)
    return f"{kind}/{id}" if tenant == DEFAULT_TENANT else f"{_FOREIGN_CHAIN}{tenant}/{kind}/{id}"


def owns_chain(connection: sa.Connection, chain: str) -> bool:
    """Whether a chain bears the name of the connection's tenant."""
    tenant = tenant_of(connection)
    if tenant == DEFAULT_TENANT:
        return not chain.startswith(_FOREIGN_CHAIN)
    return chain.startswith(f"{_FOREIGN_CHAIN}{tenant}/")


def subject_of_chain(chain: str) -> tuple[str, str]:
    """What a chain of any tenant is about: ``order`` or ``case``, and its id."""
    own = chain.split("/", 2)[2] if chain.startswith(_FOREIGN_CHAIN) else chain
    kind, _, subject = own.partition("/")
    return kind, subject


# Statements

_PARAMETER: Final = "of_tenant"
"""The parameter of a restricted statement. A column's name would be taken for a new value by an update."""
_MOST_REMEMBERED: Final = 512
"""Most statements are constants of their modules, so remembering them is what keeps the restriction cheap; others fall out again."""


def restrict_statements(engine: sa.Engine) -> None:
    """Restrict every statement of an engine to the tenant that it, or the engine made from it by :func:`bound`, is bound to."""

    @sa.event.listens_for(engine, "before_execute", retval=True)
    def before_execute(
        connection: sa.Connection, statement: Any, rows: Any, values: Any, _: object
    ) -> tuple[Any, Any, Any]:
        tenant = connection.get_execution_options().get(OPTION)
        if tenant == EVERY_TENANT or not isinstance(statement, (sa.Select, sa.CompoundSelect, sa.UpdateBase)):
            return statement, rows, values
        own = restricted(statement)
        if own is None:
            return statement, rows, values
        if tenant is None:
            raise LookupError(f"the engine is bound to no tenant, but this needs one: {statement}")
        added = {tenant_parameter(statement): tenant}
        if rows:
            return own, [{**row, **added} for row in rows], values
        return own, rows, {**values, **added}


def tenant_parameter(statement: Any) -> str:
    """The parameter in which a restricted statement takes the tenant."""
    return OPTION if isinstance(statement, sa.Insert) else _PARAMETER


@lru_cache(maxsize=_MOST_REMEMBERED)
def restricted(statement: Any) -> Any:
    """A statement on the rows of one tenant, which it takes as a parameter; ``None`` if it names no table of tenants."""
    if isinstance(statement, sa.Insert):
        return _checked_insert(statement) if OPTION in statement.table.c else None
    tables, nested = _tables_in(statement)
    if nested:
        inner = visitors.replacement_traverse(statement, {}, _replacement_in(statement))
        return inner.where(*_criteria(inner, tables)) if tables else inner
    return statement.where(*_criteria(statement, tables)) if tables else None


def _checked_insert(statement: Any) -> Any:
    """An insert takes the tenant as one more value, unless its rows come from elsewhere in the database."""
    if statement.select is not None:
        raise NotImplementedError("rows are inserted with their values, not from a select")
    return statement


def _replacement_in(statement: Any) -> Any:
    def replace(element: Any, **_: Any) -> Any:
        return restricted(element) if isinstance(element, sa.Select) and element is not statement else None

    return replace


def _tables_in(statement: Any) -> tuple[list[Any], bool]:
    """The tenants' tables that a statement itself reads or writes, and whether it contains further selects."""
    if isinstance(statement, sa.CompoundSelect):
        return [], True
    elements = list(visitors.iterate(statement))
    nested = any(isinstance(each, sa.Select) and each is not statement for each in elements)
    if isinstance(statement, sa.Select) and (nested or any(isinstance(each, AliasedReturnsRows) for each in elements)):
        # Some of these tables are only read by an inner select or under an alias. Asking for the right ones takes longer.
        sources = [each for source in statement.get_final_froms() for each in _leaves(source)]
    elif isinstance(statement, sa.Select):
        sources = [*dict.fromkeys(each for each in elements if isinstance(each, sa.Table))]
    else:
        sources = [statement.table]
    return [each for each in sources if OPTION in each.c], nested


def _leaves(source: Any) -> Iterator[Any]:
    """The tables, aliases and subqueries that a join consists of."""
    if isinstance(source, sa.Join):
        yield from _leaves(source.left)
        yield from _leaves(source.right)
    else:
        yield source


def _criteria(statement: Any, tables: list[Any]) -> Iterator[sa.ColumnElement[bool]]:
    """One criterion per table. A row that an outer join leaves out has no tenant, and passes."""
    optional = {id(each.right) for each in visitors.iterate(statement) if isinstance(each, sa.Join) and each.isouter}
    for table in tables:
        column = table.c[OPTION]
        same = column == sa.bindparam(_PARAMETER)
        yield sa.or_(same, column.is_(None)) if id(table) in optional else same
