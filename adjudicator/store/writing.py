"""Writing many rows with few steps: each statement is compiled once, and the driver carries it out.

SQLAlchemy takes about 1,700 steps of the interpreter around every statement, more than most of what is written here took to be made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import sqlalchemy as sa
from attrs import field, frozen

from adjudicator.store.tenancy import EVERY_TENANT, restricted, tenant_of, tenant_parameter

_MOST_PREPARED: Final = 256
"""Statements are constants of their modules, and there are a few dozen of them."""


class Writes(Protocol):
    """Where statements that write go: a connection carries them out at once, :class:`Later` in the end."""

    def execute(self, statement: Any, parameters: Any, /) -> Any:
        """Carry out a statement, now or later."""


@frozen
class Later:
    """Statements that are carried out together, one for all rows that it was given.

    Only for statements whose order among each other does not matter: inserts, and updates of different rows that were there before.
    Each statement keeps its place in the order in which they first came.
    """

    _rows: dict[Any, list[Mapping[str, Any]]] = field(factory=dict, init=False)

    def execute(self, statement: Any, parameters: Mapping[str, Any], /) -> None:
        """Remember a statement and the row for it."""
        self._rows.setdefault(statement, []).append(parameters)

    def write(self, connection: sa.Connection) -> None:
        """Carry out all statements."""
        for statement, rows in self._rows.items():
            write_rows(connection, statement, rows)


def write_rows(connection: sa.Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Carry out an insert or update for some rows, which have the same fields, of the connection's tenant. Returns how many it wrote.

    Raises the driver's own errors, and :class:`LookupError` on a connection that is not bound to one tenant.
    """
    tenant = tenant_of(connection)
    if tenant == EVERY_TENANT:
        raise LookupError("rows are written for one tenant, and the engine is bound to all")
    prepared = _prepared(connection.dialect, statement, tuple(rows[0]))
    values = prepared.values(tenant, rows)
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        if len(values) == 1:
            cursor.execute(prepared.text, values[0])
        else:
            cursor.executemany(prepared.text, values)
        count: int = cursor.rowcount
    finally:
        cursor.close()
    return count


@frozen
class _Prepared:
    """A statement in SQL, with the names of its parameters in their order, unless the driver takes them by name."""

    text: str
    tenant: str | None
    """The name of the parameter for the tenant; ``None`` if the table has none."""
    names: tuple[str, ...] | None

    def values(self, tenant: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        added = {} if self.tenant is None else {self.tenant: tenant}
        if self.names is None:
            return [{**row, **added} for row in rows]
        return [tuple([named[name] for name in self.names]) for row in rows for named in ({**row, **added},)]


_all_prepared: Final[dict[Any, _Prepared]] = {}


def _prepared(dialect: sa.Dialect, statement: Any, names: tuple[str, ...]) -> _Prepared:
    known = (dialect.name, statement, names)
    prepared = _all_prepared.get(known)
    if prepared is None:
        if len(_all_prepared) >= _MOST_PREPARED:
            _all_prepared.clear()
        prepared = _all_prepared[known] = _prepare(dialect, statement, names)
    return prepared


def _prepare(dialect: sa.Dialect, statement: Any, names: tuple[str, ...]) -> _Prepared:
    """Compile a statement. Raises :class:`NotImplementedError` for one that needs SQLAlchemy as it is carried out."""
    own = restricted(statement)
    tenant = None if own is None else tenant_parameter(statement)
    own = statement if own is None else own
    if isinstance(own, sa.Insert):
        own = own.inline()
    compiled = own.compile(dialect=dialect, column_keys=[*names, *([] if tenant is None else [tenant])])
    made_here = [column.name for column in own.table.columns if column.default is not None]
    converted = [
        name for name, each in compiled.binds.items() if each.type.dialect_impl(dialect).bind_processor(dialect)
    ]
    if made_here or converted:
        raise NotImplementedError(f"SQLAlchemy makes or converts values of this statement: {statement}")
    positions = compiled.positiontup
    return _Prepared(compiled.string, tenant, None if positions is None else tuple(positions))
