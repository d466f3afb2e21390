"""Which trains a point sends, and when one that was not answered is sent once more."""

import asyncio
import base64
from datetime import UTC, datetime

import pytest

from agent.health import trains
from agent.health.trains import METERED_INTERVAL_S, SPREAD, BandwidthProbes, pause_s
from contracts.desired import Probes
from contracts.reports import BandwidthBody
from monitoring.errors import CollectorError
from monitoring.listeners.target import ProbeTarget
from monitoring.reflector.probe import TrainPacket, encode_train_packet
from monitoring.reflector.reflection import Reflection, Reply

UNANSWERED = BandwidthBody(sent=14, received=0, train_bytes=17_000, problem="no answer")
ANSWERED = BandwidthBody(sent=14, received=14, train_bytes=17_000, available_bps=5_000_000)
KEY = b"k" * 32
PROBES = Probes(
    leader_epoch=1, generation=1, issued_at=datetime(2026, 11, 29, tzinfo=UTC),
    reflector_host="192.0.2.1", reflector_port=8862, probe_id=1,
    key_base64=base64.b64encode(KEY).decode(),
)  # fmt: skip


class Sent:
    """The trains that were sent; of these numbers none is answered."""

    def __init__(self, *unanswered: int) -> None:
        self.kinds: list[str] = []
        self.took: list[BandwidthBody] = []
        self.sizes: list[int | None] = []
        self._unanswered = unanswered

    def _is_answered(self, kind: str) -> bool:
        self.kinds.append(kind)
        return len(self.kinds) not in self._unanswered

    async def run_train(self, target: ProbeTarget, *, is_both_ways: bool = False) -> BandwidthBody:
        assert (target.host, target.key) == ("192.0.2.1", KEY)
        return ANSWERED if self._is_answered("both" if is_both_ways else "up") else UNANSWERED

    async def swallowed_above(self, target: ProbeTarget, *, may_run: object) -> int | None:
        if not self._is_answered("sizes"):
            raise CollectorError("the reflector did not answer")
        return None


def sending(monkeypatch: pytest.MonkeyPatch, sent: Sent) -> BandwidthProbes:
    monkeypatch.setattr(trains, "run_train", sent.run_train)
    monkeypatch.setattr(trains, "swallowed_above", sent.swallowed_above)
    return BandwidthProbes(
        probes=lambda: PROBES,
        may_run=lambda: True,
        took=sent.took.append,
        took_size=sent.sizes.append,
    )


def test_each_train_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    probes = sending(monkeypatch, sent := Sent())
    for _ in range(8):
        asyncio.run(probes.measure(PROBES))
    assert sent.kinds == ["both", "sizes", "up", "both", "up", "up", "both", "sizes"]
    assert (sent.took, sent.sizes) == ([ANSWERED] * 6, [None] * 2)
    assert probes.wire_bytes_total == 8 * 17_000


def test_a_train_that_is_not_answered_keeps_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    probes = sending(monkeypatch, sent := Sent(1, 2, 4))
    for _ in range(6):
        asyncio.run(probes.measure(PROBES))
    assert sent.kinds == ["both", "both", "both", "sizes", "sizes", "up"]
    assert sent.took == [UNANSWERED, UNANSWERED, ANSWERED, ANSWERED]


def test_what_was_not_answered_is_sent_once_more_soon_and_then_more_and_more_seldom() -> None:
    usual = [pause_s(600, n) for n in range(5)]
    assert usual == [600, 35, 140, 560, 600]
    charged = [pause_s(METERED_INTERVAL_S, n) for n in range(1, 8)]
    assert charged == [35, 140, 560, 2240, 8960, 21_600, 21_600]
    assert pause_s(20, 1) == 20  # a centre that wants it so
    assert pause_s(86_400, 10_000) == 86_400


def test_the_reflector_answers_what_is_sent_once_more_after_an_answer_that_was_lost() -> None:
    """And nothing sooner: a train right behind an unanswered one is a waste of 17 kB."""
    reflection = Reflection(lambda probe_id: KEY)
    # The least that the spread makes of it.
    again_s = pause_s(600, 1) * (1 - SPREAD)
    answered = [reflected(reflection, number, at) for number, at in enumerate((0.0, 5.0, again_s))]
    assert answered == [True, False, True]


def reflected(reflection: Reflection, train_id: int, now_s: float) -> bool:
    """Return whether the reflector answers a train that comes at a time, from another port."""
    packets = (TrainPacket(1, n, 0, train_id, n, 14) for n in range(14))
    replies = [
        reflection.answer_to(
            encode_train_packet(packet, KEY, size=1200),
            ("192.0.2.9", 40_000 + train_id, ""),
            arrived_ns=packet.index,
            now_s=now_s,
        )
        for packet in packets
    ]
    return isinstance(replies[-1], Reply)
