"""The page of settings for administrators: read here, changed in the file."""

from fastapi import APIRouter, Response

from controller.configured import view as settings_view
from controller.places import service as places
from controller.web.page_request import AskedByAdmin

router = APIRouter(include_in_schema=False)


@router.get("/settings")
def show(asked: AskedByAdmin) -> Response:
    """Show what is set here."""
    units = places.as_of(asked.state, asked.now).tree
    names = {branch.unit.unit_id: branch.unit.name for branch in units}
    shown = settings_view.view(asked.words, asked.web.settings, names)
    return asked.page("configured/settings.html", "settings", view=shown)
