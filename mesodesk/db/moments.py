"""Moments as they are stored: whole microseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Return microseconds since 1970.

    Raises:
        ValueError: if the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be stored")
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(stored: int) -> datetime:
    """Return the aware UTC moment."""
    return EPOCH + timedelta(microseconds=stored)
