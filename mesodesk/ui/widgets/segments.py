"""Segments: one choice of a few, side by side; yes / no / not asked; a scale from 0 to 10."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.ui import icons, theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import COMPACT, RADIUS, TARGET
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing, one_tab_stop


class Segment(FocusRing):
    """One of the choices; the tint tells what it means when it is chosen."""

    def __init__(self, text: str, object_name: str, tint: str, height: int, width: int) -> None:
        super().__init__()
        self.setText(text)
        paint.name(self, object_name, text)
        self.setCheckable(True)
        self._tint = tint
        self._height = height
        self._width = width
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(theme.font(Role.STRONG))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        tick = 20 if self._tint else 0
        wanted = paint.text_width(self.text(), self.font()) + 28 + tick
        return QSize(max(self._width, wanted) if self._tint else self._width, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        whole = paint.inside(self).adjusted(2, 2, -2, -2)
        chosen = self.isChecked()
        if chosen:
            ground, ink = self._chosen_colours()
            paint.box(painter, whole, ground, radius=RADIUS - 2)
        else:
            ink = scheme.text if self.isEnabled() else scheme.disabled
            rest = paint.ground_of(self, rest=None, hover=scheme.hover, pressed=scheme.pressed)
            if rest is not None:
                paint.box(painter, whole, rest, radius=RADIUS - 2)
        if self.shows_ring():
            self._paint_ring(painter, ink if chosen else scheme.accent)
        self._paint_words(painter, ink, chosen=chosen)

    def _paint_ring(self, painter: QPainter, colour: str) -> None:
        paint.ring(painter, paint.inside(self).adjusted(3, 3, -3, -3), colour, RADIUS - 3)

    def _paint_words(self, painter: QPainter, ink: str, *, chosen: bool) -> None:
        whole = paint.inside(self).adjusted(6, 0, -6, 0)
        font = theme.font(Role.STRONG if chosen else Role.BODY)
        if chosen and self._tint:
            width = paint.text_width(self.text(), font)
            left = whole.center().x() - (width + 20) / 2
            icons.draw(painter, "check", QRectF(left, 0, 16, whole.height()), ink)
            whole.setLeft(left + 20)
            paint.write(painter, whole, self.text(), font, ink)
        else:
            paint.write(painter, whole, self.text(), font, ink, Qt.AlignmentFlag.AlignHCenter)

    def _chosen_colours(self) -> tuple[str, str]:
        scheme = theme.current()
        if not self.isEnabled():
            return scheme.neutral_soft, scheme.muted
        if self._tint in {"", "accent"}:
            return scheme.accent, scheme.on_accent
        colours = scheme.named()
        return colours[f"{self._tint}_soft"], colours[self._tint]


class SegmentedControl(QWidget):
    """One choice of two to five, all in sight. Arrow keys move, Space chooses.

    Args:
        options: value -> word, in order.
        object_name: of the control; a segment is called `{object_name}_{value}`.
        accessible_name: what is chosen here.
        tints: value -> colour of the chosen segment ("accent" or a `Kind`); accent if missing.
        keys: letter -> value, chosen when typed.
        compact: 36 instead of 44 pixels high.
    """

    chosen = Signal(str)
    """The user has chosen a value."""

    def __init__(
        self,
        options: Mapping[str, str],
        object_name: str,
        accessible_name: str,
        *,
        tints: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
        compact: bool = False,
        least_width: int = 64,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        paint.name(self, object_name, accessible_name)
        self._keys = dict(keys or {})
        self._values = tuple(options)
        self._group = QButtonGroup(self)
        self._height = COMPACT if compact else TARGET
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 0, 1, 0)
        row.setSpacing(0)
        for at, (value, text) in enumerate(options.items()):
            tint = (tints or {}).get(value, "accent")
            segment = Segment(text, f"{object_name}_{value}", tint, self._height, least_width)
            segment.setAccessibleDescription(accessible_name)
            self._group.addButton(segment, at)
            row.addWidget(segment)
        self._group.idClicked.connect(self._clicked)
        self._group.idToggled.connect(self._toggled)
        one_tab_stop(self._group)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def value(self) -> str | None:
        """Return the chosen value, or None."""
        at = self._group.checkedId()
        return self._values[at] if at >= 0 else None

    def set_value(self, value: str | None) -> None:
        """Show a choice without telling of it; None shows none."""
        if value is None:
            self._group.setExclusive(False)
            for button in self._group.buttons():
                button.setChecked(False)
            self._group.setExclusive(True)
        else:
            self._group.button(self._values.index(value)).setChecked(True)

    def segment(self, value: str) -> QAbstractButton:
        """Return the button of a value."""
        return self._group.button(self._values.index(value))

    def offer(self, values: Collection[str]) -> None:
        """Show only the segments of these values."""
        for value in self._values:
            self.segment(value).setVisible(value in values)

    def choose(self, value: str) -> None:
        """Choose as the user would: shows it, and tells of it if it is another."""
        if self.value() != value:
            self.set_value(value)
            self.chosen.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        value = self._keys.get(event.text().lower()) if event.text() else None
        if value is None:
            super().keyPressEvent(event)
            return
        self.choose(value)
        self.segment(value).setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        border = scheme.border_strong if self.isEnabled() else scheme.border
        paint.box(QPainter(self), paint.inside(self), scheme.surface, border)

    @Slot(int, bool)
    def _toggled(self, _at: int, _checked: bool) -> None:
        one_tab_stop(self._group)

    @Slot(int)
    def _clicked(self, at: int) -> None:
        self.chosen.emit(self._values[at])


class TriState(SegmentedControl):
    """Yes / No / Not asked. Starts at "not asked", which is never a "no".

    Keys: y, n and - (or Backspace). `warn_on` tells which answer deserves attention, for its tint.
    """

    answered = Signal(object)
    """The user's `Answer`."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        *,
        warn_on: Answer | None = Answer.YES,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        yes, no, unasked = Answer.YES.value, Answer.NO.value, Answer.NOT_ASKED.value
        tints = {yes: "accent", no: "accent", unasked: "neutral"}
        if warn_on is not None:
            tints[warn_on.value] = "caution"
        super().__init__(
            {yes: self.tr("Yes"), no: self.tr("No"), unasked: self.tr("Not asked")},
            object_name,
            accessible_name,
            tints=tints,
            keys={"y": yes, "n": no, "-": unasked, "\b": unasked},
            compact=compact,
            least_width=76,
            parent=parent,
        )
        self.set_value(unasked)
        self.chosen.connect(self._tell)

    def answer(self) -> Answer:
        """Return the answer shown."""
        return Answer(self.value() or Answer.NOT_ASKED)

    def set_answer(self, answer: Answer) -> None:
        """Show an answer without telling of it."""
        self.set_value(answer.value)

    @Slot(str)
    def _tell(self, value: str) -> None:
        self.answered.emit(Answer(value))


class Scale0to10(SegmentedControl):
    """A number from 0 to 10, as for pain, or not asked yet. Digits choose; Backspace clears.

    Typing `1` and then `0` within the same focus gives 10.
    """

    rated = Signal(object)
    """The number, or None after clearing."""

    def __init__(
        self, object_name: str, accessible_name: str, parent: QWidget | None = None
    ) -> None:
        numbers: Sequence[str] = [str(number) for number in range(11)]
        super().__init__(
            {number: number for number in numbers},
            object_name,
            accessible_name,
            tints=dict.fromkeys(numbers, ""),
            least_width=TARGET,
            parent=parent,
        )
        self._typed_one = False
        self.chosen.connect(self._tell)

    def rating(self) -> int | None:
        """Return the number chosen, or None."""
        value = self.value()
        return None if value is None else int(value)

    def set_rating(self, rating: int | None) -> None:
        """Show a number without telling of it."""
        self.set_value(None if rating is None else str(rating))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self._typed_one = False
            self.set_value(None)
            self.rated.emit(None)
        elif text in set("0123456789") and text:
            number = "10" if text == "0" and self._typed_one else text
            self._typed_one = text == "1"
            self.choose(number)
            self.segment(number).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    @Slot(str)
    def _tell(self, value: str) -> None:
        self.rated.emit(int(value))
