"""That a room asks for the floor by a button of its own, or asks no more."""

from contracts.message import Message


class Hand(Message, frozen=True):
    """Told to the relay by whoever has a session of a point's; it is about that point alone."""

    is_up: bool
