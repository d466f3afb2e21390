"""Where a page joins its router: the page, and the part of it that changes, made by one function."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from controller.web.page_request import Asked, PageRequest

View = Callable[[PageRequest], object]


def live_page(
    router: APIRouter, address: str, template: str, *, section: str, part: str = ""
) -> Callable[[View], View]:
    """Register a function as the view of a page and of its part.

    `meetings/meetings.html` at `/meetings` has its part `meetings/parts/meetings.html` at
    `/parts/meetings`, or at another address of a part.
    """
    subject, name = template.split("/")

    def register(view: View) -> View:
        def whole(asked: Asked) -> Response:
            return asked.page(template, section, view=view(asked))

        def changing(asked: Asked) -> Response:
            return asked.page(f"{subject}/parts/{name}", section, view=view(asked))

        router.add_api_route(address, whole, methods=["GET"])
        router.add_api_route(part or f"/parts{address}", changing, methods=["GET"])
        return view

    return register
