"""The card of a charged way out, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.reports import HealthBody
from contracts.uplink import ModemSection, UplinkSection
from controller.health.views.uplink import panel
from controller.web.i18n.catalogue import languages
from monitoring.judgement.problem import Thresholds
from monitoring.judgement.uplink import uplink_problems

VI = languages()["vi"]
BEGAN = datetime(2026, 10, 31, 17, tzinfo=UTC)
NOW = BEGAN + timedelta(days=10)
SPACE = "\N{NO-BREAK SPACE}"


def uplink(used=1_000_000_000, budget=3_000_000_000, **more):
    return UplinkSection(
        interface="wwan0",
        is_metered=True,
        month_began_at=BEGAN,
        month_ends_at=BEGAN + timedelta(days=30),
        own_bytes=31_400_000,
        interface_bytes=used,
        budget_bytes=budget,
        **more,
    )


def shown(now=NOW, **sections):
    found = panel(VI, HealthBody(**sections), now)
    assert found is not None
    return {one.key: one.shown.replace(SPACE, " ") for one in found.facts}, found


def test_a_point_without_a_charged_line_has_no_card():
    assert panel(VI, None, NOW) is None
    assert panel(VI, HealthBody(modem=ModemSection()), NOW) is None


def test_what_was_used_of_what_and_how_long_it_lasts():
    facts, found = shown(uplink=uplink())
    assert facts == {
        "way": "wwan0, tính tiền theo dung lượng",
        "used": "1,00 GB trên 3,00 GB (33 %)",
        "own": "31 MB",
        "lasts": "đủ dùng đến hết tháng",
        "ends": "01/12/2026",
    }
    assert (found.share_percent, found.is_much) == (33, False)


@pytest.mark.parametrize(
    ("used", "days", "lasts", "share"),
    [
        (1_500_000_000, 10, "với đà này hết vào ngày 21/11/2026", 50),
        (2_400_000_000, 10, "với đà này hết vào ngày 13/11/2026", 80),
        (9_000_000_000, 10, "đã hết", 100),
        (1_000_000, 0.5, "đếm đủ một ngày mới nói được", 0),
    ],
)
def test_when_it_is_used_up(used, days, lasts, share):
    facts, found = shown(BEGAN + timedelta(days=days), uplink=uplink(used))
    assert facts["lasts"] == lasts
    assert found.share_percent == share


def test_it_is_much_from_where_on_it_was_judged_to_be():
    used = uplink(1_500_000_000)
    limits = Thresholds(budget_ratio=0.4)
    for own, is_much in ((Thresholds(), False), (limits, True)):
        problems = tuple(uplink_problems(HealthBody(uplink=used), own))
        found = panel(VI, HealthBody(uplink=used), NOW, problems)
        assert found is not None and found.is_much is is_much


def test_without_a_budget_only_what_was_used_is_said():
    facts, found = shown(uplink=uplink(budget=None, counted_from=NOW - timedelta(days=2)))
    assert facts["used"] == "1,00 GB"
    assert "lasts" not in facts and facts["since"] == "09/11 00:00"
    assert found.share_percent is None


def test_the_signal_and_what_of_it_is_not_known():
    figures = {"rsrp_dbm": -97.0, "snr_db": 9.4}
    modem = ModemSection(interface="wwan0", operator="Viettel", technology="lte", figures=figures)
    facts, _ = shown(modem=modem)
    assert facts == {
        "operator": "Viettel",
        "technology": "4G (LTE)",
        "rsrp_dbm": "-97 dBm",
        "snr_db": "9 dB",
    }
    facts, _ = shown(modem=ModemSection(interface="wwan0"))
    assert facts == dict.fromkeys(("operator", "technology", "signal"), "chưa biết")


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 B"), (4_200, "4,2 kB"), (356_000, "356 kB"), (1_250_000, "1,2 MB"), (10**9, "1,00 GB")],
)
def test_data_is_counted_in_thousands(count, said):
    assert VI.data(count).replace(SPACE, " ") == said
