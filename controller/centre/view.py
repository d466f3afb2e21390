"""The centre's own page: everything that is watched of it, worst first, and what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.centre import centre_rows, wording
from controller.centre.tables import CentreFlip, CentreThing
from controller.web.elements import Badge
from controller.web.i18n.language import Language
from monitoring.judgement.centre import CentrePart, CentreStanding, CentreVerdict

LOOKED_WITHIN = timedelta(minutes=2)
NEARLY_FULL = 0.9


@dataclass(frozen=True, slots=True)
class ThingRow:
    """One thing of the centre."""

    key: str
    name: str
    badge: Badge
    said: str
    facts: str
    since: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change."""

    key: str
    time: str
    badge: Badge
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class FilesKept:
    """How much is kept of the files of meetings, and how much may be, in bytes."""

    kept: int
    most: int


@dataclass(frozen=True, slots=True)
class CentreView:
    """All the page shows. `stale`: why it may be out of date; `summary`: the result.

    `files`: how much is kept of meetings' files; `files_full`: what to do where that is nearly all.
    """

    wrong: tuple[ThingRow, ...]
    well: tuple[ThingRow, ...]
    summary: str
    stale: str
    changes: tuple[ChangeRow, ...]
    files: str
    files_full: str


def view(
    words: Language,
    now: datetime,
    rows: Iterable[CentreThing],
    changes: Iterable[CentreFlip],
    looked_at: datetime | None,
    files: FilesKept,
) -> CentreView:
    """Return the page's view."""
    found = [(row, one) for row in rows if (one := centre_rows.verdict_of(row)) is not None]
    order, parts = list(CentreStanding), list(CentrePart)
    found.sort(key=lambda two: (order.index(two[1].standing), parts.index(two[1].part)))
    shown = [(one, _row(words, now, row, one)) for row, one in found]
    wrong = tuple(row for one, row in shown if one.standing is not CentreStanding.GOOD)
    well = tuple(row for one, row in shown if one.standing is CentreStanding.GOOD)
    stale = ""
    if looked_at is None or now - looked_at > LOOKED_WITHIN:
        stale = words.gettext(
            "The centre has not looked at itself for two minutes or more: "
            "its web process has just started, or hangs."
        )
    return CentreView(
        wrong=wrong,
        well=well,
        summary=_summary(words, len(wrong), len(well)),
        stale=stale,
        # That something was well when it was first looked at is no change.
        changes=tuple(
            _change(words, now, one)
            for one in changes
            if one.was or one.standing != CentreStanding.GOOD
        ),
        files=words.gettext(
            "Files of meetings: %(kept)s of %(most)s",
            kept=words.data(files.kept),
            most=words.data(files.most),
        ),
        files_full=words.gettext(
            "Delete files of meetings that nobody needs, or raise [handouts] total_mib. Beyond it "
            "none is taken in."
        )
        if files.kept >= NEARLY_FULL * files.most
        else "",
    )


def _summary(words: Language, wrong: int, well: int) -> str:
    if not wrong and well:
        return words.ngettext(
            "All is well: %(n)s thing is watched.", "All is well: %(n)s things are watched.", well
        )
    return words.gettext(
        "%(wrong)s of %(all)s need a look.",
        wrong=words.number(wrong),
        all=words.number(wrong + well),
    )


def _row(words: Language, now: datetime, row: CentreThing, one: CentreVerdict) -> ThingRow:
    return ThingRow(
        key=f"{row.part}-{row.about.replace(' ', '-')}",
        name=wording.name(words, one.part, one.about),
        badge=badge(words, one.standing),
        said=wording.said(words, one, now),
        facts=wording.facts(words, one, now),
        since=words.moment(row.since, now),
        remedy=wording.remedy(words, one),
    )


def badge(words: Language, standing: CentreStanding) -> Badge:
    """Return how a thing is, as a word with a sign."""
    look, word = {
        CentreStanding.SERIOUS: ("down", words.gettext("Serious")),
        CentreStanding.MINOR: ("degraded", words.gettext("Needs a look")),
        CentreStanding.UNKNOWN: ("unknown", words.gettext("Unknown")),
        CentreStanding.GOOD: ("up", words.gettext("Good")),
    }[standing]
    return Badge(look, f"state-{look}", word)


def _change(words: Language, now: datetime, flip: CentreFlip) -> ChangeRow:
    thing = CentreThing(
        part=flip.part,
        about=flip.about,
        key=flip.became,
        standing=flip.standing,
        since=flip.at,
        evidence=flip.evidence,
    )
    one = centre_rows.verdict_of(thing)
    gone = words.gettext("is watched no more")
    is_well = one is not None and one.standing is CentreStanding.GOOD
    known = flip.part in set(CentrePart)
    return ChangeRow(
        key=str(flip.flip_id),
        time=words.moment(flip.at, now),
        badge=badge(words, one.standing if one else CentreStanding.UNKNOWN),
        name=wording.name(words, CentrePart(flip.part), flip.about) if known else flip.part,
        said="" if is_well else wording.said(words, one, now) if one else gone,
    )
