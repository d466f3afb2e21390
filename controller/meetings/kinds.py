"""What a meeting is: its type, how it is held, how many levels of the administration it joins."""

from enum import Enum

LEVELS = (2, 3, 4)
"""How many levels of the administration a meeting may join."""


class MeetingKind(Enum):
    """What a meeting is for, as the offices say it; kept as its value."""

    BRIEFING = "briefing"  # giao ban
    DIRECTIVE = "directive"  # hội nghị chỉ đạo
    STUDY = "study"  # học tập, quán triệt nghị quyết
    TRAINING = "training"  # tập huấn
    VOTERS = "voters"  # tiếp xúc cử tri
    EMERGENCY = "emergency"  # họp khẩn
    OTHER = "other"  # also whatever was set before types were kept


class HeldAs(Enum):
    """How a meeting is held (hình thức); kept as its value."""

    ONLINE = "online"  # trực tuyến
    IN_PERSON = "in_person"  # trực tiếp

    @property
    def is_joined(self) -> bool:
        """Whether points, people and recorders join it at a relay.

        Of what nobody joins no point, relay or browser is told to; it holds its rooms all the same.
        """
        return self is HeldAs.ONLINE
