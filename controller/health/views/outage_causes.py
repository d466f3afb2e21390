"""Why a point was out, as a person is told: cause, evidence, since when, whose, what to do."""

from dataclasses import dataclass
from datetime import datetime

from controller.health.outage_queries import OutageSaid
from controller.health.views.causes import Cause
from controller.web.i18n.language import N_, Language
from monitoring.judgement.outage_cause import CauseVerdict, OutageCause
from monitoring.judgement.outage_texts import evidence_sentence

_CARRIER, _COMMUNE, _PROVINCE = N_("the carrier"), N_("the commune"), N_("the province")

_NAMES = {
    OutageCause.POWER: N_("Power cut"),
    OutageCause.DEVICE: N_("The machine or its agent stopped"),
    OutageCause.LAN: N_("The network in the room is broken"),
    OutageCause.LINE: N_("The carrier's line is cut"),
    OutageCause.DNS: N_("The point's name server (DNS) does not find the centre"),
    OutageCause.CENTRE: N_("Trouble at the centre or on its main line"),
    OutageCause.PLANNED: N_("The machine was stopped in order"),
    OutageCause.UNKNOWN: N_("Cause not known yet"),
}
_WHOSE = {
    OutageCause.POWER: _COMMUNE,
    OutageCause.DEVICE: _COMMUNE,
    OutageCause.LAN: _COMMUNE,
    OutageCause.LINE: _CARRIER,
    OutageCause.DNS: N_("who runs the name server: the carrier or the commune"),
    OutageCause.CENTRE: _PROVINCE,
    OutageCause.PLANNED: _COMMUNE,
    OutageCause.UNKNOWN: N_("not known yet: point or line"),
}
_STEPS = {
    OutageCause.POWER: N_("Call the commune: is there power, and is the machine plugged in?"),
    OutageCause.DEVICE: N_("Ask the commune to switch the machine off and on; then read its log."),
    OutageCause.LAN: N_(
        "Ask the commune to look at the router's power and at the machine's cable."
    ),
    OutageCause.LINE: N_("Report the line to the carrier."),
    OutageCause.DNS: N_("Enter another name server at the point's router, or ask the carrier."),
    OutageCause.CENTRE: N_(
        "Look at the centre's main line, switch and broker; call no commune yet."
    ),
    OutageCause.PLANNED: N_("Ask the commune whether it was meant; if not, switch the machine on."),
    OutageCause.UNKNOWN: N_("Call the point and ask about power and network; then the carrier."),
}
_DECLARED = N_("Declared maintenance")
_DECLARED_WHOSE = N_("who declared the maintenance")
_DECLARED_STEP = N_("Nothing while it lasts; after it ask who declared it whether it goes on.")
_LINE_UNSURE = N_("Call the commune and ask about power; where there is some, call the carrier.")


@dataclass(frozen=True, slots=True)
class OutageTold:
    """One outage in words; empty: nothing of the kind is known."""

    what: str = ""
    evidence: str = ""
    times: str = ""
    before: str = ""
    whose: str = ""
    remedy: str = ""


def named(words: Language, verdict: CauseVerdict) -> str:
    """Return the cause's name, with a question mark where it is not certain."""
    return called(
        words, verdict.cause, is_certain=verdict.is_certain, is_declared=verdict.is_declared
    )


def called(words: Language, cause: OutageCause, *, is_certain: bool, is_declared: bool) -> str:
    """Return the name of a cause."""
    name = words.gettext(_DECLARED if is_declared else _NAMES[cause])
    has_mark = not is_certain and cause is not OutageCause.UNKNOWN
    return f"{name}?" if has_mark else name


def told(words: Language, now: datetime, said: OutageSaid | None) -> OutageTold:
    """Return what is said of an outage; None: nothing is yet."""
    if said is None:
        return OutageTold()
    verdict = said.verdict
    is_unsure = verdict.cause is OutageCause.LINE and not verdict.is_certain
    step = _LINE_UNSURE if is_unsure else _STEPS[verdict.cause]
    whose = _WHOSE[verdict.cause]
    if verdict.is_declared:
        step, whose = _DECLARED_STEP, _DECLARED_WHOSE
    before = _before(words, said)
    return OutageTold(
        what=named(words, verdict),
        evidence=evidence_sentence(verdict.facts, "vi" if words.code == "vi" else "en", now),
        times=_times(words, said, verdict),
        before=words.gettext("Said before: %(what)s", what=before) if before else "",
        whose=words.gettext(whose),
        remedy=words.gettext(step),
    )


def _before(words: Language, said: OutageSaid) -> str:
    """Return the cause and the beginning that were said before, where late records changed them."""
    parts = [named(words, said.before)] if said.before else []
    if said.began_before:
        time = words.time_exact(said.began_before)
        parts.append(words.gettext("since %(time)s", time=time))
    return ", ".join(parts)


def as_cause(words: Language, now: datetime, said: OutageSaid) -> Cause:
    """Return what is said of an outage in the form of any other trouble."""
    one = told(words, now, said)
    return Cause(what=one.what, whose=one.whose, remedy=one.remedy, evidence=one.evidence)


def _times(words: Language, said: OutageSaid, verdict: CauseVerdict) -> str:
    noticed = words.time_exact(said.noticed_at)
    if verdict.began_at is None:
        return words.gettext("Noticed at %(noticed)s", noticed=noticed)
    return words.gettext(
        "By the point's own record since %(own)s, noticed at %(noticed)s",
        own=words.time_exact(verdict.began_at),
        noticed=noticed,
    )
