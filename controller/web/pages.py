"""Where the pages join the application: their routers, static files and the page of an error."""

from fastapi import APIRouter, FastAPI, Request, Response

from controller.errors import RequestError
from controller.web.built_files import BuiltFiles
from controller.meetings.pages import booking, meeting, meetings
from controller.health.pages import overview, point
from controller.places import pages as pages_points
from controller.people import pages as pages_session
from controller.web.refusal import refusal
from controller.web.rendering import STATIC

# The form of a new meeting comes before the meeting of any name.
ROUTERS: tuple[APIRouter, ...] = (
    pages_session.router,
    overview.router,
    pages_points.router,
    point.router,
    meetings.router,
    booking.router,
    meeting.router,
)


def install(app: FastAPI) -> None:
    """Add the routers of the pages and the files built from web/."""
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", BuiltFiles(directory=STATIC, check_dir=False), name="static")


def error_page(request: Request, error: RequestError) -> Response | None:
    """Return the page that tells a person about an error; None: answer with JSON."""
    if request.url.path.startswith(("/static/", "/metrics", "/healthz", "/readyz")):
        return None
    return refusal(request, error)
