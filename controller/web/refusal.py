"""The page, or the part of a page, that tells a person why something was refused."""

from dataclasses import dataclass

from fastapi import Request, Response

from controller.errors import NotAllowed, NotFound, NotSignedIn, RequestError
from controller.web.deps import web_of
from controller.web.i18n.language import Language
from controller.web.page_request import frame_of
from controller.web.rendering import page


@dataclass(frozen=True, slots=True)
class RefusalView:
    """What happened, what to do, and a way on."""

    title: str
    what: str
    step: str
    href: str
    action: str


_NOT_FOR_PEOPLE = ("/static/", "/metrics", "/healthz", "/readyz")


def refusal(request: Request, error: RequestError) -> Response | None:
    """Return the answer to a person's request that was refused; None: answer with JSON."""
    if request.url.path.startswith(_NOT_FOR_PEOPLE):
        return None
    frame = frame_of(request, web_of(request), getattr(request.state, "person", None))
    words = frame.language
    text = error.said_in(words.code)
    if request.headers.get("hx-request") == "true":
        return page("web/parts/problem.html", frame, status=error.status, text=text)
    view = RefusalView(
        title=_title(words, error),
        what=text,
        step=_step(words, error),
        href="/sign-in" if isinstance(error, NotSignedIn) else "/",
        action=words.gettext("Sign in")
        if isinstance(error, NotSignedIn)
        else words.gettext("To the overview"),
    )
    return page("web/refusal.html", frame, status=error.status, view=view)


def _title(words: Language, error: RequestError) -> str:
    if isinstance(error, NotAllowed):
        return words.gettext("Not allowed for this user")
    if isinstance(error, NotFound) or error.status == 404:
        return words.gettext("Not found")
    if isinstance(error, NotSignedIn):
        return words.gettext("Sign in first")
    if error.status >= 500:
        return words.gettext("The centre cannot do this now")
    return words.gettext("This was not done")


def _step(words: Language, error: RequestError) -> str:
    if isinstance(error, NotAllowed):
        return words.gettext("Ask someone who may, or sign in as another user.")
    if error.status >= 500:
        return words.gettext("What was saved before is safe. Try again in a minute.")
    return words.gettext("Go back and look again: it may have changed meanwhile.")
