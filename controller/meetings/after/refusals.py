"""The sentences for what cannot be done with what is kept of a meeting."""

from controller.errors import Conflict


def not_yet() -> Conflict:
    """Return the refusal of figures that are not made yet."""
    return Conflict(
        "no_record",
        "Chưa có số liệu: số liệu được lập trong vòng một phút sau khi cuộc họp kết thúc.",
        "There are no figures yet: they are made within a minute of the meeting's end.",
    )
