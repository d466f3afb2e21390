"""A link that is none: counted against the address that shows it, written down, refused."""

from typing import NoReturn

from fastapi import Request

from controller.audit.noting import noted
from controller.audit.service import Action, AuditOutcome
from controller.errors import NotAllowed, TooManyTries
from controller.link_limits import WrongLinks
from controller.web.deps import Web, address_of


def refuse(web: Web, request: Request, action: Action, refusal: NotAllowed) -> NoReturn:
    """Refuse whoever opens a link that is not right, as `action` in the log.

    Raises:
        TooManyTries: the address showed too many of them.
        NotAllowed: the refusal.
    """
    try:
        web.part(WrongLinks).count(address_of(request))
    except TooManyTries:
        noted(web, request, action, outcome=AuditOutcome.THROTTLED)
        raise
    noted(web, request, action, outcome=AuditOutcome.REFUSED)
    raise refusal
