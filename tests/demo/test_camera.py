"""The files that Chromium takes for devices: as of this moment, and gone when pulled out."""

import wave

import numpy as np
import pytest

from media.testcard import marker, tone
from media.testcard.picture import HEIGHT, WIDTH
from scripts.demo.camera.devices import Devices
from scripts.demo.camera.film import Film
from scripts.demo.camera.microphone import Microphone
from scripts.demo.camera.names import CAMERA, MICROPHONE
from scripts.demo.camera.reads import Reads

NOW_MS = 1_700_000_000_000


def strip(file):
    head, _, pixels = file.read_bytes().partition(b"FRAME\n")
    assert head.startswith(b"YUV4MPEG2 W640 H360 F25:1 ")
    assert len(pixels) == WIDTH * HEIGHT * 3 // 2
    luma = np.frombuffer(pixels[: WIDTH * HEIGHT], dtype=np.uint8)
    return marker.read(luma.reshape(HEIGHT, WIDTH))


def test_each_picture_that_was_read_is_followed_by_another(tmp_path):
    film = Film(tmp_path / "a", 3, "Xã Vân Sơn")
    film.take(NOW_MS, is_read=False)
    first = strip(tmp_path / "a")
    film.take(NOW_MS + 35, is_read=True)  # an early and a late reader: one step each
    second = strip(tmp_path / "a")
    film.take(NOW_MS + 99, is_read=True)
    third = strip(tmp_path / "a")
    assert [one.point_number for one in (first, second, third)] == [3, 3, 3]
    assert [one.counter - first.counter for one in (second, third)] == [1, 2]
    assert [one.made_at_ms - first.made_at_ms for one in (second, third)] == [35, 99]


def test_a_larger_camera_gives_the_same_picture_in_its_size(tmp_path):
    film = Film(tmp_path / "a", 3, "Xã Vân Sơn", times=2)
    film.take(NOW_MS, is_read=False)
    head, _, pixels = (tmp_path / "a").read_bytes().partition(b"FRAME\n")
    assert head.startswith(b"YUV4MPEG2 W1280 H720 ")
    luma = np.frombuffer(pixels[: 1280 * 720], dtype=np.uint8).reshape(720, 1280)
    assert len(pixels) == 1280 * 720 * 3 // 2
    assert marker.read(luma) == marker.at(3, NOW_MS)


def test_a_picture_that_nobody_read_makes_place(tmp_path):
    film = Film(tmp_path / "a", 3, "Xã Vân Sơn")
    film.take(NOW_MS, is_read=False)
    film.take(NOW_MS + 80, is_read=False)
    assert strip(tmp_path / "a") == marker.Strip(
        3, NOW_MS // 40 % marker.COUNTER_MODULUS, (NOW_MS + 80) % marker.TIME_MODULUS_MS
    )


@pytest.mark.parametrize("begin_ms", [0, 7, 100, 399])
def test_whoever_loads_the_sound_now_is_on_the_wall_clock(tmp_path, begin_ms):
    Microphone(tmp_path / "a", 5).tune(NOW_MS // 400 * 400 + begin_ms)
    with wave.open(str(tmp_path / "a")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16)
    assert len(samples) % (48 * tone.PERIOD_MS) == 0  # again and again without a step
    until_next_ms = -begin_ms % tone.PERIOD_MS
    whole = samples[48 * until_next_ms :]
    assert tone.tones(whole[: tone.FRAME_SAMPLES]) == (5,)
    assert not whole[48 * tone.PULSE_MS : 48 * tone.PERIOD_MS].any()


def test_a_reading_is_noticed_and_a_writing_is_not(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"x")
    reads = Reads(file)
    assert not reads.wait(0)
    file.write_bytes(b"yy")
    assert not reads.wait(0)
    file.read_bytes()
    assert reads.wait(1)
    assert not reads.wait(0)
    reads.close()


def test_a_camera_that_is_pulled_out_is_gone_for_who_has_it_open(tmp_path):
    devices = Devices(tmp_path, 1, "Phòng họp")
    with (tmp_path / CAMERA).open("rb", buffering=0) as opened:
        assert opened.read(4) == b"YUV4"
        devices.unplug()
        opened.seek(0)
        assert opened.read(4) == b""
    assert not (tmp_path / CAMERA).exists()
    devices.tick()
    assert (tmp_path / MICROPHONE).exists()
    devices.plug()
    assert strip(tmp_path / CAMERA).point_number == 1
    (tmp_path / CAMERA).read_bytes()
    before = strip(tmp_path / CAMERA).counter
    for _ in range(20):
        devices.tick()
    assert strip(tmp_path / CAMERA).counter == before + 1
