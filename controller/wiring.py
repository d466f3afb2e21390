"""The subjects of the centre are put together behind one application."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine

from controller.audit.service import AuditLog
from controller.branches import branches
from controller.carriers.service import CarrierDesk
from controller.centre.metrics import CentreCollector
from controller.centre.watch import LastCentreLook
from controller.clock import WatchedClock
from controller.contacts.service import ContactDesk
from controller.devices.batteries import Batteries
from controller.devices.service import PointDevices
from controller.dispatch.changes import Changes
from controller.enrolment import pki
from controller.enrolment.signing import Signatures
from controller.enrolment.throttle import DeskPlaces, EnrolmentThrottle, RenewalThrottle
from controller.enrolment.time_signer import load_time_signer
from controller.health.point_metrics import PointsExposition
from controller.incidents.channels import AlertChannels
from controller.incidents.duty.service import Duty
from controller.incidents.metrics import IncidentsCollector
from controller.incidents.replies.mailbox import AlertMailboxes
from controller.incidents.service import Incidents
from controller.incidents.taking import TakeLinks
from controller.incidents.text_rows import AlertTexts
from controller.knock import Knocker
from controller.line_tests.service import LineTestDesk
from controller.link_limits import LinkPace, WrongLinks
from controller.mail.server import MailServers
from controller.mail.service import Letters
from controller.maintenance.service import MaintenanceDesk
from controller.meetings.admission.desk import MeetingLock
from controller.meetings.after.keeper import RecordDesk
from controller.meetings.attendance import Attendance
from controller.meetings.calendar import Calendar
from controller.meetings.deputy import ChairDesk
from controller.meetings.feed.service import UnitFeeds
from controller.meetings.floor import Floor
from controller.meetings.guests.links import GuestLinks
from controller.meetings.guests.pin import PinThrottle
from controller.meetings.handouts.desk import HandoutDesk
from controller.meetings.holds.desk import ApprovalDesk
from controller.meetings.holds.owner_roles import OwnerRoleDesk
from controller.meetings.invited.service import Invitations
from controller.meetings.lifecycle import Lifecycle
from controller.meetings.messages.desk import MessageDesk
from controller.meetings.minutes.desk import MinutesDesk
from controller.meetings.of_ending_points import meetings_from
from controller.meetings.prepared.groups import GroupDesk
from controller.meetings.prepared.meeting_templates import TemplateDesk
from controller.meetings.queue import SpeakersQueue
from controller.meetings.rollcall.desk import RollDesk
from controller.meetings.speech_time import SpeechTime
from controller.meetings.tasks.desk import TaskDesk
from controller.papers.service import PaperDesk
from controller.people import web_sessions
from controller.people.accounts import Accounts
from controller.people.oidc.attempt import key_from
from controller.people.oidc.identities import IdentityDesk
from controller.people.oidc.provider import Provider
from controller.people.oidc.tries import ProviderTries
from controller.people.sign_in_throttle import SignInThrottle
from controller.places import service as places
from controller.places.changing import TreeDesk
from controller.places.importing import TreeImports
from controller.province_map.moves import MapMoves
from controller.recordings.disk import ShelfDisk
from controller.recordings.service import LastLook, Openings, Shelf
from controller.rehearsals.service import RehearsalDesk
from controller.settings import ControllerSettings
from controller.thresholds.service import ThresholdDesk
from controller.wall.screens import WallScreens
from controller.ways.service import AskedWays
from controller.web.deps import Web
from controller.web.live import Hub
from controller.web.metrics import WebMetrics
from controller.web.names import page_origins
from controller.web.signed_in import Standing


def wired(
    settings: ControllerSettings,
    state: Engine,
    series: Engine,
    *,
    clock: WatchedClock,
    hub: Hub,
    changes: Changes,
    attendance: Attendance,
    metrics: WebMetrics,
    is_bus_connected: Callable[[], bool],
    desk: Callable[[bytes], bytes],
) -> Web:
    """Return the parts of the web process.

    Args:
        desk: brings the enrolment process a question and returns its answer.

    Raises:
        InstallationError: keys or certificates are missing.
    """
    master = pki.load_probe_key(settings.pki_dir)
    return Web(
        settings=settings,
        state=state,
        series=series,
        now=clock.now,
        token_key=pki.load_token_key(settings.pki_dir),
        hub=hub,
        metrics=metrics,
        is_bus_connected=is_bus_connected,
        who=lambda token, at: web_sessions.signed_in(state, settings.web, token, now=at),
        place_name=places.place_name,
        parts=(
            pki.load_certificate(settings.pki_dir),
            Signatures(desk),
            load_time_signer(settings.pki_dir),
            clock,
            changes,
            attendance,
            *_recordings(settings),
            *_preparing(state, clock),
            *_meetings(settings, state, changes, clock),
            *_signing_in(settings, state, master, clock),
            *_links(state, changes, clock),
            AuditLog(state, clock.now),
            LineTestDesk(settings, state, series, changes, clock.now),
            RecordDesk(state, series, clock.now, settings.retention.meeting_log_age),
            RehearsalDesk(settings, state, series, changes, clock.now),
            MapMoves(state, clock.now),
            *_tree(state, clock),
            *_asked_of_points(state, changes, master, clock),
            *_telling(settings, state, master, clock, metrics),
            PointsExposition(state, series, clock.now),
            Knocker(settings.state_dir),
            Accounts(state, settings.state_dir, clock.now),
            branches(),
            Standing(lambda token, at: web_sessions.stands(state, token, now=at)),
        ),
    )


def _meetings(
    settings: ControllerSettings, state: Engine, changes: Changes, clock: WatchedClock
) -> tuple[object, ...]:
    grace = timedelta(minutes=settings.roll_call.late_after_min)
    return (
        Calendar(settings, state, changes, clock.now),
        Lifecycle(state, changes, clock.now, settings),
        ApprovalDesk(settings, state, changes, clock.now),
        OwnerRoleDesk(state, clock.now),
        Floor(state, changes, clock.now),
        SpeakersQueue(state, changes, clock.now),
        SpeechTime(state, changes, clock.now),
        MessageDesk(state, changes, clock.now),
        MeetingLock(state, changes, clock.now),
        ChairDesk(state, changes, clock.now),
        RollDesk(state, changes, clock.now, grace),
        MinutesDesk(state, changes, clock.now),
        TaskDesk(state, clock.now),
        HandoutDesk(state, clock.now, settings.handouts.total_bytes),
    )


def _tree(state: Engine, clock: WatchedClock) -> tuple[object, ...]:
    desk = TreeDesk(state, clock.now, meetings_from)
    return desk, TreeImports(desk)


def _preparing(state: Engine, clock: WatchedClock) -> tuple[object, ...]:
    """Return what is prepared for meetings to come."""
    return GroupDesk(state, clock.now), TemplateDesk(state, clock.now)


def _telling(
    settings: ControllerSettings,
    state: Engine,
    master: bytes,
    clock: WatchedClock,
    metrics: WebMetrics,
) -> tuple[object, ...]:
    last = LastCentreLook()
    metrics.registry.register(CentreCollector(last))
    metrics.registry.register(IncidentsCollector(state, clock.now))
    return (
        last,
        Incidents(state, clock.now),
        AlertChannels(state, master, clock.now),
        TakeLinks(state, master, clock.now),
        AlertMailboxes(state, master, clock.now),
        AlertTexts(state, clock.now, page_origins(settings)[0]),
        Duty(state, clock.now),
        MaintenanceDesk(state),
        ContactDesk(state),
        CarrierDesk(state),
        ThresholdDesk(state, settings.thresholds),
        *_mail(settings, state, master, clock),
        PaperDesk(state, clock.now),
    )


def _mail(
    settings: ControllerSettings, state: Engine, master: bytes, clock: WatchedClock
) -> tuple[object, ...]:
    return (
        MailServers(state, master, clock.now),
        Letters(state, clock.now),
        Invitations(state, clock.now, page_origins(settings)[0]),
        UnitFeeds(state, clock.now, page_origins(settings)[0]),
    )


def _links(state: Engine, changes: Changes, clock: WatchedClock) -> tuple[object, ...]:
    screens = WallScreens(state, clock.now)
    return GuestLinks(state, changes, clock.now), PinThrottle(), screens, WrongLinks(), LinkPace()


def _asked_of_points(
    state: Engine, changes: Changes, master: bytes, clock: WatchedClock
) -> tuple[object, ...]:
    return (
        PointDevices(state, changes, master, clock.now),
        Batteries(state, clock.now),
        AskedWays(state, changes, clock.now),
    )


def _signing_in(
    settings: ControllerSettings, state: Engine, master: bytes, clock: WatchedClock
) -> tuple[object, ...]:
    oidc = settings.oidc
    return (
        Provider(oidc, key_from(master), clock.now),
        IdentityDesk(state, oidc.issuer, oidc.unknown_people == "make", clock.now),
        ProviderTries(),
        *_throttles(),
    )


def _throttles() -> tuple[object, ...]:
    return SignInThrottle(), EnrolmentThrottle(), RenewalThrottle(), DeskPlaces()


def _recordings(settings: ControllerSettings) -> tuple[object, ...]:
    return Shelf(settings.recording), ShelfDisk(), LastLook(), Openings()
