"""What the centre tells a point, without a broker."""

from datetime import timedelta
from typing import TypeVar

from contracts.desired import Desired
from contracts.ids import PointId
from controller.db.engine import writing
from controller.dispatch.changes import Pending
from controller.dispatch.planning import PointPlanner
from controller.enrolment import pki
from tests.integration.controller.centre import Centre

D = TypeVar("D", bound=Desired)


def document_of(centre: Centre, kind: type[D], point_id: str = "p-b") -> D | None:
    """Return the point's document of a kind; None: it has none."""
    web = centre.web
    planner = PointPlanner(web.settings, pki.load_probe_key(web.settings.pki_dir))
    now = web.now()
    with writing(web.state) as session:
        pending: Pending[PointId] = Pending({PointId(point_id)})
        wanted = planner.plan(session, pending, now=now, until=now + timedelta(days=14))
    return next((one.document for one in wanted if isinstance(one.document, kind)), None)
