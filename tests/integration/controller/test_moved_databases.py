"""Databases of an older installation are moved to their folder, with what is in them."""

from datetime import UTC, datetime

import pytest

from controller import installation as installing
from controller.db.engine import open_engine, reading
from controller.places import service as places
from tests.integration.controller.centre import Installation


@pytest.mark.parametrize("is_one_folder", [True, False])
def test_init_moves_databases_from_where_they_lay_and_loses_nothing(
    installation: Installation, is_one_folder: bool
) -> None:
    settings = installation.settings
    former = settings.databases_dir if is_one_folder else settings.data_dir
    for path in list(settings.databases_dir.glob("*/*.db*")):
        path.rename(former / path.name)
    now = datetime.now(UTC)
    assert not installing.initialise(settings, now=now).has_new_authority
    assert list(former.glob("*.db*")) == []
    engine = open_engine(settings.state_database_url)
    with reading(engine) as session:
        assert len(places.as_of(session, now).points) == 3
    engine.dispose()
