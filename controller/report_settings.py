"""What reports are measured by."""

from typing import Annotated

from msgspec import Meta

from runtime.settings import Settings


class ReportSettings(Settings, frozen=True):
    """When a month of reports begins, and the two figures that are aimed at.

    `month_begins_on` 15: July runs from 15 June to 14 July, as in decree 09/2019/NĐ-CP, article 12.
    """

    month_begins_on: Annotated[int, Meta(ge=1, le=28)] = 1
    online_target_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.8
    uninterrupted_target_ratio: Annotated[float, Meta(gt=0, le=1)] = 1.0
