"""The sentences of monitoring/judgement/outage_cause.py, in Vietnamese and English."""

from collections.abc import Iterable
from datetime import datetime

from monitoring.judgement.health_texts import Language, shown
from monitoring.judgement.outage_cause import FactKey, OutageFact

_VI: dict[FactKey, str] = {
    FactKey.ON_BATTERY: "bộ lưu điện báo mất điện lưới lúc {at}",
    FactKey.GOODBYE: "máy báo dừng đúng cách lúc {at}",
    FactKey.NEW_BOOT: "máy khởi động lại lúc {at}",
    FactKey.NOTHING_RECORDED: "máy không ghi gì từ {since} đến {until}, dù không khởi động lại",
    FactKey.CARRIER_LOST: "cáp {name} không có tín hiệu",
    FactKey.NO_GATEWAY: "máy không còn cổng mạng",
    FactKey.GATEWAY_SILENT: "bộ định tuyến {address} không trả lời",
    FactKey.GATEWAY_ANSWERS: "bộ định tuyến {address} vẫn trả lời",
    FactKey.PROBES_LOST: "mất cả {sent} gói đo tới trung tâm",
    FactKey.PROBES_PASS: "{received}/{sent} gói đo vẫn tới trung tâm",
    FactKey.NO_NAME: "không máy chủ tên miền (DNS) nào tìm được trung tâm",
    FactKey.FALSE_NAME: "máy chủ tên miền (DNS) chỉ trung tâm tới địa chỉ khác, {address}",
    FactKey.CLOSED_BY_MACHINE: "chính máy đóng kết nối lúc {at}",
    FactKey.NOT_CLOSED: "kết nối đứt mà máy không đóng",
    FactKey.OTHERS_TOO: "cùng lúc mất thêm {others} trong {points} điểm cầu",
    FactKey.UNIT_TOO: "cùng lúc mất thêm {others} điểm cùng đơn vị",
    FactKey.TWINS: "hai máy dùng chung tên",
    FactKey.CENTRE_WAS_BLIND: "ngay trước đó trung tâm không nghe được",
    FactKey.RECORD_INCOMPLETE: "bản ghi của máy còn thiếu",
    FactKey.MAINTENANCE: "đã khai báo bảo trì từ {since} đến {until}",
    FactKey.WAY_STOPPED: "dò đường dừng sau hop {hop} ({address})",
    FactKey.WAY_STOPPED_SHORT: "dò đường dừng sau hop {hop} ({address}), "
    "mọi khi đi tiếp tới {usual}",
    FactKey.WAY_REFUSED: "hop {hop} ({address}) báo không có đường tới trung tâm",
    FactKey.WAY_LOOPS: "gói tin đi vòng quanh từ hop {hop} ({address})",
    FactKey.CENTRE_ANSWERS: "khi dò đường, máy trung tâm {address} vẫn trả lời",
    FactKey.ADDRESS_CHANGED: "địa chỉ công cộng đổi từ {before} sang {after}",
}

_EN: dict[FactKey, str] = {
    FactKey.ON_BATTERY: "the UPS said at {at} that the mains are gone",
    FactKey.GOODBYE: "the machine said at {at} that it stops in order",
    FactKey.NEW_BOOT: "the machine started anew at {at}",
    FactKey.NOTHING_RECORDED: "the machine recorded nothing from {since} to {until}, "
    "though it was not restarted",
    FactKey.CARRIER_LOST: "no signal on the cable of {name}",
    FactKey.NO_GATEWAY: "the machine has no gateway any more",
    FactKey.GATEWAY_SILENT: "the router {address} does not answer",
    FactKey.GATEWAY_ANSWERS: "the router {address} still answers",
    FactKey.PROBES_LOST: "all {sent} probes to the centre were lost",
    FactKey.PROBES_PASS: "{received} of {sent} probes still reach the centre",
    FactKey.NO_NAME: "no name server (DNS) found the centre",
    FactKey.FALSE_NAME: "a name server (DNS) said that the centre is at {address}, where it is not",
    FactKey.CLOSED_BY_MACHINE: "the machine itself closed the session at {at}",
    FactKey.NOT_CLOSED: "the session broke and the machine did not close it",
    FactKey.OTHERS_TOO: "{others} more of {points} points went at the same time",
    FactKey.UNIT_TOO: "{others} more points of its unit went at the same time",
    FactKey.TWINS: "two machines use its name",
    FactKey.CENTRE_WAS_BLIND: "just before, the centre was not listening",
    FactKey.RECORD_INCOMPLETE: "part of the machine's record is missing",
    FactKey.MAINTENANCE: "maintenance was declared from {since} to {until}",
    FactKey.WAY_STOPPED: "the traced way stops after hop {hop} ({address})",
    FactKey.WAY_STOPPED_SHORT: "the traced way stops after hop {hop} ({address}), "
    "usually it goes on to {usual}",
    FactKey.WAY_REFUSED: "hop {hop} ({address}) says that it knows no way to the centre",
    FactKey.WAY_LOOPS: "packets go round in circles from hop {hop} ({address}) on",
    FactKey.CENTRE_ANSWERS: "the centre's machine {address} still answers a trace",
    FactKey.ADDRESS_CHANGED: "the public address changed from {before} to {after}",
}

_TEXTS: dict[Language, dict[FactKey, str]] = {"vi": _VI, "en": _EN}


def evidence_sentence(facts: Iterable[OutageFact], language: Language, now: datetime) -> str:
    """Return all facts as one sentence without its full stop; empty: there are none."""
    told = [
        _TEXTS[language][fact.key].format(
            **{name: shown(value, language, now) for name, value in fact.arguments.items()}
        )
        for fact in facts
    ]
    text = "; ".join(told)
    return text[:1].upper() + text[1:]
