"""The kinds of paper that meetings have."""

from controller.errors import NotFound
from controller.meetings.views.invitation import INVITATION
from controller.meetings.views.minutes_paper import MINUTES
from controller.papers.paper import Paper

PAPERS = {one.kind: one for one in (INVITATION, MINUTES)}


def paper_of(kind: str) -> Paper:
    """Return a kind of paper.

    Raises:
        NotFound: there is none of this name.
    """
    found = PAPERS.get(kind)
    if found is None:
        raise NotFound("loại giấy tờ", "kind of paper")
    return found
