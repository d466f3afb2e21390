"""The list of points, worst first: with what is wrong, and what is only worth a look after it."""

import re
from datetime import timedelta

from controller.db.engine import writing
from controller.ingest.problem_tables import OpenProblem
from controller.roles import Role
from tests.fakes.country import fill
from tests.integration.controller.centre import Centre


async def test_who_needs_a_person_stands_first_with_what_is_wrong(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    now = centre.time.now() - timedelta(seconds=1)
    ids = fill(centre.web, points=20, wrong=3, now=now)
    with writing(centre.web.series) as session:
        session.add(
            OpenProblem(point_id=ids[4], problem="jitter", about="", severity="minor",
                        began_at=now, evidence='{"jitter_ms": 47}')
        )  # fmt: skip
    person = await centre.sign_in(Role.VIEWER)
    for address in ("/points", "/parts/points"):
        page = (await person.get(address, order="worst")).text
        rows = re.findall(r'data-testid="point-([^"]+)">(.*?)</tr>', page, re.DOTALL)
        names = [name for name, _ in rows]
        assert set(names[:2]) == {ids[18], ids[19]} and names[2:4] == [ids[17], ids[4]]
        assert "Không nhận được tin từ" in rows[0][1] and "Khu vực 2" in rows[0][1]
        assert "Trễ dao động 47 ms" in rows[3][1] and "Tốt, nên xem" in rows[3][1]
        assert '<td data-label="Việc gì" class="wrap-anywhere">–</td>' in rows[-1][1]
        assert len(set(names)) == len(names) >= 20
        assert 'data-live="/parts/points?order=worst"' in page
    tree = (await person.get("/points", order="backwards")).text
    assert 'data-live="/parts/points"' in tree and 'href="/points?order=worst"' in tree


async def test_a_point_s_page_names_all_that_is_wrong(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    now = centre.time.now() - timedelta(seconds=1)
    point_id = fill(centre.web, points=4, wrong=0, now=now)[2]
    port = '{"name": "<b>Gi7</b>", "errors": 10800, "port": "sw01/7"}'
    with writing(centre.web.series) as session:
        for problem, about, severity, evidence in (
            ("jitter", "", "minor", '{"jitter_ms": 47}'),
            ("port_errors", "sw01/7", "minor", port),
            ("poe_fault", "Gi9", "serious", '{"name": "Gi9"}'),
        ):
            session.add(
                OpenProblem(point_id=point_id, problem=problem, about=about, severity=severity,
                            began_at=now, evidence=evidence)
            )  # fmt: skip
    person = await centre.sign_in(Role.VIEWER)
    page = (await person.get(f"/points/{point_id}")).text
    [state] = re.findall(r'data-testid="state".*?</section>', page, re.DOTALL)
    [further] = re.findall(r'<ul data-testid="further">(.*?)</ul>', state, re.DOTALL)
    assert "Gi9" in state and "Gi9" not in further and "Còn phải xem: 2" in state
    assert "Cổng &lt;b&gt;Gi7&lt;/b&gt; lỗi 10800 khung" in further
    assert "Trễ dao động 47 ms" in further and further.count("<li>") == 2
