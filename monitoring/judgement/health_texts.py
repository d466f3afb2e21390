"""The sentences of monitoring/judgement/health.py, in Vietnamese and English."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from contracts.local_days import ZONE, day_of
from monitoring.judgement.problem import Argument, Problem, ProblemKey

Language = Literal["vi", "en"]

_SINCE: dict[Language, str] = {"vi": " từ {since}", "en": " since {since}"}

_VI: dict[ProblemKey, str] = {
    ProblemKey.CENTRE_BLIND: "Trung tâm chưa nghe được điểm này{from_when}",
    ProblemKey.NEVER_HEARD: "Điểm này chưa bao giờ báo về",
    ProblemKey.SILENT: "Không nhận được tin{from_when}",
    ProblemKey.TWINS: "Hai máy dùng chung một chứng thư{from_when}",
    ProblemKey.DOCUMENT_REFUSED: "Điểm cầu không nhận được {name}: {problem}",
    ProblemKey.REPORTS_SILENT: "Hình tiếng vẫn chạy, không nhận được báo cáo{from_when}",
    ProblemKey.ON_BATTERY: "Mất điện lưới: bộ lưu điện{which} đang dùng ắc quy",
    ProblemKey.BATTERY_WORN: "Bộ lưu điện{which} báo phải thay ắc quy{from_when}",
    ProblemKey.FAILED_OVER: "Đang chạy bằng đường dự phòng {through}: đường chính {name} bị hỏng",
    ProblemKey.CENTRE_UNREACHED: "Gói đo không tới được trung tâm",
    ProblemKey.GATEWAY_SILENT: "Cổng mạng {address} không trả lời",
    ProblemKey.LOSS: "Mất gói {percent} %{ways}{place}",
    ProblemKey.SLOW: "Trễ khứ hồi {rtt_ms} ms{place}",
    ProblemKey.JITTER: "Trễ dao động {jitter_ms} ms",
    ProblemKey.BELOW_CONTRACT: "Đường truyền chỉ còn {rates} so với hợp đồng",
    ProblemKey.SLOW_NIGHTS: (
        "Dưới tốc độ hợp đồng: đo {nights} đêm liền{counted}, đường truyền chỉ tải được {rates}"
    ),
    ProblemKey.LINE_FULL: "Đường truyền đang dùng {percent} % tốc độ hợp đồng{ways}",
    ProblemKey.SWALLOWS_LARGE: (
        "Đường truyền nuốt mất gói tin lớn hơn {above_bytes} byte mà không báo: "
        "có đường hầm (VPN, PPPoE) quá hẹp ở giữa"
    ),
    ProblemKey.NO_CARRIER: "Cáp của {name} không có tín hiệu",
    ProblemKey.INTERFACE_ERRORS: "{name} lỗi {percent} % khung",
    ProblemKey.HALF_DUPLEX: "{name} chạy bán song công",
    ProblemKey.SLOW_INTERFACE: "{name} chỉ chạy {mbps} Mbit/s",
    ProblemKey.PORT_ERRORS: "Cổng {name} lỗi {errors} khung trong một giờ qua",
    ProblemKey.POE_FAULT: "Cổng {name} không cấp được nguồn (PoE): switch báo lỗi",
    ProblemKey.ADDRESS_DOUBLED: "Địa chỉ {name} có hai máy cùng dùng: {macs}",
    ProblemKey.DNS_SILENT: "Máy chủ tên miền (DNS) {address} không trả lời",
    ProblemKey.DNS_WITHOUT_CENTRE: (
        "Máy chủ tên miền (DNS) {address} không tìm được địa chỉ của trung tâm {host}"
    ),
    ProblemKey.DNS_ELSEWHERE: (
        "Máy chủ tên miền (DNS) {address} chỉ {host} tới {elsewhere}, không phải trung tâm"
    ),
    ProblemKey.SECOND_DHCP: "Trong mạng của {name} có nhiều máy chủ DHCP: {address}",
    ProblemKey.LEASE_ENDING: (
        "Địa chỉ {address} của {name} còn {minutes} phút là hết hạn, máy chủ DHCP chưa gia hạn"
    ),
    ProblemKey.WIFI_WEAK: "Sóng Wi-Fi yếu: {dbm} dBm",
    ProblemKey.SIGNAL_WEAK: "Sóng 4G yếu: {dbm} dBm",
    ProblemKey.DATA_USED_UP: "Đã dùng {percent} % dung lượng 4G của tháng: {used_mb} MB",
    ProblemKey.DEVICE_OPEN: "Ngoài cuộc họp vẫn có chương trình mở {device}: {holder}",
    ProblemKey.MEDIA_STUCK: "Tiến trình phòng họp bị treo",
    ProblemKey.DISK_FULL: "Ổ đĩa{which} đầy {percent} %",
    ProblemKey.INODES_FULL: "Ổ đĩa{which} sắp hết chỗ cho tệp mới: {percent} % số tệp đã dùng",
    ProblemKey.DISK_FAILING: "Ổ đĩa {name} sắp hỏng, theo chính ổ đĩa báo",
    ProblemKey.DISK_ERRORS: "Ổ đĩa {name} có {places} chỗ không đọc được",
    ProblemKey.DISK_WORN: "Ổ đĩa {name} đã dùng {percent} % tuổi thọ ghi",
    ProblemKey.MEMORY_FULL: "Bộ nhớ đầy {percent} %",
    ProblemKey.PROCESSOR_BUSY: "Bộ xử lý bận {percent} %",
    ProblemKey.HOT: "Máy nóng {celsius} °C",
    ProblemKey.THROTTLED: "Bộ xử lý phải tự chạy chậm lại vì nóng, {percent} % thời gian",
    ProblemKey.NO_SCREEN: "Không có màn hình nào cắm vào máy",
    ProblemKey.CLOCK_UNKNOWN: "Đồng hồ của máy chưa đáng tin",
    ProblemKey.COLLECTOR_FAILED: "Không đo được {collector}: {error}",
}

_EN: dict[ProblemKey, str] = {
    ProblemKey.CENTRE_BLIND: "The centre has not heard this point yet{from_when}",
    ProblemKey.NEVER_HEARD: "This point has never reported",
    ProblemKey.SILENT: "Nothing heard{from_when}",
    ProblemKey.TWINS: "Two machines use one certificate{from_when}",
    ProblemKey.DOCUMENT_REFUSED: "The point could not take over its {name}: {problem}",
    ProblemKey.REPORTS_SILENT: "Picture and sound run, no reports{from_when}",
    ProblemKey.ON_BATTERY: "The mains are off: the UPS{which} runs on battery",
    ProblemKey.BATTERY_WORN: "The UPS{which} asks for another battery{from_when}",
    ProblemKey.FAILED_OVER: "Runs on its second line, {through}: the main one, {name}, is out",
    ProblemKey.CENTRE_UNREACHED: "Probes do not reach the centre",
    ProblemKey.GATEWAY_SILENT: "Gateway {address} does not answer",
    ProblemKey.LOSS: "{percent} % of packets lost{ways}{place}",
    ProblemKey.SLOW: "Round trip {rtt_ms} ms{place}",
    ProblemKey.JITTER: "Jitter {jitter_ms} ms",
    ProblemKey.BELOW_CONTRACT: "The line has only {rates} by contract",
    ProblemKey.SLOW_NIGHTS: (
        "Below the contracted rate: in tests of {nights} nights{counted} the line carried {rates}"
    ),
    ProblemKey.LINE_FULL: "{percent} % of the line's contracted rate in use{ways}",
    ProblemKey.SWALLOWS_LARGE: (
        "The line swallows packets above {above_bytes} bytes without a word: "
        "some tunnel on the way is too narrow"
    ),
    ProblemKey.NO_CARRIER: "No signal on the cable of {name}",
    ProblemKey.INTERFACE_ERRORS: "{percent} % of frames on {name} are damaged",
    ProblemKey.HALF_DUPLEX: "{name} runs at half duplex",
    ProblemKey.SLOW_INTERFACE: "{name} runs at only {mbps} Mbit/s",
    ProblemKey.PORT_ERRORS: "Port {name} damaged {errors} frames over the last hour",
    ProblemKey.POE_FAULT: "Port {name} cannot give power (PoE): the switch reports a fault",
    ProblemKey.ADDRESS_DOUBLED: "Two machines use the address {name}: {macs}",
    ProblemKey.DNS_SILENT: "Name server {address} does not answer",
    ProblemKey.DNS_WITHOUT_CENTRE: "Name server {address} does not find the centre, {host}",
    ProblemKey.DNS_ELSEWHERE: (
        "Name server {address} says that {host} is at {elsewhere}, where the centre is not"
    ),
    ProblemKey.SECOND_DHCP: "More than one DHCP server answers on {name}: {address}",
    ProblemKey.LEASE_ENDING: (
        "The lease of {address} on {name} ends in {minutes} min and was not renewed"
    ),
    ProblemKey.WIFI_WEAK: "Weak Wi-Fi: {dbm} dBm",
    ProblemKey.SIGNAL_WEAK: "Weak 4G signal: {dbm} dBm",
    ProblemKey.DATA_USED_UP: "{percent} % of the month's data on 4G used: {used_mb} MB",
    ProblemKey.DEVICE_OPEN: "{device} is open outside a meeting, by {holder}",
    ProblemKey.MEDIA_STUCK: "The room's process hangs",
    ProblemKey.DISK_FULL: "Disk{which} {percent} % full",
    ProblemKey.INODES_FULL: (
        "The disk{which} can take hardly any more files: {percent} % of them exist"
    ),
    ProblemKey.DISK_FAILING: "Disk {name} is about to fail, as it says itself",
    ProblemKey.DISK_ERRORS: "Disk {name} has {places} places that cannot be read",
    ProblemKey.DISK_WORN: "Disk {name} has done {percent} % of the writes it is made for",
    ProblemKey.MEMORY_FULL: "Memory {percent} % full",
    ProblemKey.PROCESSOR_BUSY: "Processor {percent} % busy",
    ProblemKey.HOT: "Machine at {celsius} °C",
    ProblemKey.THROTTLED: "The processor slows itself down for heat, {percent} % of the time",
    ProblemKey.NO_SCREEN: "No screen is plugged into the machine",
    ProblemKey.CLOCK_UNKNOWN: "The machine's clock cannot be trusted",
    ProblemKey.COLLECTOR_FAILED: "{collector} could not be measured: {error}",
}

_TEXTS: dict[Language, dict[ProblemKey, str]] = {"vi": _VI, "en": _EN}


def sentence(problem: Problem, language: Language, now: datetime) -> str:
    """Return the problem in words; a time of today is given without its date."""
    values = {name: shown(value, language, now) for name, value in problem.arguments.items()}
    from_when = _SINCE[language].format(since=values["since"]) if "since" in values else ""
    which = f" {values['name']}" if "name" in values else ""
    return _TEXTS[language][problem.key].format(
        **values,
        from_when=from_when,
        which=which,
        ways=_ways(values, language),
        place=_place(values, language),
        rates=_rates(problem.arguments, language, now),
        counted=_COUNTED[language].format(**values) if "tests" in values else "",
    )


_WAYS: dict[Language, tuple[tuple[str, str], ...]] = {
    "vi": (("up_percent", "chiều lên"), ("down_percent", "chiều xuống")),
    "en": (("up_percent", "going up"), ("down_percent", "coming down")),
}


def _ways(values: Mapping[str, str], language: Language) -> str:
    """Return which way packets are lost, where it is known; where both, how much each."""
    lost = [(values[name], way) for name, way in _WAYS[language] if name in values]
    if len(lost) == 1:
        return f" {lost[0][1]}"
    return f" ({', '.join(f'{percent} % {way}' for percent, way in lost)})" if lost else ""


_PLACE: dict[Language, str] = {
    "vi": ", dò đường thấy từ hop {way_hop} ({way_address}): {whose}{mark}",
    "en": ", by a trace from hop {way_hop} ({way_address}) on: {whose}{mark}",
}
_WHOSE: dict[Language, dict[str, str]] = {
    "vi": {
        "room": "mạng trong phòng",
        "carrier": "đường của nhà mạng",
        "centre": "đoạn tới trung tâm",
    },
    "en": {
        "room": "the network in the room",
        "carrier": "the carrier's line",
        "centre": "the stretch to the centre",
    },
}  # fmt: skip


def _place(values: Mapping[str, str], language: Language) -> str:
    """Return from where on the way it is, with a question mark where that is not certain."""
    place = values.get("way_place", "")
    whose = _WHOSE[language].get(place.rstrip("?"))
    if whose is None:
        return ""
    return _PLACE[language].format(**values, whose=whose, mark="?" if place.endswith("?") else "")


_COUNTED: dict[Language, str] = {"vi": " ({tests} lần)", "en": " ({tests} of them)"}
_RATE: dict[Language, tuple[tuple[str, str], ...]] = {
    "vi": (("down_", " chiều xuống"), ("up_", " chiều lên"), ("", "")),
    "en": (("down_", " down"), ("up_", " up"), ("", "")),
}


def _rates(arguments: Mapping[str, Argument], language: Language, now: datetime) -> str:
    """Return each rate beside its contract, with the share and which way, where it is known."""
    found = []
    for prefix, way in _RATE[language]:
        rate, sold = arguments.get(f"{prefix}mbps"), arguments.get(f"{prefix}contract_mbps")
        if isinstance(rate, int | float) and isinstance(sold, int | float) and sold:
            both = f"{shown(rate, language, now)}/{shown(sold, language, now)}"
            found.append(f"{both} Mbit/s{way} ({round(100 * rate / sold)} %)")
    return ", ".join(found)


def shown(value: Argument, language: Language, now: datetime) -> str:
    """Return a value as it stands in a sentence; a time of today without its date."""
    if isinstance(value, datetime):
        local = value.astimezone(ZONE)
        is_today = local.date() == day_of(now)
        return local.strftime("%H:%M:%S" if is_today else "%H:%M:%S %d/%m/%Y")
    if isinstance(value, float) and language == "vi":
        return str(value).replace(".", ",")
    return str(value)
