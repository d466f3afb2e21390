"""What administrators do to the tree, for pages and API alike: said on, and written down."""

from fastapi import Request

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.dispatch.changes import Changes
from controller.web.deps import Web
from controller.web.signed_in import SignedIn


def note(
    web: Web, request: Request, person: SignedIn, action: Action, subject: str, detail: str = ""
) -> None:
    """Say on what was done to the tree, and write it into the audit log."""
    web.part(Changes).note_everything(is_forced=False)  # others show names and units
    noted(web, request, action, actor=person.user_name, subject=subject, detail=detail)
