"""Tells who keeps a list of how viewers are sent to when to make it anew."""


class Ways:
    """One socket's. `changes` counts: with it the same, all goes the way it went before.

    What changes a way: whether and where a peer may be sent to, by which of our addresses, in
    trains or apart, spread or at once, and what a slot shows.
    """

    __slots__ = ("changes",)

    def __init__(self) -> None:
        self.changes = 0

    def changed(self) -> None:
        """Note that some way is another now."""
        self.changes += 1
