"""Who makes a request, as far as every page and route needs to know."""

from dataclasses import dataclass

from controller.roles import Role

COOKIE = "diemcau_session"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who makes this request."""

    user_name: str
    display_name: str
    role: Role
    csrf_token: str

    def may(self, role: Role) -> bool:
        """Whether the person's role includes the given one."""
        order = list(Role)
        return order.index(self.role) >= order.index(role)
