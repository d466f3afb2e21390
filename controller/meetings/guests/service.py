"""What other parts of the centre may read of guests, and what people of both kinds are called."""

from collections.abc import Iterable

from sqlmodel import Session

from controller.meetings.guests.guest_queries import forget, is_guest_of, names, names_of_meeting
from controller.people import accounts

__all__ = ["called", "forget", "is_guest_of", "names_of_meeting"]


# A name of 60 letters, a space, and the mark in brackets.
_WHOLE = 80


def called(
    session: Session, subjects: Iterable[str], *, mark: str = "khách", most: int = _WHOLE
) -> dict[str, str]:
    """Return what people and guests are called, of those who are not called as they sign in.

    Args:
        mark: what says that somebody is a guest, in the reader's language.
        most: so many characters of a guest's name are shown, its mark among them.
    """
    wanted = list(subjects)
    return accounts.display_names(session, wanted) | names(session, wanted, mark=mark, most=most)
