"""Sound with the one before in every packet: read as RFC 2198 says, by a reader of our own."""

from hypothesis import given
from hypothesis import strategies as st

from media.sfu.redundancy import Redundancy
from media.wire import rtp
from tests.unit.media.sfu.test_paced_numbers import NUMBERED, Line

RED, OPUS = 63, 96


def blocks(payload):
    """Return the blocks of a packet, the oldest first, as (how much before, payload type, data)."""
    payload, heads, found = bytes(payload), [], []
    while payload[0] & 0x80:
        word = int.from_bytes(payload[1:4])
        heads.append((word >> 10, payload[0] & 0x7F, word & 0x3FF))
        payload = payload[4:]
    own, payload = payload[0], payload[1:]
    for before, kind, size in heads:
        found.append((before, kind, payload[:size]))
        payload = payload[size:]
    return [*found, (0, own, payload)]


class Sound(Line):
    """A viewer whose sound may be sent twice."""

    def __init__(self):
        super().__init__()
        self.out = self.outs["audio"]
        self.out.redundancy = Redundancy(
            self.out.rewriter, payload_type=RED, block_type=OPUS, numbered=NUMBERED
        )

    def speak(self, payload, *, is_lost=False):
        """Send one sound on, or let it not reach the relay."""
        self.now += 0.02
        if is_lost:
            self.numbers["audio"] += 1
        else:
            self.take("audio", [payload])

    def packets(self):
        """Return what was sent."""
        return [rtp.parse(data) for _, data in self.endpoint.sent.get("viewer", ())]


def test_each_packet_has_the_one_before_and_its_time():
    sound = Sound()
    for index in range(6):
        if index == 2:
            sound.out.redundancy.turn(is_on=True)
        sound.speak(bytes([index]) * 60)
    sound.out.redundancy.turn(is_on=False)
    sound.speak(b"last")
    packets = sound.packets()
    assert [p.payload_type for p in packets] == [OPUS] * 2 + [RED] * 4 + [OPUS]
    for index in range(2, 6):
        before, own = blocks(packets[index].payload)
        assert before[1:] == (OPUS, bytes([index - 1]) * 60)
        assert packets[index].timestamp - before[0] == packets[index - 1].timestamp
        assert own == (0, OPUS, bytes([index]) * 60)
    numbers = [p.sequence_number for p in packets]
    assert numbers == list(range(numbers[0], numbers[0] + 7)), "without a step"


def test_what_was_sent_twice_is_not_sent_again_and_what_was_not_is():
    sound = Sound()
    sound.speak(b"plain")
    sound.out.redundancy.turn(is_on=True)
    sound.speak(b"twice")
    plain, twice = sound.packets()
    missing = [plain.sequence_number, twice.sequence_number]
    sound.fanout.send_again(sound.out, missing, sound.line, now=sound.now)
    assert sound.packets()[2:] == [plain]


@given(
    st.lists(
        st.tuples(
            st.booleans(), st.booleans(), st.binary(max_size=1200).map(lambda data: b"\0\1" + data)
        ),
        max_size=40,
    )
)
def test_whatever_is_lost_and_turned_nothing_is_invented(steps):
    sound, spoken = Sound(), {}
    for is_on, is_lost, payload in steps:
        sound.out.redundancy.turn(is_on=is_on)
        if not is_lost:
            spoken[sound.numbers["audio"]] = payload
        sound.speak(payload, is_lost=is_lost)
    packets = sound.packets()
    first = min(spoken, default=0)
    for packet in packets:
        number = first + packet.sequence_number - packets[0].sequence_number
        if packet.payload_type == OPUS:
            assert bytes(packet.payload) == spoken[number]
            continue
        *before, own = blocks(packet.payload)
        assert own == (0, OPUS, spoken[number])
        assert [data for _, _, data in before] in ([], [spoken.get(number - 1)])
    assert len(packets) == len(spoken)
