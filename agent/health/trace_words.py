"""What `diemcau-agent probe trace` says to a person. Pure."""

from statistics import median

from contracts.way import WayBody, WayHop

SILENT = "*"
COLUMNS = ("Hop", "Địa chỉ/Address", "Gửi/Sent", "Mất/Lost", "Nhanh/Best ms", "Giữa/Middle ms")
_ENDINGS = {
    "reached": ("đã tới nơi", "reached"),
    "refused": (
        "đã tới máy đó (máy trả lời là không có chương trình nghe ở cổng này)",
        "that machine was reached (it says that nobody listens at this port)",
    ),
    "silent": (
        "sau hop cuối cùng không ai trả lời",
        "beyond the last hop nobody answers",
    ),
    "unreachable": (
        "hop cuối cùng báo không đi tiếp được",
        "the last hop says that it goes no further",
    ),
    "loop": ("gói tin đi vòng quanh", "packets go round in circles"),
    "too_far": ("xa hơn 30 hop", "further than 30 hops"),
    "no_way": ("máy này không gửi đi được", "nothing could be sent from this machine"),
}
_SAYS = {
    "no_network": "!N không có đường/no way to that network",
    "no_host": "!H không thấy máy/no such machine",
    "prohibited": "!X bị chặn/not let through",
}


def as_text(host: str, body: WayBody) -> str:
    """Return the way as a table, and how it ends."""
    rows = [COLUMNS, *(_row(hop) for hop in body.hops)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"{host} ({body.to})"]
    for row, says in zip(rows, ("", *(_says(hop) for hop in body.hops)), strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join((*cells, says)).rstrip())
    vi, en = _ENDINGS.get(body.ending, (body.ending, body.ending))
    lines.append(f"Kết thúc / end: {vi} / {en}")
    if body.mtu_bytes is not None:
        lines.append(
            f"Gói lớn hơn {body.mtu_bytes} byte không đi tiếp được sau {body.mtu_from} / packets "
            f"of more than {body.mtu_bytes} bytes go no further than {body.mtu_from}"
        )
    return "\n".join(lines)


def _row(hop: WayHop) -> tuple[str, ...]:
    times = hop.round_trips_ms
    return (
        str(hop.ttl),
        ", ".join((hop.address or SILENT, *hop.others)),
        str(hop.sent),
        str(hop.sent - len(times)),
        f"{min(times):.1f}" if times else SILENT,
        f"{median(times):.1f}" if times else SILENT,
    )


def _says(hop: WayHop) -> str:
    return _SAYS.get(hop.says, "")
