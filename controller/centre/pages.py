"""The page of the centre itself, for whoever is signed in."""

from fastapi import APIRouter

from controller.centre import centre_rows
from controller.centre.view import CentreView, FilesKept, view
from controller.centre.watch import LastCentreLook
from controller.meetings.handouts import service as handouts
from controller.web.page_request import PageRequest
from controller.web.registration import live_page

router = APIRouter(include_in_schema=False)
CHANGES_SHOWN = 30


@live_page(router, "/centre", "centre/centre.html", section="centre")
def centre(asked: PageRequest) -> CentreView:
    """Return how everything of the centre is."""
    return view(
        asked.words,
        asked.now,
        centre_rows.things(asked.state),
        centre_rows.flips(asked.state, limit=CHANGES_SHOWN),
        asked.web.part(LastCentreLook).at,
        FilesKept(handouts.kept_bytes(asked.state), asked.web.settings.handouts.total_bytes),
    )
