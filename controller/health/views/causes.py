"""Whose a problem is, and what to do about it: the second half of every bad message."""

from dataclasses import dataclass
from datetime import datetime

from controller.web.i18n.language import N_, Language
from monitoring.judgement.health_texts import sentence
from monitoring.judgement.problem import Problem, ProblemKey

_CENTRE, _POINT = N_("the centre"), N_("the point")
_CARRIER, _OPEN = N_("the carrier"), N_("not known yet: point or line")

_PARTIES = {
    ProblemKey.CENTRE_BLIND: _CENTRE,
    ProblemKey.NEVER_HEARD: _POINT,
    ProblemKey.SILENT: _OPEN,
    ProblemKey.TWINS: _POINT,
    ProblemKey.REPORTS_SILENT: _CENTRE,
    ProblemKey.ON_BATTERY: _POINT,
    ProblemKey.BATTERY_WORN: _POINT,
    ProblemKey.FAILED_OVER: _OPEN,
    ProblemKey.CENTRE_UNREACHED: _CARRIER,
    ProblemKey.GATEWAY_SILENT: _POINT,
    ProblemKey.LOSS: _CARRIER,
    ProblemKey.SLOW: _CARRIER,
    ProblemKey.JITTER: _CARRIER,
    ProblemKey.BELOW_CONTRACT: _CARRIER,
    ProblemKey.SLOW_NIGHTS: _CARRIER,
    ProblemKey.LINE_FULL: _POINT,
    ProblemKey.NO_CARRIER: _POINT,
    ProblemKey.INTERFACE_ERRORS: _POINT,
    ProblemKey.HALF_DUPLEX: _POINT,
    ProblemKey.SLOW_INTERFACE: _POINT,
    ProblemKey.PORT_ERRORS: _POINT,
    ProblemKey.POE_FAULT: _POINT,
    ProblemKey.ADDRESS_DOUBLED: _POINT,
    ProblemKey.DNS_SILENT: _POINT,
    ProblemKey.DNS_WITHOUT_CENTRE: _POINT,
    ProblemKey.DNS_ELSEWHERE: _POINT,
    ProblemKey.SECOND_DHCP: _POINT,
    ProblemKey.LEASE_ENDING: _POINT,
    ProblemKey.WIFI_WEAK: _POINT,
    ProblemKey.SIGNAL_WEAK: _POINT,
    ProblemKey.DATA_USED_UP: _POINT,
    ProblemKey.HOT: _POINT,
    ProblemKey.THROTTLED: _POINT,
    ProblemKey.NO_SCREEN: _POINT,
    ProblemKey.DISK_FAILING: _POINT,
    ProblemKey.DISK_ERRORS: _POINT,
    ProblemKey.DISK_WORN: _POINT,
    ProblemKey.DEVICE_OPEN: _POINT,
}

_STEPS = {
    ProblemKey.CENTRE_BLIND: N_("Check that ingest and the broker run at the centre."),
    ProblemKey.NEVER_HEARD: N_("Switch the point's machine on and look at its cable."),
    ProblemKey.DOCUMENT_REFUSED: N_(
        "Correct at the centre what it names; the point then takes it over."
    ),
    ProblemKey.SILENT: N_("Call the point and ask about power and network; then the carrier."),
    ProblemKey.TWINS: N_(
        "Find the second machine (an old box, a copied disk), switch it off, and enrol it anew."
    ),
    ProblemKey.REPORTS_SILENT: N_("Restart the health agent on the point's machine."),
    ProblemKey.ON_BATTERY: N_(
        "Call the point about its power; it goes off when the battery is empty."
    ),
    ProblemKey.BATTERY_WORN: N_(
        "Have a battery of its model ready and replace it outside meetings; then say so on the "
        "point's page, under its power supply."
    ),
    ProblemKey.FAILED_OVER: N_(
        "Meetings go on, at the second line's cost. Ask the point whether the router and the "
        "cable are well; then report the main line to the carrier."
    ),
    ProblemKey.CENTRE_UNREACHED: N_("Report the line to the carrier."),
    ProblemKey.GATEWAY_SILENT: N_("Restart the router in the room."),
    ProblemKey.LOSS: N_("Report the line to the carrier."),
    ProblemKey.SLOW: N_("Report the line to the carrier."),
    ProblemKey.JITTER: N_("Report the line to the carrier."),
    ProblemKey.BELOW_CONTRACT: N_("Report the line to the carrier."),
    ProblemKey.SLOW_NIGHTS: N_(
        "Report the line to the carrier; the point's page has what each night's test found."
    ),
    ProblemKey.LINE_FULL: N_(
        "See on the point's page when it is full, ask there what runs then, or have it sold "
        "quicker."
    ),
    ProblemKey.NO_CARRIER: N_("Plug the network cable in again at both ends."),
    ProblemKey.INTERFACE_ERRORS: N_("Replace the network cable."),
    ProblemKey.HALF_DUPLEX: N_("Set the switch's port to automatic."),
    ProblemKey.SLOW_INTERFACE: N_("Plug the network cable in again, or replace it."),
    ProblemKey.PORT_ERRORS: N_(
        "Replace the cable at this port. If that does not help, set speed and duplex to automatic "
        "at both ends."
    ),
    ProblemKey.POE_FAULT: N_(
        "What hangs there (camera, access point) has no power. Pull its cable and plug it in "
        "again; else try another cable and another port, and see the switch's PoE budget."
    ),
    ProblemKey.ADDRESS_DOUBLED: N_(
        "Find the other device by its hardware address and give it another address."
    ),
    ProblemKey.DNS_SILENT: N_(
        "Restart the router in the room; if it goes on, enter another name server in the router."
    ),
    ProblemKey.DNS_WITHOUT_CENTRE: N_(
        "Enter the name server of the province or the carrier in the router of the room."
    ),
    ProblemKey.DNS_ELSEWHERE: N_(
        "See whether the network asks for a sign-in page; enter the name server of the province "
        "or the carrier in the router of the room, and look whether somebody has changed it."
    ),
    ProblemKey.SECOND_DHCP: N_(
        "Find the router or access point that was added to the network and switch its DHCP off."
    ),
    ProblemKey.LEASE_ENDING: N_("Restart the router in the room; it hands out the addresses."),
    ProblemKey.WIFI_WEAK: N_(
        "Use a network cable, or move the access point closer to the point's machine."
    ),
    ProblemKey.SIGNAL_WEAK: N_(
        "Move the modem or its aerial to a window, and look whether the signal gets stronger."
    ),
    ProblemKey.DATA_USED_UP: N_(
        "Buy more data for the SIM card, or ask why the point runs on it; see what it used on its "
        "page."
    ),
    ProblemKey.DEVICE_OPEN: N_("Close that program on the point's machine, or pull the cable."),
    ProblemKey.MEDIA_STUCK: N_("Restart the room's process on the point's machine."),
    ProblemKey.DISK_FULL: N_("Free space on the point's machine."),
    ProblemKey.INODES_FULL: N_("Delete small files that nobody needs on the point's machine."),
    ProblemKey.DISK_FAILING: N_(
        "Replace the disk before the next meeting, install the point anew and enrol it."
    ),
    ProblemKey.DISK_ERRORS: N_("Have a disk ready, and look again in a week whether it is more."),
    ProblemKey.DISK_WORN: N_("Plan a new disk for this machine."),
    ProblemKey.THROTTLED: N_("Clear the air vents of the machine, and see that its fan turns."),
    ProblemKey.NO_SCREEN: N_(
        "Plug the screen's cable in at both ends. Where the room has none, nothing need be done."
    ),
    ProblemKey.MEMORY_FULL: N_("Restart the point's machine outside meetings."),
    ProblemKey.PROCESSOR_BUSY: N_("See what keeps the point's machine busy."),
    ProblemKey.HOT: N_("Clear the air vents of the machine."),
    ProblemKey.CLOCK_UNKNOWN: N_("See that the point reaches the centre; it then sets its clock."),
    ProblemKey.COLLECTOR_FAILED: N_("Read the health agent's log on the point's machine."),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """What is wrong, whose it is, and the next step; `evidence`: how that is known."""

    what: str
    whose: str
    remedy: str
    evidence: str = ""


def shut_out(words: Language) -> Cause:
    """Return why a point is silent whose certificate was taken back: not its line's doing."""
    return Cause(
        what=words.gettext("Its certificate was revoked"),
        whose=words.gettext(_CENTRE),
        remedy=words.gettext("Issue an enrolment code and type it on the point's machine."),
    )


def not_known(words: Language) -> Cause:
    """Return why no relay takes a point that the centre was restored to before it enrolled."""
    return Cause(
        what=words.gettext(
            "It comes with a certificate that the centre does not know, and no meeting lets it in"
        ),
        whose=words.gettext(_CENTRE),
        remedy=words.gettext(
            "The centre was restored from a backup older than its enrolment? "
            "Issue an enrolment code and type it on the point's machine."
        ),
    )


def replaced(words: Language, now: datetime, enrolled_at: datetime) -> Cause:
    """Return why a point is silent whose new machine has enrolled and not reported yet."""
    return Cause(
        what=words.gettext(
            "Its new machine enrolled %(time)s and has not reported yet",
            time=words.moment(enrolled_at, now),
        ),
        whose=words.gettext(_POINT),
        remedy=words.gettext(
            "On the new machine: sudo systemctl start diemcau-agent diemcau-room, then "
            "diemcau-agent status says what it cannot reach."
        ),
    )


_BY_PLACE = {
    "room": (_POINT, N_("Restart the router in the room, and look at its cables.")),
    "room?": (
        N_("not known yet: room or carrier"),
        N_("Ask the room to look at its router and cables; if they are well, report the line."),
    ),
    "centre?": (
        N_("not known yet: carrier or centre"),
        N_(
            "See whether other points have it too: then it is the centre's line; else the "
            "carrier's."
        ),
    ),
}
"""Where a trace shows another place than the carrier's, which is what is thought anyway."""


def cause(problem: Problem, words: Language, now: datetime) -> Cause:
    """Return a problem as a person is told of it."""
    text = sentence(problem, "vi" if words.code == "vi" else "en", now)
    usual = _PARTIES.get(problem.key, _CENTRE), _STEPS[problem.key]
    whose, remedy = _BY_PLACE.get(str(problem.arguments.get("way_place", "")), usual)
    return Cause(what=text, whose=words.gettext(whose), remedy=words.gettext(remedy))
