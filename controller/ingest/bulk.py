"""Many rows into one table in one statement, on both kinds of database.

SQLite takes a prepared INSERT with a list of rows; PostgreSQL one INSERT from
arrays, which spares a round trip per row. Rows are tuples in the order of the
table's columns, instants already as milliseconds.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    String,
    Table,
    TypeDecorator,
)

from controller.db.base import SeriesTable

Value = int | float | str | bool | None
Row = tuple[Value, ...]


class Bulk:
    """Writes rows of one table; with `merge`, into the rows that are there already."""

    def __init__(
        self,
        model: type[SeriesTable] | Table,
        merge: dict[str, str] | None = None,
        *,
        only_if: str = "",
    ) -> None:
        """Prepare the statements.

        Args:
            merge: for a row whose key exists, column -> SQL for its new value, where
                `old` and `excluded` are the row that is there and the one that came.
            only_if: a condition on both, for the merge to happen at all.
        """
        table = (
            model if isinstance(model, Table) else model.metadata.tables[str(model.__tablename__)]
        )
        columns = list(table.columns)
        names = ", ".join(column.name for column in columns)
        head = f"INSERT INTO {table.name} AS old ({names}) "
        tail = _merge_clause(table, merge, only_if)
        marks = ", ".join("?" * len(columns))
        self._table = table.name
        self._literals = [_literal_of(column) for column in columns]
        arrays = ", ".join(f"%s::{_array_type(column)}[]" for column in columns)
        self._sqlite = f"{head}VALUES ({marks}){tail}"
        self._postgresql = f"{head}SELECT * FROM unnest({arrays}){tail}"  # noqa: S608 - our names

    def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert or merge the rows; keys among them are distinct."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(self._sqlite, list(rows))
        else:
            by_column = zip(self._literals, zip(*rows, strict=True), strict=True)
            arrays = tuple(_array(literal, values) for literal, values in by_column)
            connection.exec_driver_sql(self._postgresql, arrays)

    def read(
        self, connection: Connection, column: str, keys: Sequence[tuple[str, int]]
    ) -> list[tuple[tuple[str, int], str]]:
        """Return what texts a column has at these points and times, where it has any."""
        if not keys:
            return []
        head = f"SELECT t.point_id, t.begins_at, t.{column} FROM"
        is_there = f"t.{column} IS NOT NULL"
        if connection.dialect.name == "sqlite":
            marks = ", ".join(["(?, ?)"] * len(keys))
            where = f"(t.point_id, t.begins_at) IN (VALUES {marks})"
            found = connection.exec_driver_sql(
                f"{head} {self._table} AS t WHERE {where} AND {is_there}",
                tuple(one for key in keys for one in key),
            )
        else:
            points, times = zip(*keys, strict=True)
            found = connection.exec_driver_sql(
                f"{head} unnest(%s::text[], %s::bigint[]) AS k(point_id, begins_at)"
                f" JOIN {self._table} AS t USING (point_id, begins_at) WHERE {is_there}",
                (_array(_quoted, points), _array(str, times)),
            )
        return [((str(point), int(at)), str(text)) for point, at, text in found]


def _merge_clause(table: Table, merge: dict[str, str] | None, only_if: str) -> str:
    if merge is None:
        return ""
    keys = ", ".join(column.name for column in table.primary_key.columns)
    changes = ", ".join(f"{name} = {value}" for name, value in merge.items())
    condition = f" WHERE {only_if}" if only_if else ""
    return f" ON CONFLICT ({keys}) DO UPDATE SET {changes}{condition}"


def _array_type(column: Column[object]) -> str:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    match kind:
        case BigInteger():
            return "bigint"
        case Integer():
            return "integer"
        case Boolean():
            return "boolean"
        case Float():
            return "double precision"
        case String():
            return "text"
    raise TypeError(f"no array type for {column.name}: {kind!r}")


def _literal_of(column: Column[object]) -> Callable[[Value], str]:
    return _quoted if _array_type(column) == "text" else str


def _quoted(value: Value) -> str:
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _array(literal: Callable[[Value], str], values: Sequence[Value]) -> str:
    """Return an array as PostgreSQL reads it; its driver takes several times as long over it."""
    return "{" + ",".join(["NULL" if one is None else literal(one) for one in values]) + "}"


def added(name: str) -> dict[str, str]:
    """Return the merge of a sum or a count."""
    return {name: f"old.{name} + excluded.{name}"}


def counted(name: str) -> dict[str, str]:
    """Return the merge of a sum that may not be known; what is known of it counts."""
    both = f"old.{name} + excluded.{name}"
    return {name: f"COALESCE({both}, excluded.{name}, old.{name})"}


def kept(name: str) -> dict[str, str]:
    """Return the merge of what came in place of what is there; NULL is nothing."""
    return {name: f"COALESCE(excluded.{name}, old.{name})"}


def smallest(name: str) -> dict[str, str]:
    """Return the merge of a minimum; NULL is no value."""
    return {name: _better(name, "<")}


def largest(name: str) -> dict[str, str]:
    """Return the merge of a maximum; NULL is no value."""
    return {name: _better(name, ">")}


def _better(name: str, sign: str) -> str:
    return (
        f"CASE WHEN old.{name} IS NULL OR excluded.{name} {sign} old.{name} "
        f"THEN excluded.{name} ELSE old.{name} END"
    )
