"""What the tables of both databases have in common: their bases, and names of constraints.

Migrations can only drop a constraint they can name, so every one has a name.
Each database has a registry, and thereby metadata, of its own: the state database has what
people wait for and is written by the web process alone, the series database has what arrives
from the points and is written by ingest alone. A subject's tables stand in its `tables.py`.

SQLModel tables do not validate: what comes from outside is validated before. Modules with
tables do without `from __future__ import annotations`, which SQLModel cannot read.
"""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def table_registry() -> registry:
    """Return a new registry for `class Base(SQLModel, registry=table_registry())`."""
    return registry(metadata=MetaData(naming_convention=NAMING))


STATE = table_registry()


class StateTable(SQLModel, registry=STATE):
    """Base of the tables of the state database."""


SERIES = table_registry()


class SeriesTable(SQLModel, registry=SERIES):
    """Base of the tables of the series database."""
