"""Which time the address of a chart asks for."""

from controller.health import spans
from controller.health.spans import ChartSpan
from controller.web.page_request import PageRequest


def span_of(asked: PageRequest) -> ChartSpan:
    """Return the time.

    Raises:
        BadEntry: it is none that can be shown.
    """
    query = asked.request.query_params
    return spans.chosen(
        query.get("span", ""), query.get("from", ""), query.get("to", ""), asked.now
    )
