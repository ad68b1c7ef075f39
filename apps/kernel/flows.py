"""When money counts that crosses the border of a portfolio."""

from __future__ import annotations

from enum import StrEnum


class FlowTiming(StrEnum):
    """When on its day a flow counts. A firm chooses once and states it."""

    START_OF_DAY = "start_of_day"
    END_OF_DAY = "end_of_day"
    IN_START_OUT_END = "in_start_out_end"  # money in works from the morning, money out worked until the evening
