"""The overview."""

from fastapi import APIRouter

from contracts.ids import RelayId
from controller.clock import WatchedClock
from controller.enrolment import expiry
from controller.health import service as health
from controller.health.views import overview as view
from controller.health.views import services_away
from controller.health.views.overview import OverviewView
from controller.meetings import coming
from controller.meetings.attendance import Attendance
from controller.meetings.holds import service as rooms
from controller.places import service as places
from controller.recordings.problems import problems
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)


@live_page(router, "/", "health/overview.html", section="overview", part="/parts/overview")
def overview(asked: PageRequest) -> OverviewView:
    """Return what needs a person, the next meetings, every point."""
    now, words = asked.now, asked.words
    known = places.as_of(asked.state, now)
    pages = asked.web.settings.pages
    forwarded = asked.web.part(Attendance).forwarded()
    lines = coming.lines(asked.state, words, now, pages, forwarded)
    points = health.points_now(asked, known.points)
    doubt = asked.web.part(WatchedClock).doubt()
    dates = [(one.name, one.certificate_expires_at) for one in known.points]
    ending = expiry.soon(asked.web.settings.pki_dir, dates, now=now)
    return view.overview(
        words,
        now,
        known.tree,
        points,
        lines,
        doubt,
        ending,
        problems(asked),
        services_away.texts(
            words, _relays_away(asked), is_broker_there=asked.web.is_bus_connected()
        ),
        waiting=rooms.waiting_for(asked.state, asked.person.user_name) or 0,
    )


def _relays_away(asked: PageRequest) -> list[str]:
    relays = (RelayId(one.relay_id) for one in asked.web.settings.relays)
    attendance = asked.web.part(Attendance)
    return [one for one in relays if not attendance.is_there(one)]
