"""What a browser's counters become: rates, the largest picture, concealment, a rhythm's place."""

import pytest

from scripts.demo.check.getstats import Counted, Played, Sent, phase_ms, played, sent


def picture(name, sent_total, size=(640, 360), encoded=None, reason="none"):
    return {
        "id": name, "type": "outbound-rtp", "kind": "video", "framesSent": sent_total,
        "framesEncoded": sent_total if encoded is None else encoded,
        "frameWidth": size[0], "frameHeight": size[1], "qualityLimitationReason": reason,
    }  # fmt: skip


def sound(packets, energy):
    return (
        {"id": "s", "type": "outbound-rtp", "kind": "audio", "packetsSent": packets},
        {"id": "m", "type": "media-source", "kind": "audio", "totalAudioEnergy": energy},
    )


def test_what_is_sent_between_two_readings():
    before = Counted(1000, (picture("a", 50), *sound(100, 1.0)))
    after = Counted(3000, (picture("a", 100), *sound(200, 2.0)))
    assert sent(before, after) == Sent(25.0, (640, 360), "none", 50.0, 0.5)


def test_the_less_of_encoded_and_sent_counts():
    before, after = Counted(0, (picture("a", 0),)), Counted(1000, (picture("a", 25, encoded=7),))
    assert sent(before, after).pictures_per_s == 7


def test_of_several_sizes_the_largest_is_judged():
    before = Counted(0, (picture("low", 0, (320, 180)), picture("high", 0)))
    after = Counted(1000, (picture("low", 25, (320, 180)), picture("high", 20, reason="cpu")))
    found = sent(before, after)
    assert (found.pictures_per_s, found.size, found.limited_by) == (20, (640, 360), "cpu")


def test_nothing_sent_is_nothing_and_no_fault():
    assert sent(Counted(0, ()), Counted(1000, ())) == Sent(0.0, (0, 0), "none", 0.0, 0.0)


def test_a_connection_that_is_new_is_not_counted_from_its_beginning():
    assert sent(Counted(0, ()), Counted(1000, (picture("a", 900),))).pictures_per_s == 0


def test_a_microphone_that_was_opened_in_between_is_loud_from_nothing_on():
    _, made = sound(0, 3.0)
    before = Counted(0, sound(100, 50.0))
    after = Counted(1000, (sound(150, 0)[0], {**made, "id": "another"}))
    assert sent(before, after).loudness == 3.0


def shown(name, decoded):
    return {"id": name, "type": "inbound-rtp", "kind": "video", "framesDecoded": decoded}


def heard(packets, samples, concealed, silent):
    return {
        "id": "h", "type": "inbound-rtp", "kind": "audio", "packetsReceived": packets,
        "totalSamplesReceived": samples, "concealedSamples": concealed,
        "silentConcealedSamples": silent,
    }  # fmt: skip


def test_what_is_played_and_what_of_it_is_made_up():
    before = Counted(0, (shown("a", 0), shown("b", 0), heard(0, 0, 0, 0)))
    after = Counted(2000, (shown("a", 20), shown("b", 50), heard(100, 96_000, 9_600, 4_800)))
    assert played(before, after) == Played((25.0, 10.0), 0.05)


def test_a_sound_of_which_no_packet_came_conceals_nothing():
    before = Counted(0, (heard(7, 0, 0, 0),))
    after = Counted(1000, (heard(7, 48_000, 48_000, 0),))
    assert played(before, after) == Played((), None)


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ([], None),
        ([1_000_007, 1_000_407, 1_000_809], 7),
        ([1_000_398, 1_000_801, 1_001_199], 399),  # around the end of the period
        ([1_000_000, 1_000_410, 1_000_810, 1_001_210], 10),  # the one that is off is outvoted
    ],
)
def test_where_in_its_period_a_rhythm_begins(begun, expected):
    found = phase_ms(begun, 400)
    assert found == expected or (expected is not None and abs(found - expected) <= 1)
