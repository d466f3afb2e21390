"""For watchdogs and Prometheus on this machine; what the API is, for who signs in."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from controller.db.engine import reading
from controller.errors import StorageError
from controller.web.deps import Anyone, FromHere, Viewer, WebParts

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def alive(_: Anyone) -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/readyz", dependencies=[FromHere])
def ready(web: WebParts, _: Anyone) -> JSONResponse:
    """Say whether databases and broker can be used: 200, else 503 and which cannot."""
    checks = {"broker": web.is_bus_connected()}
    for name, engine in (("state", web.state), ("series", web.series)):
        try:
            with reading(engine) as session:
                session.connection().execute(text("SELECT 1"))
            checks[name] = True
        except StorageError:
            checks[name] = False
    return JSONResponse(checks, status_code=200 if all(checks.values()) else 503)


@router.get("/metrics", dependencies=[FromHere])
def metrics(web: WebParts, _: Anyone) -> Response:
    """Give Prometheus the process' counters."""
    web.metrics.bus_is_connected.set(web.is_bus_connected())
    web.metrics.listeners.set(web.hub.listeners)
    web.metrics.listeners_dropped.set(web.hub.dropped_total)
    return Response(generate_latest(web.metrics.registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/openapi.json", include_in_schema=False)
def description(request: Request, _: Viewer) -> JSONResponse:
    """Describe the API."""
    return JSONResponse(request.app.openapi())
