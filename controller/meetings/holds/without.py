"""A meeting is held without the points whose rooms are not to be had."""

from dataclasses import dataclass, replace

from controller.db.engine import reading
from controller.errors import Conflict
from controller.meetings import change_queries
from controller.meetings.calendar import Calendar
from controller.meetings.holds import hold_queries
from controller.meetings.refusals import found
from controller.meetings.restoring import form_kept
from controller.meetings.tables import Meeting


@dataclass(frozen=True, slots=True)
class WithoutRooms:
    """Where points are left out. Used from worker threads; keeps nothing itself."""

    calendar: Calendar

    def leave_out(self, meeting_id: str, *, actor: str) -> Meeting:
        """Leave out every point whose room was refused, not answered for or displaced.

        Raises:
            NotFound: there is no such meeting.
            Conflict: there is no such point, it is the chair's, none would be left, the meeting
                has begun, or was changed meanwhile.
        """
        with reading(self.calendar.state) as session:
            meeting = found(session, meeting_id)
            seen, form = change_queries.seen(session, meeting), form_kept(session, meeting)
            states = hold_queries.states_of_rooms(session, meeting_id)
        gone = {point for point, state in states.items() if state.is_lapsed}
        if not gone:
            raise Conflict(
                "nothing_lapsed",
                "Cuộc họp không có phòng nào bị trả lại hay hết hạn giữ.",
                "No room of the meeting was refused or has lapsed.",
            )
        if meeting.chair_point_id in gone:
            raise Conflict(
                "chair_room_missing",
                "Phòng của điểm cầu chủ trì không được đồng ý. Sửa cuộc họp và chọn điểm cầu chủ "
                "trì khác.",
                "The chair's room was not agreed. Change the meeting, and choose another chair.",
            )
        left = tuple(one for one in form.point_ids if one not in gone)
        return self.calendar.edit(
            meeting_id, replace(form, point_ids=left), actor=actor, expected=seen
        )
