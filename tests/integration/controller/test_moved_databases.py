"""Databases of an older installation are moved to their folder, with what is in them."""

from datetime import UTC, datetime

from controller import installation as installing
from controller.db.engine import open_engine, reading
from controller.places import service as places
from tests.integration.controller.centre import Installation


def test_init_moves_databases_from_the_data_folder_and_loses_nothing(
    installation: Installation,
) -> None:
    settings = installation.settings
    for path in list(settings.databases_dir.iterdir()):
        path.rename(settings.data_dir / path.name)
    settings.databases_dir.rmdir()
    now = datetime.now(UTC)
    assert not installing.initialise(settings, now=now).has_new_authority
    assert list(settings.data_dir.glob("*.db*")) == []
    engine = open_engine(settings.state_database_url)
    with reading(engine) as session:
        assert len(places.as_of(session, now).points) == 3
    engine.dispose()
