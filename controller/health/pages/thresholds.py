"""What other thresholds would have said of the last week, before anybody sets them."""

from threading import Lock

from fastapi import APIRouter, Response

from controller.errors import BadEntry, BadRequest, NotFound
from controller.health import replay_queries
from controller.health.views import availability
from controller.health.views import thresholds as view
from controller.health.views.thresholds import FIELDS, Tried
from controller.places import service as places
from controller.settings import ThresholdSettings
from controller.web.page_request import AskedByOffice, PageRequest
from monitoring.judgement.availability import last_days
from monitoring.judgement.replay import episodes

router = APIRouter(include_in_schema=False)
DAYS, MOST_POINTS, MOST_BUCKETS = 7, 400, 60_000
_one_at_a_time = Lock()


@router.get("/thresholds")
def shown(asked: AskedByOffice, unit: str = "") -> Response:
    """Show the thresholds, and where others are typed what both would have said."""
    known = places.as_of(asked.state, asked.now)
    if unit and unit not in {one.unit_id for one in known.units}:
        raise NotFound("đơn vị", "unit")
    query = asked.request.query_params
    now_set = asked.web.settings.thresholds
    is_asked = any(one.name in query for one in FIELDS)
    typed = {one.name: query.get(one.name, "") for one in FIELDS}
    problem, tried = "", None
    if is_asked:
        try:
            tried = _tried(asked, unit, view.entered(typed, now_set))
        except (BadEntry, BadRequest) as exc:
            problem = exc.message_vi if asked.words.code == "vi" else exc.message_en
    shown_view = view.view(asked.words, known.tree, unit, now_set, typed, tried, problem)
    status = 422 if problem else 200
    return asked.page("health/thresholds.html", "incidents", status=status, view=shown_view)


def _tried(asked: PageRequest, unit: str, wanted: ThresholdSettings) -> Tried:
    tree = places.as_of(asked.state, asked.now).tree
    points = availability.points_below(tree, unit)
    if len(points) > MOST_POINTS:
        raise BadRequest(
            "too_many_points",
            f"Mỗi lần thử được tối đa {MOST_POINTS} điểm cầu: chọn một đơn vị.",
            f"{MOST_POINTS} points at most are tried at once: choose a unit.",
        )
    if not _one_at_a_time.acquire(blocking=False):
        raise BadRequest(
            "busy", "Có người khác đang thử ngưỡng: thử lại sau vài giây.",
            "Somebody else is trying thresholds: try again in some seconds.",
        )  # fmt: skip
    try:
        both = [asked.web.settings.thresholds.limits, wanted.limits]
        ids = [places.identifier(one) for one in points]
        period = last_days(DAYS, asked.now)
        kept = replay_queries.doubtful(asked.series, ids, period, both, most=MOST_BUCKETS)
        if sum(len(one) for one in kept.values()) > MOST_BUCKETS:
            raise BadRequest(
                "too_much",
                "Ngưỡng này báo quá nhiều để đếm: nới ngưỡng hoặc chọn một đơn vị.",
                "These thresholds tell of too much to count: loosen them, or choose a unit.",
            )
        before, after = (
            {point_id: episodes(own, limits) for point_id, own in kept.items()} for limits in both
        )
        return Tried(wanted, points, before, after)
    finally:
        _one_at_a_time.release()
