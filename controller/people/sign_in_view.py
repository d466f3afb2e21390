"""The sign-in page, and what it says when it does not let someone in."""

from dataclasses import dataclass
from datetime import timedelta

from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class SignInProblem:
    """What happened, and what to do."""

    what: str
    step: str


@dataclass(frozen=True, slots=True)
class SignInView:
    """All the page shows. `has_nobody`: no user was made yet."""

    next_path: str
    user_name: str = ""
    problem: SignInProblem | None = None
    has_nobody: bool = False


def first(words: Language, next_path: str, *, has_nobody: bool, has_ended: bool) -> SignInView:
    """Return the page as it is first shown, or after a session that ended by itself."""
    ended = SignInProblem(
        words.gettext("The session has ended."),
        words.gettext("Sign in to go on where you were."),
    )
    return SignInView(next_path, problem=ended if has_ended else None, has_nobody=has_nobody)


def wrong(words: Language, next_path: str, user_name: str) -> SignInView:
    """Return the page after a wrong name or password; which of them is not said."""
    problem = SignInProblem(
        words.gettext("The user name or the password is not right."),
        words.gettext("Check the keyboard's language and the capitals key, then try again."),
    )
    return SignInView(next_path, user_name, problem)


def throttled(words: Language, next_path: str, user_name: str, wait_s: int) -> SignInView:
    """Return the page after too many tries."""
    problem = SignInProblem(
        words.gettext("Too many wrong tries."),
        words.gettext(
            "Try again in %(wait)s. If the password is lost, the administrator sets a new one.",
            wait=words.duration(timedelta(seconds=max(1, wait_s))),
        ),
    )
    return SignInView(next_path, user_name, problem)
