"""Names of what is prepared: one each, whatever its capitals; the database has the last word."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from controller.errors import Conflict


def refuse_second(names: Mapping[str, str], name: str, own_id: str) -> None:
    """Refuse a name that another one has.

    Args:
        names: of all that there are, by their ids.

    Raises:
        Conflict: another one is called so.
    """
    if any(one != own_id and names[one].casefold() == name.casefold() for one in names):
        raise _taken()


@contextmanager
def named_once() -> Iterator[None]:
    """Turn the database's refusal of a second one of a name into a sentence.

    Raises:
        Conflict: another one was called so at the same time.
    """
    try:
        yield
    except IntegrityError as exc:
        raise _taken() from exc


def changed_meanwhile() -> Conflict:
    """Return the refusal of a change of what somebody else has changed since it was read."""
    return Conflict(
        "changed_meanwhile",
        "Người khác vừa sửa mục này. Mở lại trang để xem rồi sửa tiếp.",
        "Somebody has changed this meanwhile. Open the page again.",
    )


def _taken() -> Conflict:
    return Conflict(
        "name_taken",
        "Tên này đã dùng rồi. Chọn tên khác.",
        "This name is taken already. Choose another one.",
    )
