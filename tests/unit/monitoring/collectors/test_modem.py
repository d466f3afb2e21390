"""What is made of ModemManager's objects: of which modem, and of which technology."""

import pytest

from contracts.uplink import ModemSection
from monitoring.collectors.modem import MODEM, SIGNAL, section_of


def modem(*ports, technologies=0, signal=None):
    said = {"Ports": [(port, 2) for port in ports], "AccessTechnologies": technologies}
    return {MODEM: said, SIGNAL: signal or {}}


def test_of_two_modems_the_one_whose_interface_it_is():
    objects = {"/0": modem("wwan0", technologies=1 << 5), "/1": modem("wwan1", technologies=1 << 3)}
    assert section_of(objects, "wwan1") == ModemSection(interface="wwan1", technology="gsm")
    assert section_of(objects, "wwan2") == ModemSection()
    assert section_of({}, "wwan1") == ModemSection()
    assert section_of({"/1": modem()}, "wwan1") == ModemSection(interface="wwan1")


@pytest.mark.parametrize(
    ("mask", "technology"),
    [(1 << 14, "lte"), (1 << 15 | 1 << 14, "5gnr"), (0, ""), (0xFFFFFFFF, ""), ("lte", "")],
)
def test_the_quickest_technology_in_use(mask, technology):
    assert section_of({"/0": modem(technologies=mask)}, "wwan0").technology == technology


@pytest.mark.parametrize(
    ("signal", "figures"),
    [
        (
            {"Nr5g": {"rsrp": -101.0}, "Lte": {"rsrp": -88.0, "snr": 7.0}},
            {"rsrp_dbm": -101.0},
        ),
        ({"Nr5g": {"rsrp": float("inf")}, "Lte": {"rsrq": -12.34}}, {"rsrq_db": -12.3}),
        ({"Lte": {"rsrp": "strong", "snr": None}}, {}),
        ({"Lte": [1, 2]}, {}),
    ],
)
def test_the_figures_of_the_quickest_technology_that_says_any(signal, figures):
    assert section_of({"/0": modem(signal=signal)}, "wwan0").figures == figures
