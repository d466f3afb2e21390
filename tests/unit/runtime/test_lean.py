"""A process gives memory back, also what was to stay and has gone since."""

import gc
import weakref

from runtime import lean


class Engine:
    """Refers to itself, as parsers and loops do."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_replaced_since_the_last_time_is_given_back() -> None:
    try:
        before = Engine()
        gone = weakref.ref(before)
        lean.settle()
        del before
        assert gone() is not None  # a plain collection does not look there any more
        gc.collect()
        assert gone() is not None
        lean.settle()
        assert gone() is None
    finally:
        gc.unfreeze()
