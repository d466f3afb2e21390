"""The ASGI application: API, pages where they are installed, and what is true of every request."""

import re

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from controller.assets import pages as pages_assets
from controller.audit import pages as pages_audit
from controller.carriers import pages as pages_carriers
from controller.carriers import pages_evidence
from controller.centre import pages as pages_centre
from controller.configured import pages as pages_settings
from controller.contacts import pages as pages_contacts
from controller.devices import pages as pages_devices
from controller.devices import pages_battery
from controller.enrolment import api as api_enrol
from controller.enrolment import pages as pages_enrol
from controller.errors import NotSignedIn, RequestError, StorageError, TooManyTries
from controller.health import api as api_status
from controller.health import api_availability, api_figures, api_metrics
from controller.health.pages import availability, compare, day_map, overview, point, point_charts
from controller.heard import pages as pages_heard
from controller.incidents import pages as pages_incidents
from controller.incidents import pages_channels, pages_duty, pages_replies, pages_take, pages_texts
from controller.line_tests import pages as pages_line_tests
from controller.mail import pages as pages_mail
from controller.maintenance import api as api_maintenance
from controller.maintenance import pages as pages_maintenance
from controller.meetings import (
    api_deputy,
    api_floor,
    api_hand,
    api_meetings,
    api_papers,
    api_queue,
    api_removal,
    api_series,
    api_tokens,
)
from controller.meetings.admission import api as api_admission
from controller.meetings.after import api as api_record
from controller.meetings.guests import api as api_guest
from controller.meetings.handouts import api as api_handouts
from controller.meetings.holds import api as api_rooms
from controller.meetings.messages import api as api_messages
from controller.meetings.minutes import api as api_minutes
from controller.meetings.pages import (
    admission,
    after,
    agenda,
    approvals,
    approvers,
    booking,
    calendars,
    change,
    deputy,
    emergency,
    groups,
    guest,
    guests,
    handouts,
    invitations,
    kept_lines,
    lines,
    meeting,
    meeting_log,
    meetings,
    messages,
    minutes,
    queue,
    removal,
    restoring,
    roll_call,
    rooms,
    series,
    series_change,
    tasks,
    templates,
)
from controller.meetings.pages import papers as pages_papers
from controller.meetings.prepared import api as api_prepared
from controller.meetings.rollcall import api as api_roll_call
from controller.meetings.tasks import api as api_tasks
from controller.people import api as api_session
from controller.people import api_people, pages_people
from controller.people import pages as pages_session
from controller.people.oidc import pages as pages_oidc
from controller.people.pages import sign_in_address
from controller.places import api as api_points
from controller.places import pages as pages_points
from controller.places import api_tree, pages_tree
from controller.province_map import pages as pages_map
from controller.recordings import pages as pages_recordings
from controller.rehearsals import api as api_rehearsals
from controller.rehearsals import pages as pages_rehearsals
from controller.reports import api as api_reports
from controller.reports import pages as pages_reports
from controller.search import pages as pages_search
from controller.thresholds import pages as pages_thresholds
from controller.wall import api as api_wall
from controller.wall import pages as pages_wall
from controller.wall import pages_screens
from controller.ways import pages as pages_ways
from controller.web import api_events, readiness
from controller.web.body_limit import BodyLimit
from controller.web.built_files import BuiltFiles
from controller.web.deps import Web
from controller.web.errors import body_of, failed, from_http, from_storage, from_validation
from controller.web.measured import Measured
from controller.web.refusal import refusal
from controller.web.rendering import STATIC

_log = structlog.get_logger()

API = "/api/"
# The form of a new meeting comes before the meeting of any name.
_SERVED = (
    api_session,
    api_points,
    api_tree,
    api_status,
    api_figures,
    api_availability,
    api_metrics,
    api_maintenance,
    api_reports,
    api_enrol,
    api_meetings,
    api_series,
    api_prepared,
    api_floor,
    api_hand,
    api_queue,
    api_messages,
    api_admission,
    api_deputy,
    api_tokens,
    api_removal,
    api_papers,
    api_roll_call,
    api_record,
    api_rooms,
    api_rehearsals,
    api_minutes,
    api_tasks,
    api_handouts,
    api_guest,
    api_wall,
    api_events,
    readiness,
    api_people,
    pages_session,
    pages_oidc,
    pages_people,
    pages_audit,
    pages_settings,
    overview,
    pages_points,
    pages_tree,
    point,
    point_charts,
    compare,
    availability,
    day_map,
    pages_thresholds,
    pages_maintenance,
    pages_evidence,
    pages_carriers,
    pages_contacts,
    pages_enrol,
    pages_devices,
    pages_battery,
    pages_line_tests,
    pages_ways,
    pages_assets,
    meetings,
    series,
    series_change,
    booking,
    groups,
    emergency,
    pages_papers,
    tasks,
    templates,
    change,
    meeting,
    kept_lines,
    lines,
    meeting_log,
    agenda,
    queue,
    messages,
    admission,
    deputy,
    roll_call,
    after,
    pages_rehearsals,
    minutes,
    handouts,
    restoring,
    removal,
    guests,
    guest,
    invitations,
    approvals,
    approvers,
    rooms,
    calendars,
    pages_mail,
    pages_recordings,
    pages_replies,
    pages_texts,
    pages_channels,
    pages_duty,
    pages_take,
    pages_incidents,
    pages_reports,
    pages_centre,
    pages_search,
    pages_map,
    pages_heard,
    pages_wall,
    pages_screens,
)


def create_app(web: Web) -> FastAPI:
    """Return the application over the process' parts."""
    app = FastAPI(
        title="Điểm Cầu",
        version="1",
        openapi_url=None,  # readiness.py serves it to who signs in
        docs_url=None,
        redoc_url=None,
    )
    app.state.web = web
    for module in _SERVED:
        # `include_router` would make every route anew, when the first request looks for its own.
        app.router.routes.extend(module.router.routes)
    app.mount("/static", BuiltFiles(directory=STATIC, check_dir=False), name="static")
    _handle_errors(app)
    larger = (
        (minutes.SIGNED_PATH, minutes.MAX_REQUEST_BYTES),
        (handouts.HANDOUT_PATH, handouts.MAX_HANDOUT_REQUEST_BYTES),
        (re.compile(pages_tree.FILE_ADDRESS), pages_tree.MAX_REQUEST_BYTES),
    )
    app.add_middleware(BodyLimit, larger=larger)
    app.add_middleware(Measured, metrics=web.metrics)
    return app


def _handle_errors(app: FastAPI) -> None:
    @app.exception_handler(RequestError)
    async def _refused(request: Request, exc: RequestError) -> Response:
        return _answer(request, exc)

    @app.exception_handler(StorageError)
    async def _storage(request: Request, exc: StorageError) -> Response:
        _log.error("storage_failed", path=request.url.path, error=str(exc))
        return _answer(request, from_storage(exc))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, exc: RequestValidationError) -> Response:
        return _answer(request, from_validation(exc))

    @app.exception_handler(Exception)
    async def _failed(request: Request, exc: Exception) -> Response:
        # The frame below us raises it again, so that the log has its origin.
        return _answer(request, failed())

    @app.exception_handler(HTTPException)
    async def _http(request: Request, exc: HTTPException) -> Response:
        return _answer(request, from_http(exc))


def _answer(request: Request, exc: RequestError) -> Response:
    """Return JSON to programs; to people the sign-in page, or the page of the error."""
    headers = {"Retry-After": str(exc.retry_after_s)} if isinstance(exc, TooManyTries) else {}
    if not request.url.path.startswith(API):
        if isinstance(exc, NotSignedIn) and request.method == "GET":
            address = sign_in_address(request.scope["path"])
            return RedirectResponse(address, status_code=303)
        page = refusal(request, exc)
        if page is not None:
            page.headers.update(headers)
            return page
    return JSONResponse(body_of(exc), status_code=exc.status, headers=headers)
