"""Runs inside the installed centre: signs in, lets the point meet and report, says what it saw.

    python meet.py POINT WITHIN_S        the password on standard input
    python meet.py - 0                   signs in, no more

Only the standard library: it is run by the installation's own Python, as a person's script
would be. The last line is one of JSON.
"""

import json
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from typing import Any

BASE = "http://127.0.0.1:8000/api/v1"


class Centre:
    """A signed-in session."""

    def __init__(self, password: str) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._csrf = ""
        person = self.ask("/session", {"user_name": "admin", "password": password})
        self._csrf = person["csrf_token"]

    def ask(self, path: str, body: object = None) -> Any:
        """Return the JSON of a resource, or of what was posted to it."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{BASE}{path}", data)  # noqa: S310 - loopback HTTP
        request.add_header("content-type", "application/json")
        request.add_header("x-csrf-token", self._csrf)
        with self._opener.open(request, timeout=10) as answer:
            return json.load(answer)


def main() -> int:
    """Return 0 once the point is in a meeting with connected media, and has reported since."""
    point, within_s = sys.argv[1], float(sys.argv[2])
    centre = Centre(sys.stdin.readline().strip())
    if point == "-":
        return 0
    for meeting in centre.ask("/meetings"):
        if meeting["state"] == "live":  # a point is in one at a time
            centre.ask(f"/meetings/{meeting['meeting_id']}/end", {})
    now = datetime.now(UTC)
    made = centre.ask(
        "/meetings",
        {
            "classification": "normal",
            "title": "Họp thử",
            "chair_point_id": point,
            "point_ids": [point],
            "begins_at": (now + timedelta(seconds=5)).isoformat(),
            "ends_at": (now + timedelta(minutes=10)).isoformat(),
        },
    )
    began_s = time.monotonic()
    while time.monotonic() - began_s < within_s:
        shown = centre.ask(f"/meetings/{made['meeting_id']}")
        inside = [one for one in shown["attendance"]["attendees"] if one["subject"].endswith(point)]
        directions = sorted(one["direction"] for one in inside if one["is_connected"])
        [status] = [one for one in centre.ask("/status") if one["point_id"] == point]
        has_reported = datetime.fromisoformat(status["received_at"] or "2000-01-01T00:00Z") > now
        is_up = has_reported and status["state"] in ("up", "degraded")
        if len(directions) == 2 and shown["state"] == "live" and is_up:
            took_s = round(time.monotonic() - began_s, 1)
            sys.stdout.write(json.dumps({"state": "live", "in": directions, "s": took_s}) + "\n")
            return 0
        time.sleep(0.5)
    sys.stdout.write(json.dumps([shown["attendance"], status]) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
