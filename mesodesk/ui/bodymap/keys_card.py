"""The keys of the chart, on one card."""

from PySide6.QtWidgets import QGridLayout, QWidget

from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.popover import Popover
from mesodesk.ui.widgets.text import Heading, KeyHint, Label


class KeysCard(Popover):
    """Opens on `?`; goes with Esc or a click."""

    def __init__(self, anchor: QWidget) -> None:
        super().__init__(anchor, "chart_keys", "")
        self.setAccessibleName(self.tr("Keys of the chart"))
        self.add(Heading(self.tr("Keys of the chart")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.XS)
        for at, (keys, text) in enumerate(self._keys()):
            grid.addWidget(KeyHint(keys), at, 0)
            grid.addWidget(Label(text), at, 1)
        self.body.addLayout(grid)

    def _keys(self) -> tuple[tuple[str, str], ...]:
        return (
            ("1 \u2026 9", self.tr("take a syringe")),
            ("[  ]", self.tr("less or more volume")),
            ("\u2190 \u2191 \u2193 \u2192", self.tr("lead the crosshair; move the selected point")),
            ("Enter", self.tr("place a point; open the selected one")),
            ("Tab", self.tr("next point")),
            ("Del", self.tr("delete the selected point")),
            ("Esc", self.tr("cancel, let go")),
            ("Ctrl+Z  Ctrl+Y", self.tr("undo, redo")),
            ("+  \u2212  0", self.tr("zoom in, out, whole view")),
            (self.tr("Space"), self.tr("hold to pan; Ctrl and arrows too")),
            ("PgUp  PgDn", self.tr("view before, view after")),
            ("P  V", self.tr("place points; only select")),
        )
