"""One line beside the chart: what each sign of an amendment means, how often, who, when and why."""

from typing import Final

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from mesodesk.domain.bodymap.amended import Amended
from mesodesk.ui import theme
from mesodesk.ui.bodymap.amended_marks import Sign, draw_sign
from mesodesk.ui.bodymap.amendment_words import (
    OtherVersion,
    added_text,
    changed_text,
    struck_text,
)
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.text import ElidedLabel, Label

_SWATCH: Final = 20
_SKIN: Final = "#E3C5AE"
_RADII: Final = {Sign.STRUCK: 4.5, Sign.THROUGH: 3.0, Sign.ADDED: 5.0, Sign.CHANGED: 4.6}


class SignSwatch(QWidget):
    """A sign as it looks on skin."""

    def __init__(self, sign: Sign) -> None:
        super().__init__()
        self.sign = sign
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_SWATCH, _SWATCH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = paint.inside(self)
        paint.box(painter, box, _SKIN, radius=4)
        painter.setClipRect(box)
        draw_sign(painter, self.sign, QPointF(box.center()), _RADII[self.sign])


class AmendmentLine(QFrame):
    """The legend of an amended chart; hidden while there is nothing to explain."""

    def __init__(self) -> None:
        super().__init__()
        paint.name(self, "amendment_line", self.tr("What the amendment changed on the chart"))
        self.swatches = {sign: SignSwatch(sign) for sign in Sign}
        self.struck, self.added, self.changed = (Label("", Role.SMALL_STRONG) for _ in range(3))
        self.who = ElidedLabel("", Role.SMALL, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, Space.XS, Space.M, Space.XS)
        row.setSpacing(Space.S)
        for signs, label in (
            ((Sign.STRUCK, Sign.THROUGH), self.struck),
            ((Sign.ADDED,), self.added),
            ((Sign.CHANGED,), self.changed),
        ):
            for sign in signs:
                row.addWidget(self.swatches[sign])
            row.addWidget(label)
            row.addSpacing(Space.S)
        row.addWidget(self.who, 1)
        self.hide()

    def show_found(self, found: Amended | None, other: OtherVersion | None) -> None:
        """Explain the signs that there are; hide where the charts are alike."""
        if found is None or other is None or found.nothing:
            self.hide()
            return
        struck, changed = struck_text(found), changed_text(found)
        added = "" if other.later else added_text(found)
        if other.later:
            # In the original itself both are struck through: neither stands as it is.
            struck, changed = ", ".join(filter(None, (struck, changed))), ""
        shown = {
            Sign.STRUCK: bool(struck) and not other.later,
            Sign.THROUGH: bool(struck) and other.later,
            Sign.ADDED: bool(added),
            Sign.CHANGED: bool(changed),
        }
        for sign, swatch in self.swatches.items():
            swatch.setVisible(shown[sign])
        for label, text in ((self.struck, struck), (self.added, added), (self.changed, changed)):
            label.setText(text)
            label.setVisible(bool(text))
        words = self.tr("by {name}, {moment}: {reason}")
        if not other.signed:
            words = self.tr("by {name}, since {moment}, not signed yet: {reason}")
        reason = " ".join(other.reason.split())
        self.who.setText(words.format(name=other.by, moment=other.at, reason=reason))
        told = filter(None, (struck, added, changed, self.who.text()))
        self.setAccessibleDescription("; ".join(told))
        # Only what was added differs from the original's side: there nothing of it is struck.
        self.setVisible(bool(struck or added or changed))

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        paint.box(QPainter(self), paint.inside(self), scheme.surface, scheme.border)
