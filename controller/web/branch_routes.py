"""What is open to people of a branch: everything else is refused to them.

A line is opened once whatever the route reads comes from the request's sessions, which are
bounded, and whatever it names is looked at by the door (branch_door.py). The test that walks
all routes (test_branch_people.py) asks each of these of another branch.
"""

_OWN = """
GET /account
POST /account/password
GET /api/v1/session
DELETE /api/v1/session
POST /sign-out
GET /api/v1/events
POST /api/v1/session/password
"""

_POINTS = """
GET /
GET /parts/overview
GET /points
GET /parts/points
GET /points/{point_id}
GET /parts/points/{point_id}
GET /points/{point_id}/series.json
GET /points/{point_id}/series.csv
GET /points/{point_id}/series.xlsx
GET /points/{point_id}/figures.json
GET /points/{point_id}/figures.csv
GET /points/{point_id}/links.json
GET /points/{point_id}/links.csv
GET /points/{point_id}/availability
GET /availability
GET /availability.csv
GET /availability/days
GET /availability/days.csv
GET /api/v1/units
GET /api/v1/points
GET /api/v1/points/{point_id}
GET /api/v1/status
GET /api/v1/points/{point_id}/uptime
GET /api/v1/points/{point_id}/outages
GET /api/v1/points/{point_id}/availability
GET /api/v1/points/{point_id}/figures
GET /api/v1/points/{point_id}/figures/{name}
GET /api/v1/availability
"""


def _lines(*texts: str) -> frozenset[str]:
    return frozenset(line for text in texts for line in text.split("\n") if line)


OPEN = _lines(_OWN, _POINTS)
ONLY_LOOKS: frozenset[str] = frozenset()
"""What is sent by POST and changes nothing of a meeting."""
NAMES_OTHERS = ("/meetings", "/parts/meetings", "/api/v1/meetings")
"""Where the points of others that sit in a meeting with the branch's are told by name."""
