"""The rows of a timeline: a model of events, and a delegate that paints them along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mesodesk.ui import icons, theme
from mesodesk.ui.numbers import format_date, relative_day
from mesodesk.ui.pages.patient_parts.checks_words import day_of
from mesodesk.ui.pages.patient_parts.thumbnails import SIZE
from mesodesk.ui.theme import Role
from mesodesk.ui.timeline.looks import look_of
from mesodesk.ui.timeline.photo_strip import TILE, paint_strip
from mesodesk.ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mesodesk.domain.records.timeline import Place, TimelineEvent
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.thumbnails import Thumbnails
    from mesodesk.ui.timeline.look import Look
    from mesodesk.ui.timeline.photo_strip import PhotoStrip

_Index = QModelIndex | QPersistentModelIndex

EVENT: Final = Qt.ItemDataRole.UserRole.value + 1
_PICTURE: Final = QSize(SIZE.width() * 3 // 4, SIZE.height() * 3 // 4)
_DAY: Final = 104
_DAY_NARROW: Final = 84
_NARROW: Final = 560
_DOT: Final = 30
_LINE: Final = 18
_PADDING: Final = 8
_STATE: Final = 150
_SOON: Final = 57
_MONTH: Final = 30
_YEARS: Final = 24


class EventRow(NamedTuple):
    """One row: the event, its words, and its day in words if it is the first of that day."""

    event: TimelineEvent
    look: Look
    day: str = ""
    ago: str = ""
    first: bool = False
    last: bool = False

    @property
    def place(self) -> Place:
        return self.event.place


def ago_words(day: date, today: date) -> str:
    """Return how long ago a day was, in the largest unit that still says something."""
    days = (today - day).days
    if days < _SOON:
        return relative_day(day, today)
    months = round(days / _MONTH)
    if months < _YEARS:
        return _tr("{count} months ago").format(count=months)
    return _tr("{count} years ago").format(count=days // 365)


def _tr(text: str) -> str:
    return QCoreApplication.translate("timeline", text)


class TimelineModel(QAbstractListModel):
    """Events in words, the latest first."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._events: tuple[TimelineEvent, ...] = ()
        self._rows: list[EventRow] = []
        self._told_in: tuple[object, ...] = ()

    def events(self) -> tuple[TimelineEvent, ...]:
        """Return what is shown."""
        return self._events

    def show_events(self, events: Sequence[TimelineEvent]) -> None:
        """Show events; those that continue what is shown are added below it.

        All of them are told anew once the clinic reads in other units or a day is over.
        """
        before, told_in = len(self._events), self._telling()
        if before and told_in == self._told_in and tuple(events[:before]) == self._events:
            self._rows[-1] = self._rows[-1]._replace(last=before == len(events))
            if before < len(events):
                self.beginInsertRows(QModelIndex(), before, len(events) - 1)
                self._events = tuple(events)
                self._rows += self._made(before)
                self.endInsertRows()
            return
        self.beginResetModel()
        self._told_in = told_in
        self._events = tuple(events)
        self._rows = self._made(0)
        self.endResetModel()

    def _telling(self) -> tuple[object, ...]:
        """Return what the words depend on besides the events."""
        context = self._context
        return context.language, context.clinic.fields, context.today()

    def row(self, at: int) -> EventRow | None:
        """Return a row, or None beyond the end."""
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def find(self, place: Place | None) -> int:
        """Return the number of the row of an event, or of the next earlier one; -1 without any."""
        if place is None or not self._rows:
            return -1
        earlier = (at for at, each in enumerate(self._rows) if each.place <= place)
        return next(earlier, len(self._rows) - 1)

    def _made(self, since: int) -> list[EventRow]:
        made = []
        for at in range(since, len(self._events)):
            event = self._events[at]
            day = self._day(event)
            alone = at == 0 or self._day(self._events[at - 1]) != day
            words = (format_date(day), ago_words(day, self._context.today()))
            look = look_of(self._context, event)
            day_words, ago = words if alone else ("", "")
            last = at == len(self._events) - 1
            made.append(EventRow(event, look, day_words, ago, first=at == 0, last=last))
        return made

    def _day(self, event: TimelineEvent) -> date:
        return event.on or day_of(self._context, event.place.at)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == EVENT:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.look.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{format_date(self._day(row.event))}. {row.look.spoken}"
        return None


class EventDelegate(QStyledItemDelegate):
    """Paints the day at the left, the icon on a line, then picture and words, then the state."""

    def __init__(self, thumbnails: Thumbnails, strip: PhotoStrip, parent: QObject) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._strip = strip

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index, /) -> QSize:
        row: EventRow = index.data(EVENT)
        lines = 1 + sum(bool(line) for line in row.look.lines)
        least = _PICTURE.height() if row.look.session is not None else 0
        below = TILE.height() + _PADDING if row.look.photos else 0
        return QSize(200, max(lines * _LINE + 2, least) + below + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, /) -> None:
        row: EventRow = index.data(EVENT)
        whole = QRectF(option.rect)
        day = _DAY if whole.width() >= _NARROW else _DAY_NARROW
        self._paint_day(painter, whole, day, row)
        box = whole.adjusted(day + _DOT, 1, -2, -1)
        self._paint_ground(painter, option, box)
        room = box.adjusted(_PADDING, _PADDING - 1, -_PADDING, 1 - _PADDING)
        if row.look.session is not None:
            self._paint_picture(painter, room, row.look)
            room.setLeft(room.left() + _PICTURE.width() + 12)
        self._paint_words(painter, room, row.look)
        if row.look.photos:
            top = room.bottom() - TILE.height() - 1
            paint_strip(painter, self._strip, row.look.photos, room.left(), top, room.width())

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF) -> None:
        scheme, state = theme.current(), option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        focused = chosen and bool(state & QStyle.StateFlag.State_HasFocus)
        if focused:
            paint.box(painter, box, scheme.accent_soft)
            paint.ring(painter, box)
        elif state & QStyle.StateFlag.State_MouseOver:
            paint.box(painter, box, scheme.hover)

    def _paint_day(self, painter: QPainter, whole: QRectF, day: int, row: EventRow) -> None:
        scheme = theme.current()
        x = whole.left() + day + _DOT / 2
        middle = whole.top() + _PADDING + 10
        painter.setPen(QPen(QColor(scheme.border), 2))
        begin = middle if row.first else whole.top()
        end = middle if row.last else whole.bottom() + 1
        painter.drawLine(QPointF(x, begin), QPointF(x, end))
        dot = QRectF(x - 13, middle - 13, 26, 26)
        paint.box(painter, dot, scheme.surface, scheme.border, radius=13)
        ink = scheme.muted if row.look.tone == "neutral" else theme.colour(row.look.tone)
        icons.draw(painter, row.look.icon, dot.adjusted(5, 5, -5, -5), ink)
        if row.day:
            left = QRectF(whole.left() + 4, middle - 10, day - 8, 20)
            paint.write(painter, left, row.day, theme.font(Role.SMALL_STRONG), scheme.text)
            if whole.height() > 2 * _LINE + _PADDING:
                below = left.translated(0, _LINE)
                paint.write(painter, below, row.ago, theme.font(Role.SMALL), scheme.muted)

    def _paint_picture(self, painter: QPainter, room: QRectF, look: Look) -> None:
        if look.session is None:
            return
        ratio = painter.device().devicePixelRatio() if painter.device() is not None else 1.0
        picture = self._thumbnails.ask(look.session, ratio)
        if picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            top = room.center().y() - _PICTURE.height() / 2
            target = QRectF(room.left(), top, _PICTURE.width(), _PICTURE.height())
            painter.drawImage(target, picture)

    def _paint_words(self, painter: QPainter, room: QRectF, look: Look) -> None:
        scheme = theme.current()
        lines = [line for line in look.lines if line]
        height = (1 + len(lines)) * _LINE
        top = max(room.top(), room.center().y() - height / 2) if look.session else room.top()
        side = self._paint_state(painter, QRectF(room.left(), top, room.width(), _LINE), look)
        words = QRectF(room.left(), top, room.width() - side, _LINE)
        strong = QFont(theme.font(Role.STRONG))
        strong.setStrikeOut(look.struck)
        ink = scheme.muted if look.struck else scheme.text
        paint.write(painter, words, look.title, strong, ink)
        for at, line in enumerate(lines, start=1):
            below = words.translated(0, at * _LINE)
            paint.write(painter, below, line, theme.font(Role.SMALL), scheme.muted)

    def _paint_state(self, painter: QPainter, room: QRectF, look: Look) -> float:
        """Write state and person at the right; return the width that they take."""
        scheme = theme.current()
        small, strong = theme.font(Role.SMALL), theme.font(Role.SMALL_STRONG)
        most = min(_STATE, room.width() / 3)
        state, by = paint.text_width(look.state, strong), paint.text_width(look.by, small)
        width = min(float(max(state, by)), most)
        right = Qt.AlignmentFlag.AlignRight
        place = QRectF(room.right() - width, room.top(), width, _LINE)
        beside = bool(look.state and look.by) and not any(look.lines)
        if look.state:
            ink = scheme.muted if look.tone in ("neutral", "muted") else theme.colour(look.tone)
            at = place.translated(-width - 12, 0) if beside else place
            paint.write(painter, at, look.state, strong, ink, right)
        below = 0 if beside or not look.state else _LINE
        paint.write(painter, place.translated(0, below), look.by, small, scheme.muted, right)
        taken = width + 12 if width > 1 else 0.0
        return taken + state + 12 if beside else taken
