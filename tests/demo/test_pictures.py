"""Flows, latencies and first pictures from what a browser saw."""

from scripts.demo.check import pictures

ROWS = [["speaker", 1000.0 + 40 * i, 3, i, 960 + 40 * i] for i in range(25)]


def test_a_steady_second():
    flow = pictures.flow(pictures.from_rows(ROWS), "speaker", begin_ms=1000, end_ms=2000)
    assert (flow.frames_per_s, flow.gap_max_ms, set(flow.latencies_ms)) == (25, 40, {40.0})


def test_a_repeated_counter_is_one_picture():
    rows = [["stage", 10.0, 1, 7, 0], ["stage", 30.0, 1, 7, 0], ["stage", 50.0, 1, 8, 0]]
    flow = pictures.flow(pictures.from_rows(rows), "stage", begin_ms=0, end_ms=1000)
    assert (flow.frames, flow.gap_max_ms) == (2, 950)


def test_first_picture_of_a_point_after_an_instant():
    seen = pictures.from_rows([["speaker", 5.0, 2, 1, 0], *ROWS])
    found = pictures.first_of(seen, "speaker", 3, after_ms=1010)
    assert found is not None
    assert found.at_ms == 1040
    assert pictures.first_of(seen, "speaker", 2, after_ms=6) is None
