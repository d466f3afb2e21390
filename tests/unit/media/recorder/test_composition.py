"""The one picture of a file to hand out."""

import numpy as np

from media.recorder import composition
from media.recorder.composition import Chosen


def picture(width: int, height: int, level: int) -> composition.Planes:
    planes = composition.blank(width, height)
    planes[0][:] = level
    return planes


def test_who_speaks_is_large_and_the_chair_small() -> None:
    shown = {"stage": 10_000, "speaker": 9_500}
    assert composition.choose(shown, now_ms=10_000) == Chosen("speaker", "stage")
    assert composition.choose(shown, now_ms=11_600) == Chosen("stage", None)
    assert composition.choose(shown, now_ms=20_000) == Chosen(None, None)
    assert composition.choose({"content": 0, **shown}, now_ms=2_000).large == "content"


def test_a_picture_keeps_its_shape() -> None:
    assert composition.fitted(640, 480, into=(1280, 720)) == (960, 720)
    assert composition.fitted(1920, 1080, into=(320, 180)) == (320, 180)
    assert composition.fitted(90, 1600, into=(1280, 720)) == (40, 720)


def test_the_inset_is_below_on_the_right_and_the_rest_black() -> None:
    whole = composition.composed(picture(96, 72, 100), picture(32, 18, 200), (128, 72))
    luma = whole[0]
    assert luma.shape == (72, 128)
    assert (luma[0, 0], luma[36, 64], luma[50, 100]) == (composition.BLACK, 100, 200)
    assert np.count_nonzero(luma == 200) == 32 * 18
