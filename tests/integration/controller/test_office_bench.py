"""The bench of the office's pages asks for every page that the application has."""

from fastapi import FastAPI

from bench._office_pages import NOT_FILLED, pages
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_api_access import routes


async def test_no_page_is_forgotten(sqlite_centre: Centre) -> None:
    app = sqlite_centre.transport.app
    assert isinstance(app, FastAPI)
    asked = list(pages(app, "m-past", "20260101T000000Z"))  # ends where a page is forgotten
    assert len([one for one in asked if one.kind == "page"]) > 100
    assert [one.address for one in asked if "{" in one.address] == []
    assert NOT_FILLED.keys() - {route.path for route in routes(app)} == set()
