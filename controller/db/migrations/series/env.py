"""Alembic's entry for the series database."""

from controller.db.migrate import run_environment
from controller.db.series_models import SeriesTable

run_environment(SeriesTable.metadata, "series_version")
