"""The alerts' texts, changed in the page, with what they would have said of a real incident."""

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from contracts import numbers
from contracts.errors import MalformedNumber
from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import BadEntry
from controller.health import service as health
from controller.incidents import incident_queries, letter_texts, telling, text_rows, wording
from controller.incidents.channel_view import CHANNELS
from controller.incidents.letter_texts import DEFAULTS, KINDS, MEANINGS, PLACES
from controller.incidents.tables import IncidentRow
from controller.incidents.text_rows import AlertTexts
from controller.web.elements import Crumb
from controller.web.i18n.catalogue import chosen
from controller.web.page_request import AskedByAdmin, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
TEXTS = f"{CHANNELS}/texts"
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text would have said; `problem`: why it cannot be used."""

    title: str = ""
    text: str = ""
    count: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TextForm:
    """One kind of message."""

    kind: str
    title: str
    text: str
    is_own: bool
    places: tuple[tuple[str, str], ...]
    problem: str
    preview: Preview


@dataclass(frozen=True, slots=True)
class TextsView:
    """The page."""

    crumbs: tuple[Crumb, ...]
    forms: tuple[TextForm, ...]
    incidents: tuple[tuple[int, str], ...]
    number: int
    most: int


@router.get(TEXTS)
def shown(asked: AskedByAdmin) -> Response:
    """Return the forms."""
    return _page(asked)


@router.post(TEXTS)
def save(asked: AskedByAdmin, form: Sent) -> Response:
    """Have messages say this, all of it or nothing; what is wrong is said beside its text.

    One of them may be put back to what it said at first: what is typed of the other stays typed.
    """
    texts, state, reset = asked.web.part(AlertTexts), asked.state, text_of(form, "reset")
    typed = {kind: text_of(form, kind) for kind in KINDS if kind in form and kind != reset}
    if reset:
        texts.reset(reset)
        _noted(asked, reset)
        left = {one: (text, "") for one, text in typed.items() if text != _standing(state, one)}
        return _page(asked, left, reset=reset) if left else RedirectResponse(TEXTS, 303)
    said = {kind: (text, _problem(asked, kind, text)) for kind, text in typed.items()}
    if any(problem for _, problem in said.values()):
        return _page(asked, said, status=422)
    for kind, text in typed.items():
        if " ".join(text.split()) != _standing(state, kind):
            texts.set(kind, text, actor=asked.person.user_name)
            _noted(asked, kind)
    return RedirectResponse(TEXTS, status_code=303)


def _standing(state: Session, kind: str) -> str:
    return text_rows.text_of(state, kind) or DEFAULTS[kind]


def _problem(asked: PageRequest, kind: str, typed: str) -> str:
    """Return why a text cannot be used; empty: it can."""
    try:
        asked.web.part(AlertTexts).taken(kind, typed)
    except BadEntry as exc:
        return exc.said_in(asked.words.code)
    return ""


def _noted(asked: PageRequest, kind: str) -> None:
    actor = asked.person.user_name
    noted(asked.web, asked.request, Action.CHANGE_TEXT, actor=actor, subject=kind)


@router.post(f"/parts{TEXTS}/{{kind}}")
def preview(asked: AskedByAdmin, form: Sent) -> Response:
    """Return what a text that is being typed would have said."""
    kind = asked.named("kind")
    number = _number(text_of(form, f"{kind}_number"))
    row = incident_queries.row(asked.state, number) if number else None
    found = _preview(asked, kind, text_of(form, kind), row)
    most = wording.MAX_TEXT_CHARS
    return asked.page("incidents/parts/text_preview.html", "incidents", preview=found, most=most)


def _page(
    asked: PageRequest,
    typed: dict[str, tuple[str, str]] | None = None,
    *,
    reset: str = "",
    status: int = 200,
) -> Response:
    words, state = asked.words, asked.state
    rows = [*incident_queries.open_rows(state)]
    rows += incident_queries.past_rows(state, before=None, limit=SHOWN)
    told = telling.all_in_words(state, words, rows[:SHOWN], asked.now, lambda _: {})
    first = rows[0] if rows else None
    titles = {
        letter_texts.ALERT: words.gettext("Something is wrong"),
        letter_texts.RECOVERY: words.gettext("It is over"),
    }
    forms = []
    for kind in KINDS:
        own = "" if kind == reset else text_rows.text_of(state, kind)
        text, problem = (typed or {}).get(kind, (own or DEFAULTS[kind], ""))
        forms.append(
            TextForm(
                kind=kind,
                title=titles[kind],
                text=text,
                is_own=bool(own),
                places=tuple((f"{{{one}}}", words.gettext(MEANINGS[one])) for one in PLACES[kind]),
                problem=problem,
                preview=_preview(asked, kind, text, first),
            )
        )
    view = TextsView(
        crumbs=(
            Crumb(words.gettext("Incidents"), "/incidents"),
            Crumb(words.gettext("Who is told"), CHANNELS),
            Crumb(words.gettext("What alerts say")),
        ),
        forms=tuple(forms),
        incidents=tuple(
            (row.number or 0, wording.line(words, asked.now, one.happened, one.advice.what))
            for row, one in zip(rows[:SHOWN], told, strict=True)
        ),
        number=first.number or 0 if first else 0,
        most=wording.MAX_TEXT_CHARS,
    )
    return asked.page("incidents/texts.html", "incidents", status=status, view=view)


def _preview(asked: PageRequest, kind: str, typed: str, row: IncidentRow | None) -> Preview:
    texts, words = asked.web.part(AlertTexts), chosen(telling.LETTERS_IN)
    try:
        text = texts.taken(kind, typed)
    except BadEntry as exc:
        return Preview(problem=exc.said_in(asked.words.code))
    if row is None:
        return Preview()
    causes_of = partial(health.causes_of_outages, asked.series, words, row.told_at)
    letter = telling.as_told(asked.state, row, kind, text, texts.link, causes_of)
    return Preview(letter.title, letter.text, len(letter.text))


def _number(typed: str) -> int:
    try:
        return numbers.whole(typed, least=1, most=2**31 - 1)
    except MalformedNumber:
        return 0
