"""By which thresholds a point is judged, on the point's own page."""

from urllib.parse import urlencode

from controller.roles import Role
from controller.thresholds import service
from controller.web.elements import Crumb
from controller.web.page_request import PageRequest


def of_point(asked: PageRequest, point_id: str) -> Crumb:
    """Return what a point uses, and for who may look at them where they are."""
    words, scheme = asked.words, service.newest(asked.state).scheme
    own = next((one for one in scheme.templates if point_id in one.points), None)
    said = (
        words.gettext("Thresholds: template %(name)s", name=own.name)
        if own
        else words.gettext("Thresholds: as all points")
    )
    if not asked.person.may(Role.OFFICE):
        return Crumb(said)
    return Crumb(
        said, f"/thresholds?{urlencode({'part': own.template_id})}" if own else "/thresholds"
    )
