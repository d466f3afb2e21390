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
GET /api/v1/openapi.json
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
POST /api/v1/points/{point_id}/enrol-codes
DELETE /api/v1/points/{point_id}/certificate
GET /compare
GET /parts/compare
GET /compare/series.json
GET /compare/series.csv
GET /contacts/points/{place_id}
GET /contacts/units/{place_id}
POST /contacts/points/{place_id}
POST /contacts/units/{place_id}
GET /contacts/cards/{card_id}
POST /contacts/cards/{card_id}
POST /contacts/cards/{card_id}/remove
POST /points/{point_id}/code
POST /points/{point_id}/revoke
GET /points/{point_id}/devices/new
POST /points/{point_id}/devices
GET /points/{point_id}/devices/{device_id}
POST /points/{point_id}/devices/{device_id}
POST /points/{point_id}/devices/{device_id}/remove
POST /points/{point_id}/devices/{device_id}/ask
GET /points/{point_id}/devices/{device_id}/battery
POST /points/{point_id}/devices/{device_id}/battery
POST /points/{point_id}/devices/{device_id}/battery/{change_id}/undo
POST /points/{point_id}/line-tests
POST /points/{point_id}/line-tests/stop
POST /points/{point_id}/way/ask
GET /assets
GET /assets.csv
GET /assets.xlsx
GET /incidents
GET /parts/incidents
GET /incidents/{number}
GET /parts/incidents/{number}
POST /incidents/{number}/acknowledge
POST /incidents/{number}/note
GET /search
GET /parts/search
GET /map
GET /parts/map
"""

_MEETINGS = """
GET /api/v1/meetings
POST /api/v1/meetings
PUT /api/v1/meetings/{meeting_id}
GET /api/v1/meetings/{meeting_id}
GET /api/v1/meetings/{meeting_id}/events
POST /api/v1/meetings/{meeting_id}/schedule
POST /api/v1/meetings/{meeting_id}/end
POST /api/v1/meetings/{meeting_id}/cancel
POST /api/v1/series
GET /api/v1/series/{series_id}
POST /api/v1/series/dates/{meeting_id}/move
PUT /api/v1/series/dates/{meeting_id}
POST /api/v1/series/dates/{meeting_id}/cancel
POST /api/v1/series/{series_id}/restore
GET /api/v1/meetings/{meeting_id}/floor
POST /api/v1/meetings/{meeting_id}/floor
POST /api/v1/meetings/{meeting_id}/hand
GET /api/v1/meetings/{meeting_id}/queue
POST /api/v1/meetings/{meeting_id}/queue
DELETE /api/v1/meetings/{meeting_id}/queue
POST /api/v1/meetings/{meeting_id}/queue/restore
GET /api/v1/meetings/{meeting_id}/speech-time
PUT /api/v1/meetings/{meeting_id}/speech-time
GET /api/v1/meetings/{meeting_id}/messages
POST /api/v1/meetings/{meeting_id}/messages
DELETE /api/v1/meetings/{meeting_id}/messages/{message_id}
GET /api/v1/meetings/{meeting_id}/lock
PUT /api/v1/meetings/{meeting_id}/lock
POST /api/v1/meetings/{meeting_id}/admissions
GET /api/v1/meetings/{meeting_id}/chair
PUT /api/v1/meetings/{meeting_id}/chair
DELETE /api/v1/meetings/{meeting_id}/chair
POST /api/v1/meetings/{meeting_id}/token
GET /api/v1/meetings/{meeting_id}/expulsions
POST /api/v1/meetings/{meeting_id}/expulsions
DELETE /api/v1/meetings/{meeting_id}/expulsions
GET /api/v1/meetings/{meeting_id}/invitation.docx
GET /api/v1/meetings/{meeting_id}/invitation.pdf
GET /api/v1/meetings/{meeting_id}/roll-call
PUT /api/v1/meetings/{meeting_id}/roll-call
POST /api/v1/meetings/{meeting_id}/roll-call/confirm
POST /api/v1/meetings/{meeting_id}/roll-call/undo
POST /api/v1/meetings/{meeting_id}/roll-call/close
POST /api/v1/meetings/{meeting_id}/roll-call/reopen
GET /api/v1/meetings/{meeting_id}/record
GET /api/v1/meetings/{meeting_id}/rooms
POST /api/v1/meetings/{meeting_id}/rooms/ask-again
POST /api/v1/meetings/{meeting_id}/rooms/leave-out
GET /api/v1/meetings/{meeting_id}/rehearsals
POST /api/v1/meetings/{meeting_id}/rehearsals
PUT /api/v1/meetings/{meeting_id}/rehearsals/required/{point_id}
DELETE /api/v1/meetings/{meeting_id}/rehearsals/required/{point_id}
GET /api/v1/meetings/{meeting_id}/minutes
PUT /api/v1/meetings/{meeting_id}/minutes
POST /api/v1/meetings/{meeting_id}/minutes/lock
POST /api/v1/meetings/{meeting_id}/minutes/unlock
PUT /api/v1/meetings/{meeting_id}/minutes/signed
GET /api/v1/meetings/{meeting_id}/minutes/files/{file_id}
GET /api/v1/meetings/{meeting_id}/minutes/paper.docx
GET /api/v1/meetings/{meeting_id}/minutes/paper.pdf
GET /api/v1/tasks
GET /api/v1/tasks.ics
GET /api/v1/meetings/{meeting_id}/tasks
POST /api/v1/meetings/{meeting_id}/tasks
PUT /api/v1/meetings/{meeting_id}/tasks/{task_id}
PUT /api/v1/meetings/{meeting_id}/tasks/{task_id}/done
DELETE /api/v1/meetings/{meeting_id}/tasks/{task_id}
GET /api/v1/meetings/{meeting_id}/handouts
PUT /api/v1/meetings/{meeting_id}/handouts
GET /api/v1/meetings/{meeting_id}/handouts/{handout_id}
DELETE /api/v1/meetings/{meeting_id}/handouts/{handout_id}
POST /api/v1/meetings/{meeting_id}/handouts/{handout_id}/restore
GET /meetings
GET /parts/meetings
GET /meetings/over
GET /parts/meetings/over
GET /meetings/later
GET /parts/meetings/later
GET /series/{series_id}
GET /parts/series/{series_id}
POST /series/dates/{meeting_id}/move
POST /series/dates/{meeting_id}/cancel
POST /series/{series_id}/restore
GET /series/dates/{meeting_id}/change
POST /series/dates/{meeting_id}/change
GET /meetings/new
POST /meetings/new
POST /parts/booking/clashes
POST /parts/booking/rooms
POST /parts/booking/dates
GET /meetings/{meeting_id}/invitation.docx
GET /meetings/{meeting_id}/invitation.pdf
GET /meetings/tasks
GET /meetings/tasks.xlsx
GET /meetings/tasks.csv
GET /meetings/tasks.ics
GET /meetings/{meeting_id}/tasks.ics
GET /meetings/{meeting_id}/tasks/{task_id}.ics
GET /meetings/{meeting_id}/tasks
POST /meetings/{meeting_id}/tasks
POST /meetings/{meeting_id}/tasks/{task_id}
GET /meetings/{meeting_id}/change
POST /meetings/{meeting_id}/change
POST /parts/meetings/{meeting_id}/told
GET /meetings/{meeting_id}
GET /parts/meetings/{meeting_id}
POST /meetings/{meeting_id}/floor
POST /meetings/{meeting_id}/end
POST /meetings/{meeting_id}/cancel
GET /meetings/{meeting_id}/lines
GET /parts/meetings/{meeting_id}/lines
GET /meetings/{meeting_id}/lines.csv
GET /parts/meetings/{meeting_id}/lines-now
GET /meetings/{meeting_id}/log
GET /parts/meetings/{meeting_id}/log
POST /meetings/{meeting_id}/agenda
POST /meetings/{meeting_id}/queue
POST /meetings/{meeting_id}/speech-time
POST /meetings/{meeting_id}/messages
POST /meetings/{meeting_id}/messages/take-back
POST /meetings/{meeting_id}/lock
POST /meetings/{meeting_id}/admit
POST /meetings/{meeting_id}/chair
GET /meetings/{meeting_id}/roll-call
GET /parts/meetings/{meeting_id}/roll-call
GET /meetings/{meeting_id}/roll-call/sheet
GET /meetings/{meeting_id}/roll-call.xlsx
POST /meetings/{meeting_id}/roll-call/marks
POST /meetings/{meeting_id}/roll-call/confirm
POST /meetings/{meeting_id}/roll-call/undo
POST /meetings/{meeting_id}/roll-call/close
POST /meetings/{meeting_id}/roll-call/reopen
GET /meetings/{meeting_id}/after
GET /parts/meetings/{meeting_id}/after
GET /meetings/{meeting_id}/after.xlsx
GET /meetings/{meeting_id}/rehearsals
GET /parts/meetings/{meeting_id}/rehearsals
POST /meetings/{meeting_id}/rehearsals
POST /meetings/{meeting_id}/rehearsals/required
GET /meetings/{meeting_id}/minutes
GET /parts/meetings/{meeting_id}/minutes
POST /meetings/{meeting_id}/minutes
POST /meetings/{meeting_id}/minutes/lock
POST /meetings/{meeting_id}/minutes/unlock
POST /meetings/{meeting_id}/minutes/signed
GET /meetings/{meeting_id}/minutes.docx
GET /meetings/{meeting_id}/minutes.pdf
GET /meetings/{meeting_id}/minutes/files/{file_id}
GET /meetings/{meeting_id}/minutes/edits/{version}
GET /meetings/{meeting_id}/handouts
POST /meetings/{meeting_id}/handouts
GET /meetings/{meeting_id}/handouts/{handout_id}.pdf
POST /meetings/{meeting_id}/handouts/{handout_id}/remove
POST /meetings/{meeting_id}/handouts/{handout_id}/restore
POST /meetings/{meeting_id}/restore
POST /meetings/{meeting_id}/put-out
GET /parts/meetings/{meeting_id}/guests
POST /meetings/{meeting_id}/guests
POST /meetings/{meeting_id}/guests/{guest_id}
GET /parts/meetings/{meeting_id}/invitations
POST /meetings/{meeting_id}/invitations
GET /parts/meetings/{meeting_id}/rooms
POST /meetings/{meeting_id}/rooms/ask-again
POST /meetings/{meeting_id}/rooms/leave-out
GET /parts/meetings/{meeting_id}/recordings
GET /meetings/{meeting_id}/recordings/{run}/play
GET /meetings/{meeting_id}/recordings/{run}/delete
POST /meetings/{meeting_id}/recordings/{run}/delete
GET /meetings/{meeting_id}/recordings/{run}/{name}
GET /meetings/{meeting_id}/heard
GET /parts/meetings/{meeting_id}/heard
GET /meetings/{meeting_id}/heard/{point_id}
GET /parts/meetings/{meeting_id}/heard/{point_id}
"""

_REPORTS = """
GET /api/v1/reports
GET /api/v1/reports/meetings
GET /api/v1/reports/turns
GET /api/v1/reports/report.xlsx
GET /api/v1/reports/report.docx
GET /api/v1/reports/{table}.csv
GET /reports
GET /reports/points
GET /reports/meetings
GET /reports/turns
GET /reports/report.xlsx
GET /reports/report.docx
GET /reports/{table}.csv
"""


def _lines(*texts: str) -> frozenset[str]:
    return frozenset(line for text in texts for line in text.split("\n") if line)


OPEN = _lines(_OWN, _POINTS, _MEETINGS, _REPORTS)
LOOKS = _lines(
    """
POST /api/v1/meetings/{meeting_id}/token
POST /api/v1/meetings/{meeting_id}/hand
"""
)
"""What is sent and changes nothing of a meeting: its pictures seen, one's own hand."""
FORMS = _lines(
    """
GET /meetings/{meeting_id}/change
GET /series/dates/{meeting_id}/change
GET /meetings/{meeting_id}/recordings/{run}/delete
"""
)
"""What is asked for and only leads to a change."""
_NAMING = frozenset(
    (
        "/",
        "/parts/overview",
        "/meetings",
        "/parts/meetings",
        "/meetings/over",
        "/parts/meetings/over",
        "/meetings/later",
        "/parts/meetings/later",
        "/meetings/tasks",
    )
)


def names_others(path: str) -> bool:
    """Return whether points of others are told by name there: those that sit in one's meetings."""
    return "{meeting_id}" in path or path in _NAMING
