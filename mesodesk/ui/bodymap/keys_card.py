"""The keys of the chart, on one card."""

from typing import Final

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import Heading, KeyHint, Label

# What the card needs beside and around the keys: its own margins, shadow and heading.
_BESIDE: Final = 64
_AROUND: Final = 108


class KeysCard(Popover):
    """Opens on `?`; goes with Esc or a click beside it. Scrolls where the window is too low."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor, "chart_keys", "")
        self.setAccessibleName(self.tr("Keys of the chart"))
        self.add(Heading(self.tr("Keys of the chart")))
        self._lines: list[tuple[QWidget, QWidget]] = [
            (KeyHint(keys), Label(text)) for keys, text in chart_keys()
        ]
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidgetResizable(True)
        self._content = QWidget()
        self._grid = QGridLayout(self._content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self.area.setWidget(self._content)
        self.area.viewport().setAutoFillBackground(False)
        self._content.setAutoFillBackground(False)
        self.add(self.area)

    def open_at(self, point: QPoint | None = None, focus: QWidget | None = None) -> None:
        room = self._anchor.window().size()
        self._lay_out(2)
        if self._content.sizeHint().width() > room.width() - _BESIDE:
            self._lay_out(1)
        wanted, most = self._content.sizeHint(), room.height() - _AROUND
        scrolls = wanted.height() > most
        bar = self.area.verticalScrollBar().sizeHint().width() if scrolls else 0
        self.area.setFixedSize(wanted.width() + bar, min(wanted.height(), most))
        # The arrows scroll then.
        super().open_at(point, focus if focus is not None or not scrolls else self.area)

    def _lay_out(self, columns: int) -> None:
        """Put the keys into columns, from the top of each."""
        rows = -(-len(self._lines) // columns)
        for at, (keys, text) in enumerate(self._lines):
            column, row = divmod(at, rows)
            self._grid.addWidget(keys, row, 2 * column)
            self._grid.addWidget(text, row, 2 * column + 1)
        self._grid.invalidate()


def chart_keys() -> tuple[tuple[str, str], ...]:
    """Return the keys of the chart and what each does, in the order of use."""
    return (
        ("1 \u2026 9", _tr("take a syringe")),
        ("[  ]", _tr("less or more volume")),
        ("{  }", _tr("a fifth less volume, or that much more")),
        ("\u2190 \u2191 \u2193 \u2192", _tr("lead the crosshair; move the selected point")),
        ("Enter", _tr("place, fill or draw at the crosshair; open the point or field")),
        ("Tab", _tr("next point")),
        ("Del", _tr("delete the selected point or field")),
        ("Esc", _tr("cancel, let go")),
        ("Ctrl+Z  Ctrl+Y", _tr("undo, redo")),
        ("+  \u2212  0", _tr("zoom in, out, whole view")),
        (_tr("Space"), _tr("hold to pan; Ctrl and arrows too")),
        ("PgUp  PgDn", _tr("view before, view after")),
        ("G", _tr("points of the last sessions")),
        ("C", _tr("copy the last session")),
        ("W", _tr("place a favourite, or save one")),
        ("H", _tr("exposure map of earlier sessions")),
        ("X", _tr("zones to keep out of")),
        ("P  V", _tr("place points; only select")),
        ("R", _tr("fill a region with a click")),
        ("L  B  T  O", _tr("draw a lasso, band, box or circle and fill it")),
        ("N", _tr("draw a line of points along the skin")),
        (_tr("Enter  Backspace"), _tr("while drawing: set a corner, again to end; take one back")),
        ("J", _tr("next area: new field, add to the selected one, cut out")),
        (_tr("Shift  Alt"), _tr("hold to add the area or cut it out")),
        ("S", _tr("press a multi-injector on the skin; drag to turn it")),
        (",  .", _tr("closer together or further apart; turn the stamp")),
        ("F", _tr("find a region by its name")),
        ("M", _tr("mirror the selected field")),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("chart_keys", text)
