"""Numbers, dates and times as people read them, in the user's locale.

No thousands are grouped: a comma or a point in a dose is always the decimal sign.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime

from mesodesk.domain.units import plain, rounded

NO_BREAK: Final = "\u00a0"
_MINUS: Final = "\u2212"


def format_decimal(
    value: Decimal | int, places: int | None = None, locale: QLocale | None = None
) -> str:
    """Return a number with the locale's decimal sign: `2,50`.

    Args:
        value: the number.
        places: so many decimals, halves rounded away from zero; None shows those it has.
        locale: the user's if None.
    """
    text = plain(value) if places is None else format(rounded(Decimal(value), places), "f")
    text = text.replace(".", (locale or QLocale()).decimalPoint())
    return text.replace("-", _MINUS)


def format_quantity(
    value: Decimal | int, unit: str, places: int | None = None, locale: QLocale | None = None
) -> str:
    """Return a number and its unit, kept on one line: `2.5 mL`."""
    return f"{format_decimal(value, places, locale)}{NO_BREAK}{unit}"


def format_date(day: date, locale: QLocale | None = None) -> str:
    """Return a date whose month cannot be mistaken: `3 Apr 2026`."""
    return (locale or QLocale()).toString(_qdate(day), "d MMM yyyy")


def format_day(day: date, today: date, locale: QLocale | None = None) -> str:
    """Return a date without its year if that is this year's: `14 Oct`."""
    if day.year != today.year:
        return format_date(day, locale)
    return (locale or QLocale()).toString(_qdate(day), "d MMM")


def format_weekday(day: date, locale: QLocale | None = None) -> str:
    """Return a date with its weekday: `Friday 3 April 2026`."""
    return (locale or QLocale()).toString(_qdate(day), "dddd d MMMM yyyy")


def format_time(
    moment: datetime,
    zone: str | None = None,
    *,
    seconds: bool = False,
    locale: QLocale | None = None,
) -> str:
    """Return the time of day of an aware moment, in a zone or in this computer's: `10:42:07`."""
    used = locale or QLocale()
    local = moment.astimezone(ZoneInfo(zone) if zone else None)
    pattern = used.timeFormat(QLocale.FormatType.ShortFormat)
    if seconds:
        pattern = pattern.replace("mm", "mm:ss")
    return used.toString(_qtime(local.time()), pattern)


def format_moment(moment: datetime, zone: str | None = None, locale: QLocale | None = None) -> str:
    """Return date and time: `3 Apr 2026, 10:42`."""
    local = moment.astimezone(ZoneInfo(zone) if zone else None)
    return f"{format_date(local.date(), locale)}, {format_time(moment, zone, locale=locale)}"


def age_years(birth: date, on: date) -> int:
    """Return completed years; who is born on 29 February has a birthday on 1 March."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def format_age(birth: date, on: date) -> str:
    """Return an age as headers show it: `38 y`, or in months below two years."""
    years = age_years(birth, on)
    if years >= 2:
        return _tr("{number} y").format(number=years)
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    return _tr("{number} months").format(number=months)


def relative_day(day: date, today: date, locale: QLocale | None = None) -> str:
    """Return a day as people say it: `today`, `in 3 days`, `2 weeks ago`; far off, the date."""
    distance = (day - today).days
    near = {-1: _tr("yesterday"), 0: _tr("today"), 1: _tr("tomorrow")}
    if distance in near:
        return near[distance]
    far = abs(distance)
    if far > 8 * 7:
        return format_date(day, locale)
    if far < 14:
        words = _tr("in {number} days") if distance > 0 else _tr("{number} days ago")
        return words.format(number=far)
    words = _tr("in {number} weeks") if distance > 0 else _tr("{number} weeks ago")
    return words.format(number=far // 7)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _qtime(moment: time) -> QTime:
    return QTime(moment.hour, moment.minute, moment.second)


def _tr(text: str) -> str:
    return QCoreApplication.translate("numbers", text)
