"""Points and their lines for a Prometheus on this machine."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from controller.health.point_metrics import PointsExposition
from controller.web.deps import Anyone, FromHere, WebParts

router = APIRouter(tags=["health"])


@router.get("/metrics/points", dependencies=[FromHere])
def point_metrics(web: WebParts, _: Anyone) -> Response:
    """Give Prometheus how every point and its line is."""
    return Response(web.part(PointsExposition).text(), media_type=CONTENT_TYPE_LATEST)
