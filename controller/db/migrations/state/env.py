"""Alembic's entry for the state database."""

from controller.db.migrate import run_environment
from controller.db.state_models import StateTable

run_environment(StateTable.metadata, "state_version")
