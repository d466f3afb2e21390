"""Thresholds are tried on what is kept, by the rules, and nothing is changed by it."""

import re
from datetime import timedelta

from controller.db.engine import writing
from controller.health.pages import thresholds as page_of
from controller.ingest.tables import Health5Min
from controller.roles import Role
from tests.integration.controller.centre import Centre

ADDRESS = "/thresholds"
STEP = timedelta(minutes=5)


def tell(centre: Centre) -> None:
    """Two slow times of p-b lately, one older than a week, and a busy moment of p-c."""
    now = centre.time.now()
    start = now - timedelta(seconds=now.timestamp() % 300)
    with writing(centre.web.series) as session:
        for point_id, back, rtt_ms, cpu_ratio in (
            ("p-b", 10, 120.0, 0.5), ("p-b", 11, 180.0, 0.5), ("p-b", 100, 130.0, 0.5),
            ("p-b", 7 * 288 + 5, 900.0, 0.5), ("p-c", 4, 10.0, 0.99), ("p-gone", 4, 900.0, 1.0),
        ):  # fmt: skip
            session.add(
                Health5Min(
                    point_id=point_id, begins_at=start - back * STEP, samples=30, probes_sent=90,
                    probes_received=90, rtt_samples=30, rtt_sum_ms=30 * rtt_ms, rtt_min_ms=1,
                    rtt_max_ms=999, cpu_samples=30, cpu_ratio_sum=15, cpu_ratio_max=cpu_ratio,
                )
            )  # fmt: skip


def cells(text: str, row: str) -> list[str]:
    found = re.search(rf'data-testid="threshold-{row}".*?</tr>', text, re.DOTALL)
    assert found is not None
    return [re.sub("<[^>]+>", "", one) for one in re.findall(r"<td class.*?</td>", found[0])]


async def test_it_says_what_would_have_been_told(centre: Centre) -> None:
    tell(centre)
    office = await centre.sign_in(Role.OFFICE)
    assert f'href="{ADDRESS}"' in (await office.get("/incidents")).text
    page = (await office.get(ADDRESS)).text
    assert '<a href="/incidents">' in page
    assert cells(page, "rtt_ms") == ["150", "150"]
    assert "thresholds-told" not in page
    page = (await office.get(ADDRESS, rtt_ms="110,5", loss_ratio="")).text
    assert cells(page, "rtt_ms") == ["150", "150", "1", "2"]
    assert cells(page, "cpu_ratio") == ["95", "95", "1", "1"]
    assert cells(page, "loss_ratio")[2:] == ["0", "0"]
    assert "rtt_ms = 110.5" in page and "loss_ratio =" not in page
    assert "p-gone" not in page and "/points/p-b?span=7d" in page
    page = (await office.get(ADDRESS, rtt_ms="110.5", unit="xa-c")).text
    assert cells(page, "rtt_ms")[2:] == ["0", "0"] and "/points/p-c?span=7d" in page
    assert centre.web.settings.thresholds.rtt_ms == 150.0


async def test_what_cannot_be_tried_is_refused_and_stays_typed(centre: Centre) -> None:
    office = await centre.sign_in(Role.OFFICE)
    for typed in ("x", "-1", "1e3", "10001", "0", "nan", "1.000", "9" * 12, "<b>"):
        answer = await office.get(ADDRESS, rtt_ms=typed, jitter_ms="77")
        assert answer.status_code == 422, typed
        assert (
            "Khứ hồi" in answer.text
            and 'value="77"' in answer.text
            and "<b>" not in answer.text.replace("<b>1", "")
        )
    assert (await office.get(ADDRESS, rtt_ms="99", unit="xa-x")).status_code == 404
    viewer = await centre.sign_in(Role.VIEWER)
    assert (await viewer.get(ADDRESS)).status_code == 403


async def test_too_much_and_two_at_once_are_refused_with_a_word(
    centre: Centre, monkeypatch
) -> None:
    tell(centre)
    office = await centre.sign_in(Role.OFFICE)
    with page_of._one_at_a_time:
        answer = await office.get(ADDRESS, rtt_ms="99")
    assert (answer.status_code, "sau vài giây" in answer.text) == (422, True)
    for limit in ("MOST_BUCKETS", "MOST_POINTS"):
        monkeypatch.setattr(page_of, limit, 1)
        answer = await office.get(ADDRESS, rtt_ms="99")
        assert (answer.status_code, "chọn một đơn vị" in answer.text) == (422, True), limit
        monkeypatch.undo()
    assert (await office.get(ADDRESS, rtt_ms="99")).status_code == 200
