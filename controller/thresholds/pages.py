"""Thresholds in the page: looked at, tried on the last week, set, and put back."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from controller.audit.noting import noted
from controller.audit.service import Action
from controller.errors import NotFound, RequestError
from controller.people import accounts
from controller.places import service as places
from controller.thresholds import scheme as schemes
from controller.thresholds import service, trial, typed, view, wording
from controller.thresholds.scheme import ALL, NEW, Edit, Scheme
from controller.thresholds.service import ChangedMeanwhile, KeptScheme, ThresholdDesk
from controller.thresholds.trial import Trial
from controller.thresholds.typed import Typed
from controller.web.i18n.catalogue import chosen
from controller.web.page_request import AskedByAdmin, AskedByOffice, PageRequest, Sent, text_of

router = APIRouter(include_in_schema=False)
ADDRESS = "/thresholds"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be set in place of what is. `edit` None: a revision is put back."""

    now_set: KeptScheme
    scheme: Scheme
    edit: Edit | None
    trial: Trial


@router.get(ADDRESS)
def shown(asked: AskedByOffice) -> Response:
    """Show the thresholds, and where others are typed what both would have said."""
    query = asked.request.query_params
    wanted = typed.typed(lambda name: query.get(name, ""), query.getlist)
    if not wanted.is_asked:
        return _page(asked, wanted)
    try:
        found = _proposed(asked, wanted)
    except NotFound:
        raise
    except RequestError as exc:
        return _page(asked, wanted, problem=exc.said_in(asked.words.code), status=422)
    return _page(asked, replace(wanted, base=found.now_set.revision), found)


@router.post(ADDRESS)
def save(asked: AskedByAdmin, form: Sent) -> Response:
    """Set what was typed; what is wrong, or has to be known before, is said beside it."""
    wanted = typed.typed(
        lambda name: text_of(form, name),
        lambda name: [one for one in form.getlist(name) if isinstance(one, str)],
    )
    found = None
    try:
        found = _proposed(asked, wanted)
        if view.warnings(asked.words, asked.now, found.trial, {}) and not wanted.is_understood:
            said = asked.words.gettext("Read the warnings below, and confirm them.")
            return _page(asked, wanted, found, problem=said, status=422)
        made = _saved(asked, wanted, found)
    except ChangedMeanwhile as exc:
        again = replace(wanted, base=exc.now.revision)
        said = exc.said_in(asked.words.code)
        return _page(asked, again, found, problem=said, since=wanted.base, status=409)
    except NotFound:
        raise
    except RequestError as exc:
        return _page(asked, wanted, found, problem=exc.said_in(asked.words.code), status=422)
    told = wording.differences(
        chosen("vi"), found.now_set.scheme, made.scheme, asked.web.settings.thresholds.limits
    )
    noted(
        asked.web,
        asked.request,
        Action.SET_THRESHOLDS,
        actor=asked.person.user_name,
        subject=str(made.revision),
        detail="; ".join(told),
    )
    part = wanted.part if made.scheme.template(wanted.part) else ALL
    if wanted.part == NEW and wanted.restore is None:
        known = {one.template_id for one in found.now_set.scheme.templates}
        part = next(
            (t.template_id for t in made.scheme.templates if t.template_id not in known), ""
        )
    return RedirectResponse(f"{ADDRESS}?{urlencode({'part': part, 'saved': made.revision})}", 303)


def _proposed(asked: PageRequest, wanted: Typed) -> Proposed:
    known, now_set = places.as_of(asked.state, asked.now), service.newest(asked.state)
    from_file = asked.web.settings.thresholds
    edit = None
    if wanted.restore is not None:
        made = service.revision_of(asked.state, wanted.restore).scheme
    else:
        edit = typed.edit_of(wanted, now_set.scheme, from_file.limits, known.tree)
        service.checked(edit, now_set.scheme)
        made = schemes.edited(now_set.scheme, edit)
    tried = trial.tried(
        asked.state,
        asked.series,
        known.points,
        service.standing_of(now_set, from_file),
        schemes.standing(made, from_file.limits),
        asked.now,
    )
    return Proposed(now_set, made, edit, tried)


def _saved(asked: PageRequest, wanted: Typed, found: Proposed) -> KeptScheme:
    desk, actor = asked.web.part(ThresholdDesk), asked.person.user_name
    if found.edit is None:
        return desk.restore(
            wanted.restore or 0,
            base=wanted.base,
            reason=wanted.reason,
            actor=actor,
            now=asked.now,
        )
    return desk.save(found.edit, base=wanted.base, reason=wanted.reason, actor=actor, now=asked.now)


def _page(
    asked: PageRequest,
    wanted: Typed,
    found: Proposed | None = None,
    *,
    problem: str = "",
    since: int | None = None,
    status: int = 200,
) -> Response:
    history = service.history(asked.state, limit=view.SHOWN + 1)
    now_set = history[0] if history else KeptScheme()
    if wanted.part not in (ALL, NEW) and now_set.scheme.template(wanted.part) is None:
        raise NotFound("mẫu ngưỡng", "template of thresholds")
    looked_at = None if since is None else service.kept(asked.state, since)
    page = view.view(
        asked,
        wanted,
        now_set,
        history,
        places.as_of(asked.state, asked.now),
        found.trial if found else None,
        found.scheme if found else None,
        problem=problem,
        looked_at=looked_at,
        people=accounts.display_names(asked.state, (one.made_by for one in history)),
    )
    return asked.page("thresholds/thresholds.html", "incidents", status=status, view=page)
