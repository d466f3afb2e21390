"""The alerts' texts as people write them: which words stand for what, what is refused. Pure.

A name that somebody gave a point is filled in once and read as nothing else, whatever stands in it.
"""

import re
from collections.abc import Mapping

from controller import entered
from controller.entered import Label
from controller.errors import BadEntry
from controller.web.i18n.language import N_

ALERT, RECOVERY = "alert", "recovery"
KINDS = (ALERT, RECOVERY)
WHAT, NAMES, SINCE, WHY, MEETING = "su_viec", "ten_diem", "tu_luc", "nguyen_nhan", "cuoc_hop"
WHOSE, TO_DO, UNTIL, LASTED, LEFT = "cua_ai", "can_lam", "den_luc", "keo_dai", "con_lai"
PLACES = {
    ALERT: (WHAT, NAMES, SINCE, WHY, MEETING, WHOSE, TO_DO),
    RECOVERY: (WHAT, NAMES, SINCE, UNTIL, LASTED, WHY, LEFT),
}
MEANINGS = {
    WHAT: N_("what happened, with the point's or unit's name"),
    NAMES: N_("some of the names, where there are several points; a sentence, or nothing"),
    SINCE: N_("since when"),
    WHY: N_("why, as far as it is known; a sentence, or nothing"),
    MEETING: N_("the meeting that is near; a sentence, or nothing"),
    WHOSE: N_("who has to see to it"),
    TO_DO: N_("what to do"),
    UNTIL: N_("until when"),
    LASTED: N_("how long"),
    LEFT: N_("how many points still are not well; a sentence, or nothing"),
}
DEFAULTS = {
    ALERT: "{su_viec}. {ten_diem} Từ {tu_luc}. {nguyen_nhan} {cuoc_hop} Thuộc về: {cua_ai}. "
    "Cần làm: {can_lam}",
    RECOVERY: "{su_viec}. {ten_diem} Từ {tu_luc} đến {den_luc}, kéo dài {keo_dai}. "
    "{nguyen_nhan} {con_lai}",
}
SPARED = (WHY, NAMES)
"""What is left out first where not all has room."""
MAX_TEXT_CHARS = 400
_TEXT = Label("Nội dung tin", "The text")
_PLACE = re.compile(r"\{([a-z_]+)\}")


def taken(kind: str, typed: str) -> str:
    """Return a text as it is kept.

    Raises:
        BadEntry: a place is none, what happened is not said, or it is too long.
    """
    text = entered.line(_TEXT, " ".join(typed.split()), most=MAX_TEXT_CHARS)
    known = ", ".join(f"{{{one}}}" for one in PLACES[kind])
    for name in _PLACE.findall(text):
        if name not in PLACES[kind]:
            raise BadEntry(
                f"Không có chỗ điền “{{{name}}}”. Dùng được: {known}.",
                f"There is no place “{{{name}}}”. There are: {known}.",
            )
    if set("{}") & set(_PLACE.sub("", text)):
        raise BadEntry(
            f"Dấu ngoặc nhọn chỉ dùng cho chỗ điền: {known}.",
            f"Braces are for places alone: {known}.",
        )
    if f"{{{WHAT}}}" not in text:
        raise BadEntry(
            f"Nội dung phải có {{{WHAT}}}: nếu không, người nhận không biết chuyện gì xảy ra.",
            f"The text needs {{{WHAT}}}: nobody would know what happened otherwise.",
        )
    return text


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its places filled; what a value holds is no place again."""
    return " ".join(_PLACE.sub(lambda found: values.get(found[1], ""), text).split())
