"""Screens get a link, show the wall by it, and lose it: the one way in for pages and programs.

How a screen stands for the browser in front of it:

    wrong       there is no such screen (any more)
    renewed     an administrator made another link, and nobody has opened that one yet
    elsewhere   another browser opened the link later
    open        it shows the wall
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from controller import entered
from controller.db.engine import reading, writing
from controller.entered import Label
from controller.errors import Conflict, NotFound
from controller.link_pass import Pass, new_pass
from controller.wall.tables import WallScreen

MAX_NAME_CHARS = 60
MAX_SCREENS = 20
PREFIX = "wall-"
_NAME = Label("Tên màn hình", "The screen's name")


class ScreenStanding(Enum):
    """How a screen stands for one browser."""

    WRONG = "wrong"
    RENEWED = "renewed"
    ELSEWHERE = "elsewhere"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ScreenSeen:
    """A browser, and how its screen stands; of a wrong one there is nothing else."""

    standing: ScreenStanding
    shown: Pass | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class MadeScreen:
    """A screen and its link, as it is shown this once."""

    name: str
    shown: Pass


@dataclass(frozen=True, slots=True)
class WallScreens:
    """Where screens are kept. Used from worker threads; keeps nothing itself."""

    state: Engine
    now: Callable[[], datetime]

    def listed(self) -> list[WallScreen]:
        """Return all screens, the first made first."""
        with reading(self.state) as session:
            query = select(WallScreen).order_by(col(WallScreen.made_at), col(WallScreen.screen_id))
            found = list(session.exec(query))
            session.expunge_all()
        return found

    def make(self, name: str, *, actor: str) -> MadeScreen:
        """Make a screen and its link.

        Raises:
            BadEntry: the name cannot be used.
            Conflict: there are too many.
        """
        name = entered.line(_NAME, name, most=MAX_NAME_CHARS)
        shown = new_pass(f"{PREFIX}{secrets.token_hex(6)}")
        with writing(self.state) as session:
            if len(session.exec(select(WallScreen.screen_id)).all()) >= MAX_SCREENS:
                raise Conflict(
                    "too_many_screens",
                    f"Đã có {MAX_SCREENS} màn hình giám sát. Gỡ một màn hình không dùng nữa trước.",
                    f"There are {MAX_SCREENS} wall screens. Remove one that is not used first.",
                )
            session.add(
                WallScreen(
                    screen_id=shown.holder_id,
                    name=name,
                    secret_sha256=shown.sha256,
                    made_by=actor,
                    made_at=self.now(),
                )
            )
        return MadeScreen(name, shown)

    def renew(self, screen_id: str) -> MadeScreen:
        """Give a screen another link; the one before shows nothing more.

        Raises:
            NotFound: there is no such screen.
        """
        shown = new_pass(screen_id)
        with writing(self.state) as session:
            screen = _found(session, screen_id)
            screen.secret_sha256 = shown.sha256
            screen.browser_sha256 = screen.opened_at = None
            session.add(screen)
            name = screen.name
        return MadeScreen(name, shown)

    def remove(self, screen_id: str) -> str:
        """Take a screen's link back, and end what was opened by it; return the screen's name.

        Raises:
            NotFound: there is no such screen.
        """
        with writing(self.state) as session:
            screen = _found(session, screen_id)
            name = screen.name
            session.delete(screen)
        return name

    def is_right(self, shown: Pass) -> bool:
        """Return whether this is a link. Guessing holds up nobody who writes."""
        with reading(self.state) as session:
            return _proved(session, shown) is not None

    def open(self, shown: Pass, browser: Pass | None) -> MadeScreen | None:
        """Let a browser show a screen's wall, and none before it any more; None: it is no link.

        Args:
            browser: what this one shows already; who opens a link twice keeps it.
        """
        with writing(self.state) as session:
            screen = _proved(session, shown)
            if screen is None:
                return None
            name = screen.name
            if browser is not None and browser.proves(screen.browser_sha256):
                return MadeScreen(name, browser)
            given = new_pass(screen.screen_id)
            screen.browser_sha256, screen.opened_at = given.sha256, self.now()
            session.add(screen)
        return MadeScreen(name, given)

    def seen(self, shown: Pass | None) -> ScreenSeen:
        """Return how the screen stands of a browser that shows something."""
        if shown is None:
            return ScreenSeen(ScreenStanding.WRONG)
        with reading(self.state) as session:
            screen = session.get(WallScreen, shown.holder_id)
            if screen is None:
                return ScreenSeen(ScreenStanding.WRONG)
            if shown.proves(screen.browser_sha256):
                return ScreenSeen(ScreenStanding.OPEN, shown, screen.name)
            is_new = screen.browser_sha256 is None
        return ScreenSeen(ScreenStanding.RENEWED if is_new else ScreenStanding.ELSEWHERE)


def _proved(session: Session, shown: Pass) -> WallScreen | None:
    screen = session.get(WallScreen, shown.holder_id)
    return screen if shown.proves(screen.secret_sha256 if screen else None) else None


def _found(session: Session, screen_id: str) -> WallScreen:
    screen = session.get(WallScreen, screen_id)
    if screen is None:
        raise NotFound("màn hình", "screen")
    return screen
