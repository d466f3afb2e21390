"""The thresholds that people set: what they are called, in which unit, how far they go. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller import entered as typed_in
from controller.entered import Label
from monitoring.judgement.problem import ProblemKey, Thresholds


@dataclass(frozen=True, slots=True)
class ThresholdField:
    """One threshold that can be set; people type it in `unit`, `factor` of what is kept.

    `is_told`: somebody is told of it; else pages show it.
    """

    name: str
    key: ProblemKey
    label: Label
    unit: str
    factor: float
    least: float
    most: float
    is_told: bool = True


FIELDS = (
    ThresholdField("loss_ratio", ProblemKey.LOSS, Label("Mất gói", "Loss"), "%", 100, 0.1, 100),
    ThresholdField("rtt_ms", ProblemKey.SLOW, Label("Khứ hồi", "Round trip"), "ms", 1, 1, 10_000),
    ThresholdField(
        "jitter_ms",
        ProblemKey.JITTER,
        Label("Biến thiên trễ", "Jitter"),
        "ms",
        1,
        1,
        10_000,
        is_told=False,
    ),
    ThresholdField(
        "contract_ratio",
        ProblemKey.BELOW_CONTRACT,
        Label("Tốc độ so với hợp đồng, dưới mức", "Rate beside the contract, below"),
        "%",
        100,
        1,
        100,
    ),
    ThresholdField(
        "tested_ratio",
        ProblemKey.SLOW_NIGHTS,
        Label("Đo đêm so với hợp đồng, dưới mức", "Night tests beside the contract, below"),
        "%",
        100,
        1,
        100,
    ),
    ThresholdField(
        "utilisation_ratio",
        ProblemKey.LINE_FULL,
        Label("Dùng hết tốc độ hợp đồng", "Contracted rate used"),
        "%",
        100,
        1,
        200,
        is_told=False,
    ),
    ThresholdField(
        "port_errors_count",
        ProblemKey.PORT_ERRORS,
        Label("Khung lỗi của một cổng trong một giờ", "Damaged frames of a port in an hour"),
        "/h",
        1,
        1,
        1_000_000,
        is_told=False,
    ),
    ThresholdField(
        "disk_ratio", ProblemKey.DISK_FULL, Label("Đĩa đã dùng", "Disk filled"), "%", 100, 1, 100
    ),
    ThresholdField(
        "memory_ratio",
        ProblemKey.MEMORY_FULL,
        Label("Bộ nhớ đã dùng", "Memory used"),
        "%",
        100,
        1,
        100,
    ),
    ThresholdField(
        "cpu_ratio",
        ProblemKey.PROCESSOR_BUSY,
        Label("Bộ xử lý bận", "Processor busy"),
        "%",
        100,
        1,
        100,
        is_told=False,
    ),
    ThresholdField(
        "temperature_c",
        ProblemKey.HOT,
        Label("Nhiệt độ", "Temperature"),
        "°C",
        1,
        1,
        150,
        is_told=False,
    ),
    ThresholdField(
        "rsrp_dbm",
        ProblemKey.SIGNAL_WEAK,
        Label("Sóng 4G (RSRP) yếu hơn", "4G signal (RSRP) weaker than"),
        "dBm",
        1,
        -160,
        -1,
        is_told=False,
    ),
    ThresholdField(
        "budget_ratio",
        ProblemKey.DATA_USED_UP,
        Label("Dung lượng tháng đã dùng", "Of the month's data used"),
        "%",
        100,
        1,
        100,
    ),
)
BY_NAME = {one.name: one for one in FIELDS}
BY_KEY = {one.key: one for one in FIELDS}
TOLD = frozenset(one.key for one in FIELDS if one.is_told)


def entered(typed: Mapping[str, str], inherited: Thresholds) -> dict[str, float]:
    """Return what is set by what was typed: what is empty, or as it is anyway, is not.

    Raises:
        BadEntry: something is no number, or out of its range.
    """
    found = {
        one.name: round(
            typed_in.decimal(one.label, text, least=one.least, most=one.most) / one.factor, 9
        )
        for one in FIELDS
        if (text := typed.get(one.name, "").strip())
    }
    return {name: value for name, value in found.items() if value != getattr(inherited, name)}


def shown(one: ThresholdField, value: float, language: str) -> str:
    """Return a threshold as it is typed: without marks between thousands."""
    text = f"{round(value * one.factor, 6):g}"
    return text.replace(".", ",") if language == "vi" else text
