"""Secret meetings are refused, not warned about.

Decree (Nghị định) 26/2020/NĐ-CP, article 6, demands wired microphones, devices checked
by the police and lines protected by cipher for a meeting about state secrets. So the
classification is read before anything else of a meeting, and nothing else of a
refused one is stored, logged or repeated.
"""

from enum import Enum


class Classification(Enum):
    """What a meeting is classified as; the Vietnamese words are those of the law."""

    NORMAL = "normal"
    CONFIDENTIAL = "confidential"  # mật
    SECRET = "secret"  # noqa: S105 - tối mật, no password
    TOP_SECRET = "top_secret"  # noqa: S105 - tuyệt mật, no password


RULE = "Nghị định 26/2020/NĐ-CP, điều 6"

REFUSAL_VI = (
    "Không đặt được cuộc họp có nội dung bí mật nhà nước trên hệ thống này "
    f"({RULE}: phải dùng micro có dây, thiết bị đã kiểm tra an ninh và đường truyền có mật mã). "
    "Nội dung vừa nhập không được lưu lại."
)
REFUSAL_EN = (
    "A meeting about state secrets cannot be held on this system "
    "(Nghị định 26/2020, điều 6: Decree 26/2020/NĐ-CP, article 6, demands wired microphones, "
    "checked devices and lines protected by cipher). Nothing that was entered has been kept."
)


def is_allowed(value: object) -> bool:
    """Return whether a meeting so classified may be scheduled; only "normal" may."""
    return value == Classification.NORMAL.value


def is_known(value: object) -> bool:
    """Return whether the value is a classification at all."""
    return isinstance(value, str) and value in {member.value for member in Classification}
