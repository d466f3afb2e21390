"""The migrations of each database are one line, so that every database is upgraded."""

import pytest
from alembic.script import ScriptDirectory

from controller.db import migrate
from controller.db.engine import open_engine
from controller.db.newest import is_newest, newest


@pytest.mark.parametrize("database", ["state", "series"])
def test_there_is_one_newest_form_and_a_new_database_gets_it(tmp_path, database):
    known = ScriptDirectory.from_config(migrate.configuration(database, None))
    assert known.get_heads() == [newest(database)]
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.connect() as connection:
        assert not is_newest(connection, database)
    migrate.upgrade(engine, database)
    with engine.connect() as connection:
        assert is_newest(connection, database)
    engine.dispose()
