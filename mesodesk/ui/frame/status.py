"""The strip beneath every page: what is kept, and since when."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui import theme
from mesodesk.ui.numbers import format_time
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import FocusRing
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label


class _Dot(QWidget):
    """A small disc in the colour of a kind."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = ""
        self.setFixedSize(10, 10)

    def set_colour(self, colour: str) -> None:
        self._colour = colour
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._colour:
            ink = theme.colour(self._colour)
            paint.box(QPainter(self), QRectF(0.5, 0.5, 9, 9), ink, radius=4.5)


class HintButton(FocusRing):
    """A key and what it does, small; can be clicked too."""

    def __init__(self, keys: str, text: str, object_name: str) -> None:
        super().__init__()
        self._keys = keys
        self.setText(text)
        paint.name(self, object_name, f"{text} ({keys})")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        font = theme.font(Role.SMALL)
        width = paint.text_width(self._keys, font) + paint.text_width(self.text(), font)
        return QSize(width + 16, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = theme.current()
        font = theme.font(Role.SMALL)
        ink = scheme.text if self.underMouse() else scheme.muted
        room = paint.inside(self).adjusted(4, 0, 0, 0)
        paint.write(painter, room, self._keys, font, ink)
        room.setLeft(room.left() + paint.text_width(self._keys, font) + 6)
        paint.write(painter, room, self.text(), font, ink)


class _FailureBar(QFrame):
    """A red bar with a sentence; stays until what failed has been kept."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status_failure")
        self.text = Label("", Role.STRONG, wrap=True)
        self.text.setObjectName("status_failure_text")
        line = QHBoxLayout(self)
        line.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        line.setSpacing(Space.M)
        line.addWidget(IconLabel("alert-octagon", "on_stop_fill"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.text, 1)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence, or nothing."""
        self.text.setText(sentence)
        self.text.set_tone("on_stop_fill")
        self.setVisible(bool(sentence))

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint.box(QPainter(self), paint.inside(self), theme.current().stop_fill)


class StatusStrip(QWidget):
    """Says `kept 10:42:07` when everything of every source is durable, and red when it is not.

    The keepers of the pages tell it (`keeping`, `kept`, `failed`); it is their `Status`.
    """

    flush_asked = Signal()
    """Everything that waits should be written now: the window is being locked or closed."""

    palette_asked = Signal()
    keys_asked = Signal()

    waiting_changed = Signal()
    """More waits to be written than before, or less."""

    failing = Signal(str)
    """Something is not kept: the sentence that the strip shows; "" once all is kept again."""

    storage_stuck = Signal()
    """Storage does not take what waits; told again with all that is typed meanwhile."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status")
        self._zone: str | None = None
        self._waiting: dict[int, object] = {}
        self._failures: dict[int, str] = {}
        self._troubles: set[int] = set()
        self._moment: datetime | None = None
        self._set_aside, self._all_aside = "", False
        self._bar = _FailureBar()
        self._dot = _Dot()
        self._dot.hide()
        self._words = Label("", Role.SMALL)
        self._words.hide()
        self._words.setObjectName("kept")
        self.note = Label("", Role.SMALL, "muted")
        self.note.setObjectName("status_note")
        find = HintButton("Ctrl+K", self.tr("find anything"), "hint_find")
        keys = HintButton("?", self.tr("keys"), "hint_keys")
        find.clicked.connect(self.palette_asked)
        keys.clicked.connect(self.keys_asked)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        for widget in (self._dot, self._words, self.note):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(find)
        line.addWidget(keys)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.L, Space.XS, Space.L, Space.XS)
        whole.setSpacing(0)
        whole.addWidget(self._bar)
        nest(whole, line)

    def set_zone(self, zone: str | None) -> None:
        """Show times in a zone; None means this computer's."""
        self._zone = zone
        self._refresh()

    def set_note(self, text: str) -> None:
        """Say one more thing, quietly: how old the last backup is."""
        self.note.setText(text)

    def text(self) -> str:
        """Return what the strip says: "kept 10:42:07", "keeping…" or what failed."""
        return self._bar.text.text() or self._words.text()

    def failure(self) -> str:
        """Return what stands against keeping something, or ""."""
        return self._bar.text.text()

    def unkept(self) -> bool:
        """Tell whether anything typed is not durable yet."""
        return bool(self._waiting or self._failures)

    def unkept_count(self) -> int:
        """Return how many forms or acts are not durable yet; troubles of others do not count."""
        return len(self._waiting.keys() | (self._failures.keys() - self._troubles))

    def is_waiting(self) -> bool:
        """Tell whether anything will still be written, now or when it is tried again."""
        return bool(self._waiting)

    def waiting_sources(self) -> tuple[object, ...]:
        """Return whose changes wait to be written."""
        return tuple(self._waiting.values())

    def say_set_aside(self, sentence: str, *, all_of_it: bool) -> None:
        """Say besides what failed where it lies meanwhile; nothing with ""."""
        self._set_aside, self._all_aside = sentence, all_of_it
        self._refresh()

    def is_set_aside(self) -> bool:
        """Tell whether all that is not kept lies in the side file."""
        refused = self._failures.keys() - self._troubles - self._waiting.keys()
        return self._all_aside and not refused

    def keeping(self, source: object) -> None:
        """Something of this source is not yet kept."""
        if id(source) not in self._waiting:
            self._waiting[id(source)] = source
            self._refresh()
            self.waiting_changed.emit()

    def stuck(self, _source: object) -> None:
        """Storage does not take what a source holds."""
        self.storage_stuck.emit()

    def kept(self, source: object, moment: datetime) -> None:
        """Everything of this source is durable since that moment (UTC)."""
        self._forget(source)
        if self._moment is None or moment > self._moment:
            self._moment = moment
        self._refresh()

    def failed(self, source: object, sentence: str) -> None:
        """Something of this source could not be kept."""
        self._waiting.pop(id(source), None)
        self._failures[id(source)] = sentence
        self._refresh()
        self.waiting_changed.emit()

    def troubled(self, source: object, sentence: str) -> None:
        """Something stands against keeping anything, though nothing may have been typed."""
        self._troubles.add(id(source))
        self.failed(source, sentence)

    def dropped(self, source: object) -> None:
        """Nothing of this source waits any more: it was given up, and said so elsewhere."""
        self._forget(source)
        self._refresh()

    def _forget(self, source: object) -> None:
        self._troubles.discard(id(source))
        self._failures.pop(id(source), None)
        if self._waiting.pop(id(source), None) is not None:
            self.waiting_changed.emit()

    def on_flush(self, slot: Callable[[], object]) -> None:
        """Call this whenever everything that waits should be written now."""
        self.flush_asked.connect(slot)

    @Slot()
    def ask_flush(self) -> None:
        """Have everything that waits written now."""
        self.flush_asked.emit()

    def _refresh(self) -> None:
        sentence = next(iter(self._failures.values()), "")
        said = f"{sentence} {self._set_aside}".strip() if sentence else ""
        if said != self._bar.text.text():
            self._bar.say(said)
            self.failing.emit(said)
        if sentence:
            self._show("stop", self.tr("not kept"))
        elif self._waiting:
            self._show("caution", self.tr("keeping…"))
        elif self._moment is not None:
            at = format_time(self._moment, self._zone, seconds=True)
            self._show("ok", self.tr("kept {time}").format(time=at))
        else:
            self._show("", "")

    def _show(self, tone: str, words: str) -> None:
        self._dot.set_colour(tone)
        self._words.set_tone(tone)
        self._words.setText(words)
        for shown in (self._dot, self._words):
            shown.setVisible(bool(words))
