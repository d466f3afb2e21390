"""Who looks at the wall: somebody signed in, or a screen by a cookie of its own.

Whatever is not in this folder asks for the cookie of a session (`web/deps.py`) and never looks
at a screen's: a screen is nobody there.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from controller.link_pass import Pass, parse
from controller.roles import Role
from controller.wall.screens import ScreenSeen, ScreenStanding, WallScreens
from controller.web import csrf
from controller.web.deps import Anyone, web_of
from controller.web.host_cookie import HostCookie
from controller.web.signed_in import SignedIn

# A screen is switched off at night; its link is taken back by hand.
COOKIE = HostCookie("diemcau_wall", kept_s=365 * 86400)


@dataclass(frozen=True, slots=True)
class WallLooker:
    """Who asks for the wall. `person`: somebody signed in, where the browser is no screen."""

    screen: ScreenSeen
    person: SignedIn | None

    @property
    def may_look(self) -> bool:
        """Whether the wall is shown."""
        return self.person is not None or self.screen.standing is ScreenStanding.OPEN

    @property
    def as_looking(self) -> SignedIn:
        """As whom the wall is drawn: a screen may do nothing else."""
        if self.person is not None:
            return self.person
        shown = self.screen.shown
        token = csrf.token_for(shown.text) if shown else ""
        return SignedIn(shown.holder_id if shown else "", self.screen.name, Role.VIEWER, token)


def pass_of(request: Request) -> Pass | None:
    """Return what a browser shows."""
    return parse(COOKIE.shown_by(request) or "")


def looking(request: Request, person: Anyone) -> WallLooker:
    """Return who looks, whatever they may see.

    A screen is one also while somebody is signed in there, so that it stays when they sign out.
    """
    screen = web_of(request).part(WallScreens).seen(pass_of(request))
    return WallLooker(screen, None if screen.standing is ScreenStanding.OPEN else person)


Looking = Annotated[WallLooker, Depends(looking)]
