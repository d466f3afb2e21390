"""What stands in the way of a meeting that is being set or changed, and when it could be held."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from controller.meetings import booking, booking_queries
from controller.meetings.booking import Booking, Clash
from controller.meetings.views import booking as view
from controller.meetings.views import booking_form
from controller.meetings.views.booking import ClashView
from controller.meetings.views.booking_form import Entered
from controller.meetings.views.free_times import HORIZON, booking_of, free_starts
from controller.places import service as places
from controller.web.page_request import PageRequest


def clash_of(asked: PageRequest, entered: Entered, *, of: str = "") -> ClashView:
    """Return what stands in the way of what is chosen so far.

    Args:
        of: the meeting that is changed, which does not stand in its own way; empty: a new one.
    """
    times = booking_form.span(entered)
    if times is None or not entered.point_ids:
        return ClashView()
    wanted = booking_of(*times, entered.point_ids, of=of)
    others = _others(asked, times[0], of)
    clashing = booking.clashes(wanted, others)
    free = free_starts(wanted, others, now=asked.now) if clashing else []
    names = places.as_of(asked.state, times[0]).point_names
    return view.clash_view(asked.words, clashing, free, names, times[0])


def new_clashes(asked: PageRequest, entered: Entered, was: Booking) -> list[Clash]:
    """Return what a change brings into the way of a meeting that was not there before."""
    times = booking_form.span(entered)
    if times is None or not entered.point_ids:
        return []
    wanted = booking_of(*times, entered.point_ids, of=was.meeting_id)
    others = _others(asked, times[0], was.meeting_id)
    is_moved = times != (was.begins_at, was.ends_at)
    found = booking.clashes(wanted, others)
    return [one for one in found if is_moved or not was.points.issuperset(one.points)]


def _others(asked: PageRequest, begins_at: datetime, of: str) -> Sequence[Booking]:
    # From the morning on: rooms may be free before the wanted hour.
    begins = begins_at - timedelta(days=1)
    found = booking_queries.bookings(asked.state, begins=begins, ends=begins_at + HORIZON)
    return [one for one in found if one.meeting_id != of]
