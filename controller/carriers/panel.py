"""Who brings a point's line, on the point's own page."""

from controller.carriers import service
from controller.web.elements import Crumb
from controller.web.page_request import PageRequest


def of_point(asked: PageRequest, point_id: str) -> tuple[Crumb, ...]:
    """Return what leads to the carrier and to the contract that holds now; none: nothing."""
    line = service.line_of(asked.state, point_id, asked.now)
    if line is None:
        return ()
    carrier, contract = line
    words, terms = asked.words, contract.terms
    number = words.gettext(
        "Contract %(number)s: down %(down)s, up %(up)s",
        number=terms.number,
        down=words.rate(terms.down_bps),
        up=words.rate(terms.up_bps),
    )
    return (
        Crumb(carrier.name, f"/carriers/{carrier.carrier_id}"),
        Crumb(number, f"/carriers/contracts/{contract.contract_id}"),
    )
