"""The sign-in page, and what it says when it does not let someone in."""

from dataclasses import dataclass, replace
from datetime import timedelta

from controller.people.oidc.refused import ProviderRefusal
from controller.web.i18n.language import N_, Language

_WHY_NOT = {
    ProviderRefusal.DOWN: (
        N_("%(provider)s does not answer."),
        N_("Sign in with an account of the centre below, or try again in a minute."),
    ),
    ProviderRefusal.DECLINED: (
        N_("%(provider)s did not let you in."),
        N_("Try again there, or ask whoever looks after it."),
    ),
    ProviderRefusal.LOST: (
        N_("This try to sign in is over, or was begun in another window."),
        N_("Begin once more from here."),
    ),
    ProviderRefusal.NOT_BELIEVED: (
        N_("What %(provider)s said could not be believed, so nobody was signed in."),
        N_("Try again; if it stays so, tell the administrator: the server's log says why."),
    ),
    ProviderRefusal.UNKNOWN: (
        N_("You have no account here yet."),
        N_("Ask the administrator of the centre to add you, under the name you have there."),
    ),
    ProviderRefusal.WAITING: (
        N_("Your account is made and waits for the administrator."),
        N_("Ask them to enable it and to give it a role, then sign in again."),
    ),
    ProviderRefusal.DISABLED: (
        N_("Your account is disabled."),
        N_("Ask the administrator of the centre."),
    ),
    ProviderRefusal.NOT_ALLOWED: (
        N_("An administrator's account does not open by its name alone."),
        N_("Sign in with its password, then allow it under People."),
    ),
    ProviderRefusal.ANOTHER: (
        N_("The account of this name belongs to somebody else of %(provider)s."),
        N_("If that is wrong, the administrator undoes the link under People."),
    ),
    ProviderRefusal.SETUP: (
        N_("Signing in with %(provider)s is not set up rightly."),
        N_("Sign in with an account of the centre; the server's log tells the administrator why."),
    ),
    ProviderRefusal.TOO_MANY: (
        N_("Too many are signing in with %(provider)s, or tried in vain."),
        N_("Wait a little, then try again."),
    ),
}


@dataclass(frozen=True, slots=True)
class SignInProblem:
    """What happened, and what to do."""

    what: str
    step: str


@dataclass(frozen=True, slots=True)
class ProviderOffer:
    """Where one may sign in beside. `end_address`: where one who has left here leaves it too."""

    name: str
    is_down: bool = False
    end_address: str = ""


@dataclass(frozen=True, slots=True)
class SignInView:
    """All the page shows. `has_nobody`: no user was made yet."""

    next_path: str
    user_name: str = ""
    problem: SignInProblem | None = None
    has_nobody: bool = False
    provider: ProviderOffer | None = None

    def beside(self, provider: ProviderOffer | None) -> "SignInView":
        """Return the same with another way in."""
        return replace(self, provider=provider)


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


def not_let_in(
    words: Language, next_path: str, refusal: ProviderRefusal, provider: str
) -> SignInView:
    """Return the page after the provider of identities, or what came of it there."""
    what, step = _WHY_NOT[refusal]
    problem = SignInProblem(words.gettext(what, provider=provider), words.gettext(step))
    return SignInView(next_path, problem=problem)
