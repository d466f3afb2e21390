"""Another way out is noticed, and no way at all is no other one."""

from agent.health.way_watch import WayWatch
from monitoring.listeners.line_prober import LinkProber

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
FIXED = "enp1s0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
MOBILE = "wwan0\t00000000\t0103A8C0\t0003\t0\t0\t700\t00000000\t0\t0\t0\n"


def test_only_another_way_is_a_change(tmp_path):
    routes = tmp_path / "net/route"
    routes.parent.mkdir()
    watch = WayWatch(tmp_path, None, LinkProber())
    seen = []
    for lines in (FIXED, FIXED + MOBILE, MOBILE, "", MOBILE, FIXED + MOBILE):
        routes.write_text(HEAD + lines)
        seen.append(watch.has_changed())
    assert seen == [False, False, True, False, False, True]
    routes.unlink()
    assert not watch.has_changed()
