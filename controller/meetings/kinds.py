"""What a meeting is: its type and how many levels of the administration it joins."""

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
