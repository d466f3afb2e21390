"""Alembic's entry for the series database; its tables are imported to be known."""

import controller.ingest.battery_table
import controller.ingest.call_tables
import controller.ingest.cause_tables
import controller.ingest.heard_table
import controller.ingest.problem_tables
import controller.ingest.rehearsal_table
import controller.ingest.tables
import controller.ingest.throughput_table
import controller.ingest.way_tables  # noqa: F401
from controller.db.base import SeriesTable
from controller.db.migrate import run_environment

run_environment(SeriesTable.metadata, "series_version")
