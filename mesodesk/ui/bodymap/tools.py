"""The tools of the canvas."""

from enum import StrEnum


class Tool(StrEnum):
    """What a click on the skin does."""

    SELECT = "select"
    POINT = "point"
    REGION = "region"
    LASSO = "lasso"
    BAND = "band"
    RECTANGLE = "rectangle"
    CIRCLE = "circle"
    LINE = "line"
    STAMP = "stamp"

    @property
    def lays_fields(self) -> bool:
        """Whether it makes fields of many points."""
        return self not in (Tool.SELECT, Tool.POINT)

    @property
    def fills_areas(self) -> bool:
        """Whether what it makes covers skin, and so can be told to cover a whole region."""
        return self.lays_fields and self not in (Tool.LINE, Tool.STAMP)
