"""Which slots of the wall clock's grid a source has to make now."""

CLOCK_WAS_SET_SLOTS = 250


def due(made: int | None, newest: int, *, most_late: int) -> range:
    """Return the slots to make, oldest first.

    Args:
        made: the last slot made, None at the start.
        newest: the slot that has just begun.
        most_late: how many slots behind the newest one may still be made.

    A clock that was set, either way, begins anew at the newest slot.
    """
    if made is None or abs(newest - made) > CLOCK_WAS_SET_SLOTS:
        return range(newest, newest + 1)
    return range(max(made + 1, newest - most_late), newest + 1)


def left_out(made: int | None, slots: range) -> int:
    """Return how many slots between the last made and these are made by nobody."""
    if made is None or not 0 < slots.start - made <= CLOCK_WAS_SET_SLOTS:
        return 0
    return slots.start - made - 1
