"""Alembic's entry for the state database; each subject's tables are imported to be known."""

import controller.audit.tables
import controller.carriers.tables
import controller.centre.tables
import controller.contacts.tables
import controller.devices.tables
import controller.dispatch.tables
import controller.enrolment.tables
import controller.heard.tables
import controller.incidents.duty.tables
import controller.incidents.replies.tables
import controller.incidents.tables
import controller.line_tests.tables
import controller.mail.tables
import controller.meetings.access_tables
import controller.meetings.admission.tables
import controller.meetings.after.tables
import controller.meetings.feed.tables
import controller.meetings.guests.tables
import controller.meetings.handouts.tables
import controller.meetings.holds.tables
import controller.meetings.invited.tables
import controller.meetings.messages.tables
import controller.meetings.minutes.tables
import controller.meetings.prepared.tables
import controller.meetings.rollcall.tables
import controller.meetings.tables
import controller.meetings.tasks.tables
import controller.papers.tables
import controller.people.oidc.tables
import controller.people.tables
import controller.places.tables
import controller.province_map.tables
import controller.rehearsals.tables
import controller.relays.tables
import controller.thresholds.tables
import controller.wall.tables
import controller.ways.tables  # noqa: F401
from controller.db.base import StateTable
from controller.db.migrate import run_environment

run_environment(StateTable.metadata, "state_version")
