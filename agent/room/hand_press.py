"""Ask for the floor from a command, as the button on the room's page does.

For rooms whose screen is no page: a key, or a button on the table, that is bound to the command.
"""

import json
from http.client import HTTPConnection, HTTPException

LIMIT_S = 6.0


def press(host: str, port: int, *, is_up: bool) -> str:
    """Ask for the floor, or ask no more; return why not, empty where it was sent.

    Args:
        port: where the room's own server listens on this machine.
    """
    connection = HTTPConnection(host, port, timeout=LIMIT_S)
    try:
        body, headers = json.dumps({"is_up": is_up}), {"content-type": "application/json"}
        connection.request("POST", "/api/hand", body, headers)
        answer = connection.getresponse()
        if answer.status == 204:
            return ""
        error = json.loads(answer.read())["error"]
        return f"{error['message_vi']}\n{error['message_en']}"
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as exc:
        return (
            f"Chương trình của phòng họp không trả lời ở cổng {port}: {exc}\n"
            f"The room's program does not answer at port {port}: {exc}"
        )
    finally:
        connection.close()
