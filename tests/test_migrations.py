"""The migrations of each database are one line, so that every database is upgraded."""

import pytest
from alembic.script import ScriptDirectory

from controller.db import migrate
from controller.db.engine import open_engine


@pytest.mark.parametrize("database", ["state", "series"])
def test_there_is_one_newest_form_and_a_new_database_gets_it(tmp_path, database):
    known = ScriptDirectory.from_config(migrate.configuration(database, None))
    assert len(known.get_heads()) == 1
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    migrate.upgrade(engine, database)
    engine.dispose()
