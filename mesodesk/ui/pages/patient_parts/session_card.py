"""A session as a card: a small body with its points, number, day, who, how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.regions import named
from mesodesk.ui import theme
from mesodesk.ui.numbers import format_date, format_quantity
from mesodesk.ui.pages.patient_parts.checks_words import day_of, session_state
from mesodesk.ui.pages.patient_parts.thumbnails import SIZE
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing
from mesodesk.ui.widgets.text import ElidedLabel

if TYPE_CHECKING:
    from uuid import UUID

    from PySide6.QtGui import QKeyEvent

    from mesodesk.domain.records.session import SessionSummary
    from mesodesk.ui.context import Context


class SessionCard(FocusRing):
    """Click or Enter opens the session."""

    def __init__(
        self,
        context: Context,
        session: SessionSummary,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.picture = Picture(session.id)
        self.title = ElidedLabel("", Role.STRONG)
        self.when = ElidedLabel("", Role.SMALL, "muted")
        self.amount = ElidedLabel("", Role.BODY)
        self.where = ElidedLabel("", Role.SMALL, "muted")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addStretch(1)
        for label in (self.title, self.when, self.amount, self.where):
            words.addWidget(label)
        words.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        line.setSpacing(Space.M)
        line.addWidget(self.picture)
        line.addLayout(words, 1)
        self._write(context)

    def _write(self, context: Context) -> None:
        session = self.session
        _, state = session_state(session.state)
        title = self.tr("Session {number}").format(number=session.number)
        when = format_date(day_of(context, session.started_at))
        self.title.setText(title)
        self.when.setText(f"{when} · {state} · {session.therapist}")
        self.amount.setText(amount_words(session))
        self.where.setText(region_words(session.regions, context.language))
        paint.name(self, f"session_card_{session.number}", f"{title}. {self.when.text()}")
        self.setAccessibleDescription(f"{self.amount.text()}. {self.where.text()}")

    def sizeHint(self) -> QSize:
        return QSize(240, SIZE.height() + 2 * Space.S)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        ground = paint.ground_of(
            self, rest=scheme.surface, hover=scheme.hover, pressed=scheme.pressed
        )
        painter = QPainter(self)
        paint.box(painter, paint.inside(self), ground, scheme.border)
        if self.shows_ring():
            paint.ring(painter, paint.inside(self))


class Picture(QWidget):
    """Room for the small body; empty until its picture comes."""

    #: It is in sight and has nothing to show.
    wanted = Signal(object)
    """The session's id."""

    def __init__(self, session_id: UUID) -> None:
        super().__init__()
        self._session_id = session_id
        self._image: QImage | None = None
        self.setFixedSize(SIZE)

    def set_image(self, image: QImage) -> None:
        """Show a picture."""
        self._image = image
        self.update()

    def has_image(self) -> bool:
        return self._image is not None

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._image is None:
            self.wanted.emit(self._session_id)
        else:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)


def amount_words(session: SessionSummary) -> str:
    """Return `120 points · 6.0 mL`, or that nothing is charted."""
    if not session.points:
        return _tr("no points yet") if session.state == "draft" else _tr("no points")
    one = session.points == 1
    points = _tr("1 point") if one else _tr("{count} points").format(count=session.points)
    return f"{points} · {format_quantity(session.injected_ml, 'mL', 2)}"


def region_words(regions: tuple[str, ...], language: str) -> str:
    """Return where it was, in words; regions of another atlas keep their key."""
    return ", ".join(named(regions, language))


def session_ids(cards: list[SessionCard]) -> dict[UUID, SessionCard]:
    """Return the cards by the id of their session."""
    return {card.session.id: card for card in cards}


def _tr(text: str) -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("sessions", text)
