"""What types of meetings and ways of being held are called."""

from controller.meetings.kinds import HeldAs, MeetingKind
from controller.web.i18n.language import N_

KINDS = {
    MeetingKind.BRIEFING: N_("Briefing"),
    MeetingKind.DIRECTIVE: N_("Directive conference"),
    MeetingKind.STUDY: N_("Study of resolutions"),
    MeetingKind.TRAINING: N_("Training"),
    MeetingKind.VOTERS: N_("Meeting with voters"),
    MeetingKind.EMERGENCY: N_("Emergency meeting"),
    MeetingKind.OTHER: N_("Other type"),
}
HELD_AS = {HeldAs.ONLINE: N_("Online"), HeldAs.IN_PERSON: N_("In person")}
