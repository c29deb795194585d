"""What differs from the last session, on a chip over the canvas; before a copy it offers one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Slot

from mesodesk.domain.bodymap.differing import Difference, difference
from mesodesk.ui import theme
from mesodesk.ui.bodymap.copying import session_name
from mesodesk.ui.bodymap.difference_words import explanation, summary
from mesodesk.ui.bodymap.syringes import chart_syringe
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import Heading, Label

if TYPE_CHECKING:
    from mesodesk.domain.records.chart import EarlierChart
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.bodymap.earlier import Earlier

_REST_MS: Final = 150
_MARGIN: Final = 40
_WIDEST: Final = 540
"""A line of the details goes on below from there."""
_CHIP: Final = 42
"""What a chip takes beside its words."""
_MOST_ROOM: Final = 0.55
"""A chip that takes more than this share of the canvas is shortened: points lie behind it."""
_USUAL_CM: Final = 168.0
"""Places are told apart by millimetres; a height that is not known hardly matters."""


class SinceLast(QObject):
    """Belongs to a chart's view. Everything is derived from the two charts: nothing is stored."""

    def __init__(self, view: ChartView, earlier: Earlier) -> None:
        super().__init__(view)
        self._canvas = view.canvas
        self._model = view.canvas.model
        self._earlier = earlier
        self._last: EarlierChart | None = None
        self._round = 0
        self._copies = False
        self.explained: tuple[str, ...] = ()
        self.chip = Chip(Kind.NEUTRAL, "", "chart_since_last", clickable=True, parent=self._canvas)
        self.chip.hide()
        self._beside = view.hidden_chip
        self._below = view.joining_bar
        # The whole sentence, and what stands for it where the body would vanish behind that.
        self._words, self._tip = ("", ""), ""
        self._popover: Popover | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REST_MS)
        self._soon.timeout.connect(self.compare)
        self.chip.clicked.connect(self._clicked)
        self._canvas.installEventFilter(self)
        self._model.loaded.connect(self._loaded)
        for signal in (self._model.changed, self._model.active_changed):
            signal.connect(self._later)
        self._model.read_only_changed.connect(self.compare)
        self._canvas.hidden_changed.connect(self._place)

    @Slot()
    def _loaded(self) -> None:
        self._last = None
        self._next()
        self.chip.hide()
        self._earlier.ask(self._have, most=1)

    def _have(self, charts: tuple[EarlierChart, ...]) -> None:
        self._last = charts[0] if charts and charts[0].drawable and charts[0].fields else None
        self.compare()

    def _next(self) -> int:
        """Begin a round: what comes back of an earlier one is not shown any more."""
        self._round += 1
        return self._round

    @Slot()
    @Slot(object)
    def _later(self, _changed: object = None) -> None:
        self._soon.start()

    @Slot()
    def compare(self) -> None:
        """Compare the two charts beside the window."""
        model, number = self._model, self._next()
        self._soon.stop()
        if self._last is None or model.atlas is None:
            self.chip.hide()
            return
        contents = {each.id: each.mixture for each in model.syringes}
        contents |= {each.id: chart_syringe(each).mixture for each in self._last.syringes}
        work = partial(
            difference,
            tuple(model.fields.values()),
            self._last.fields,
            contents,
            model.atlas,
            _USUAL_CM if model.height_cm is None else float(model.height_cm),
        )
        self._earlier.aside(self, work, partial(self._compared, number))

    def _compared(self, number: int, found: Difference) -> None:
        last = self._last
        if number != self._round or last is None:
            return
        self._copies = not found.akin and not last.original
        if found.akin or last.original:
            self.explained = explanation(found, self._model.language)
            self.chip.set_kind(Kind.NEUTRAL if found.nothing else Kind.INFO, "history")
            whole = summary(found, original=last.original)
            brief = summary(found, original=last.original, brief=True)
            self._show(whole, brief, "\n".join((_since(last), *self.explained)))
        elif self._model.read_only:
            self.chip.hide()
        else:
            self.explained = ()
            self.chip.set_kind(Kind.NEUTRAL, "content-duplicate")
            copy = _tr("Copy {session}").format(session=session_name(last, inside=True))
            self._show(copy, copy, _tr("Copy the last session's fields, not its lots  (C)"))

    def _show(self, whole: str, brief: str, tip: str) -> None:
        self._words, self._tip = (whole, brief), tip
        self.chip.show()
        self._place()

    @Slot()
    @Slot(int)
    def _place(self, _hidden: int = 0) -> None:
        """Take the right upper corner, or go below the other chip where both do not fit."""
        room = self._canvas.width() - 2 * _MARGIN
        whole, brief = self._words
        self.chip.set_text(whole if _width(whole) <= room * _MOST_ROOM else brief)
        self.chip.setAccessibleName(whole)
        self.chip.setToolTip(self._tip)
        self.chip.setFixedWidth(max(60, min(_width(self.chip.text()), room)))
        x, y = self._canvas.width() - _MARGIN - self.chip.width(), 11
        other = self._beside.geometry()
        if self._beside.isVisibleTo(self._canvas) and x < other.right() + 8:
            y = other.bottom() + 6
        self.chip.move(max(4, x), y)
        if self._below.isVisible():
            self._below.place()

    @Slot()
    def _clicked(self) -> None:
        if self._copies:
            self._canvas.copy_asked.emit()
        elif self._last is not None:
            self._explain(self._last)

    def _explain(self, last: EarlierChart) -> None:
        """Show by a click what hovering tells: fingers do not hover."""
        if self._popover is not None:
            self._popover.deleteLater()
        self._popover = Popover(self.chip, "since_last", _since(last))
        self._popover.add(Heading(_since(last)))
        for line in self.explained:
            self._popover.add(_line(line))
        self._popover.open_at()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas and event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


def _width(words: str) -> int:
    """Return how wide a chip with these words is."""
    return paint.text_width(words, theme.font(Role.SMALL_STRONG)) + _CHIP


def _line(words: str) -> Label:
    """Return a line of the details, broken where it would be very long."""
    label = Label(words, wrap=True)
    width = min(_WIDEST, paint.text_width(words, label.font()) + 2)
    label.setFixedSize(width, label.heightForWidth(width))
    return label


def _since(last: EarlierChart) -> str:
    return _tr("Since {session}").format(session=session_name(last, inside=True))


def _tr(text: str) -> str:
    return QCoreApplication.translate("since_last", text)
