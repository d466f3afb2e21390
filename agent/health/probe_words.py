"""What `diemcau-agent probe` says to a person: the table, and what to do where it failed."""

from collections.abc import Sequence

from monitoring.collectors.snmp.report import DeviceReport, PoePort, PolledInterface, UpsState
from monitoring.errors import RefusedFor

REFUSED = {
    RefusedFor.USER: (
        "Thiết bị không biết người dùng SNMP v3 này. Kiểm tra --user và tạo người dùng trên "
        "thiết bị.",
        "The device does not know this user of SNMP v3. Check --user; create it on the device.",
    ),
    RefusedFor.AUTH_KEY: (
        "Thiết bị không nhận khóa xác thực. Kiểm tra --auth-key-file, thuật toán --auth, và mức "
        "authPriv của người dùng trên thiết bị.",
        "The device does not accept the authentication key. Check --auth-key-file, --auth, and "
        "whether the user may use this level.",
    ),
    RefusedFor.PRIV_KEY: (
        "Thiết bị nhận người dùng nhưng im lặng khi được mã hóa. Kiểm tra --priv-key-file và "
        "thuật toán --priv.",
        "The device is silent once messages are encrypted. Check --priv-key-file and --priv.",
    ),
    RefusedFor.UNKNOWN: (
        "Thiết bị từ chối người dùng hoặc khóa SNMP v3. Kiểm tra --user, hai khóa và thuật toán.",
        "The device refuses the user or a key. Check --user, both keys and both algorithms.",
    ),
}
UNKNOWN = "?"
_BATTERY = {True: "CẦN THAY / ASKED FOR", False: "chưa cần / not asked for", None: UNKNOWN}
COLUMNS = (
    "#",
    "Cổng/Port",
    "Trạng thái/State",
    "bit/s",
    "Nhận/In",
    "Gửi/Out",
    "Bit",
    "Lỗi/Errors",
    "Bỏ/Drops",
    "Mô tả/Alias",
)


def silent(host: str, port: int, *, is_user: bool) -> tuple[str, str]:
    """Return what to look at where nothing answers."""
    proof = ("người dùng SNMP v3", "its SNMP v3") if is_user else ("community", "the community")
    return (
        f"{host} (cổng {port}/udp) không trả lời. Kiểm tra lần lượt: địa chỉ và cổng; SNMP đã bật "
        f"trên thiết bị; {proof[0]} (nếu sai, thiết bị thường im lặng); tường lửa và danh sách "
        "địa chỉ được phép hỏi.",
        f"{host} (port {port}/udp) does not answer. Check the address and the port; that SNMP is "
        f"on; {proof[1]} (devices are silent where it is wrong); the firewall, and who may ask.",
    )


def unreadable(host: str, port: int) -> tuple[str, str]:
    """Return what to look at where something answers that is no SNMP."""
    return (
        f"{host} (cổng {port}/udp) trả lời nhưng không phải SNMP đọc được. Kiểm tra cổng và phiên "
        "bản phần mềm của thiết bị.",
        f"{host} (port {port}/udp) answers what cannot be read as SNMP. Check the port and the "
        "device's firmware.",
    )


def as_text(report: DeviceReport) -> str:
    """Return the report for people."""
    lines = [
        f"Thiết bị / device       {_line(report.sys_name)}",
        f"Loại / kind             {_line(report.sys_descr)}",
        f"sysObjectID             {report.sys_object_id or UNKNOWN}",
        f"Chạy được / up for      {_duration(report.uptime_s)}",
    ]
    if report.ups is not None:
        lines += ["", "Bộ lưu điện / UPS", *_ups(report.ups)]
    lines += ["", f"Cổng / interfaces: {len(report.interfaces)}"]
    if report.interfaces:
        lines += _table([COLUMNS, *(_interface(row) for row in report.interfaces)])
    if report.poe:
        lines += ["", "Cấp nguồn / PoE"]
        lines += _table([_poe(port) for port in report.poe])
    if report.neighbours:
        lines += ["", "Thiết bị nối tới / neighbours (LLDP)"]
        lines += _table(
            [
                (_line(one.local_port), "→", _line(one.sys_name), _line(one.port_id))
                for one in report.neighbours
            ]
        )
    if report.sensors:
        lines += ["", "Cảm biến / sensors"]
        lines += _table(
            [
                (_line(one.name), one.kind, f"{_number(one.value)} {one.unit}")
                for one in report.sensors
            ]
        )
    if report.problems:
        lines += ["", "Không tin hoặc không rõ / not believed or not known"]
        lines += [f"  - {_line(problem)}" for problem in report.problems]
    return "\n".join(lines)


def _interface(row: PolledInterface) -> tuple[str, ...]:
    state = {True: "nối/up", False: "ngắt/down", None: UNKNOWN}[row.is_up]
    return (
        str(row.index), _line(row.name), state, _speed(row.speed_bps), _number(row.in_octets),
        _number(row.out_octets), _number(row.counter_bits), _both(row.in_errors, row.out_errors),
        _both(row.in_drops, row.out_drops), _line(row.alias) if row.alias else "",
    )  # fmt: skip


def _both(received: int | None, sent: int | None) -> str:
    """Return what came in and what went out; a port of which nothing is known has one sign."""
    if received is None and sent is None:
        return UNKNOWN
    return f"{_number(received)}/{_number(sent)}"


def _poe(port: PoePort) -> tuple[str, ...]:
    state = {
        "disabled": "tắt/off", "searching": "không có thiết bị/nothing there",
        "delivering": "đang cấp/gives power", "fault": "LỖI/FAULT", "test": "thử/testing",
        "other_fault": "LỖI/FAULT",
    }[port.state]  # fmt: skip
    power = "" if port.power_w is None else f"{port.power_w:g} W"
    known_class = "" if port.power_class is None else f"hạng/class {port.power_class}"
    return _line(port.port), state, power, known_class


def _ups(ups: UpsState) -> list[str]:
    source = {True: "ẮC QUY / BATTERY", False: "điện lưới / mains", None: UNKNOWN}[ups.on_battery]
    return [
        f"  Nguồn / source        {source}",
        f"  Ắc quy / charge       {_number(ups.charge_percent)} %",
        f"  Còn chạy / runtime    {_duration(ups.runtime_s)}",
        f"  Tải / load            {_number(ups.load_percent)} %",
        f"  Thay ắc quy / replace {_BATTERY[ups.replace_battery]}",
    ]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _line(text: str | None) -> str:
    """Return text on one line: line breaks of a device's are no line breaks of ours."""
    return UNKNOWN if text is None else " ".join(text.split())


def _number(value: float | None) -> str:
    return UNKNOWN if value is None else str(value) if isinstance(value, int) else f"{value:g}"


def _speed(bps: int | None) -> str:
    if bps is None:
        return UNKNOWN
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if bps >= size:
            return f"{bps / size:g} {unit}"
    return str(bps)


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return UNKNOWN
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days} ngày/days {clock}" if days else clock
