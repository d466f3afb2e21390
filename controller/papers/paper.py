"""A kind of paper: what it is called, what can be put into it, and its built-in form. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from controller.papers.form import OfficialForm
from controller.papers.placeholders import Filling, Placeholder


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `kind` is kept with an office's own template; at most 20 characters.

    `trial` is the fullest filling there is: no template is taken that it does not fit into.
    """

    kind: str
    stem: str
    placeholders: Sequence[Placeholder]
    form: OfficialForm
    trial: Filling

    @property
    def known(self) -> frozenset[str]:
        """The names that may stand in a template."""
        return frozenset(one.name for one in self.placeholders)
