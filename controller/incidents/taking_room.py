"""How much of a message its link takes up."""

from controller.incidents.taking import ROOM_CHARS
from controller.incidents.wording import TAKE_WORDS
from controller.web.i18n.language import Language

MAX_LINKS_CHARS = 260


def take_room(words: Language, link: str) -> int:
    """Return how many characters a link takes up by which to take care; 0: there is no room."""
    room = len(link) + len(words.gettext(TAKE_WORDS)) + ROOM_CHARS
    return room if len(link) + room <= MAX_LINKS_CHARS else 0
