"""Which meetings a list is of: of a type, held in a way, hosted by a unit."""

from dataclasses import dataclass

from controller.meetings.kinds import HeldAs, MeetingKind


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What is asked for; None: every one."""

    kind: MeetingKind | None = None
    held_as: HeldAs | None = None
    host_unit_id: str | None = None

    def fits(self, *, kind: str, held_as: str, host_unit_id: str | None) -> bool:
        """Return whether a meeting is one of these."""
        return (
            (self.kind is None or self.kind.value == kind)
            and (self.held_as is None or self.held_as.value == held_as)
            and (self.host_unit_id is None or self.host_unit_id == host_unit_id)
        )

    def asked(self) -> dict[str, str]:
        """Return it as an address has it."""
        said = {
            "kind": self.kind.value if self.kind else "",
            "held_as": self.held_as.value if self.held_as else "",
            "host": self.host_unit_id or "",
        }
        return {name: value for name, value in said.items() if value}


EVERY = ListFilter()
