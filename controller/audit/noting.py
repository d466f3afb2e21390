"""What a person or machine does by a request, written down with where it came from."""

from fastapi import Request

from controller.audit.service import Action, AuditLog, AuditOutcome
from controller.web.deps import Web, address_of


def noted(
    web: Web,
    request: Request,
    action: Action,
    *,
    actor: str = "",
    subject: str = "",
    outcome: AuditOutcome = AuditOutcome.DONE,
    detail: str = "",
) -> None:
    """Add an entry about a request."""
    web.part(AuditLog).note(
        action,
        actor=actor,
        address=address_of(request),
        subject=subject,
        outcome=outcome,
        detail=detail,
    )
