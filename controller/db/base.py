"""What the tables of both databases have in common: names of constraints.

Migrations can only drop a constraint they can name, so every one has a name.
Each database has a registry, and thereby metadata, of its own.
"""

from sqlalchemy import MetaData
from sqlalchemy.orm import registry

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
