"""Why a row has no figure."""


class SkippedError(Exception):
    """This machine lacks something that a row needs; the message says what."""


class MeasureError(Exception):
    """Nothing was lacking, and still the row could not be measured; the message says why."""


class NothingPaintedError(MeasureError):
    """The picture did not change in time; the message says what was waited for."""
