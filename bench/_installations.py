"""The centre on each database that this machine has, for benches that ask the real application."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.fakes import postgresql
from tests.integration.controller.centre import Installation

KINDS = ("SQLite", "PostgreSQL")


@contextmanager
def installations(only: str | None) -> Iterator[list[tuple[str, Installation]]]:
    """Give an empty centre on each database by its name, or on one; gone when the block ends."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dc-bench-")))
        made = Installation.make(folder)
        found = [("SQLite", made)]
        if only != "SQLite" and postgresql.programs() is not None:
            server = stack.enter_context(postgresql.start_postgresql())
            found.append(("PostgreSQL", made.on(server)))
        yield [(name, one) for name, one in found if only in (None, name)]
