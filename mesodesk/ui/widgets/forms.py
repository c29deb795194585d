"""Forms: a label above its field, help beneath the label, rows one below the other or in pairs."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Label, Muted

_LEAST_LABEL: Final = 72


class _FieldLabel(Label):
    """Wants one line, and wraps only where there is no room for it.

    A label of Qt's that wraps asks for less width than its words need, and breaks beside free room.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, Role.STRONG)
        self.setWordWrap(True)

    def sizeHint(self) -> QSize:
        return QSize(self._one_line(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._one_line(), _LEAST_LABEL), self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def _one_line(self) -> int:
        return self.fontMetrics().horizontalAdvance(self.text()) + 2

    def _height(self) -> int:
        """Return the height at the width it has: a row is as high as it says, and no higher."""
        if self.width() >= self._one_line():
            return self.fontMetrics().height()
        return self.heightForWidth(self.width())


class FormRow(QWidget):
    """A labelled field. The field shows its own error beneath itself.

    Args:
        label: names the field; a click on it goes there.
        field: a `Field`, or any widget (TriState, SegmentedControl, CheckField).
        help_text: one line on what to type.
        optional: adds "optional" to the label.
    """

    def __init__(
        self,
        label: str,
        field: QWidget,
        help_text: str = "",
        *,
        optional: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.field = field
        self.label = _FieldLabel(label)
        self.label.setBuddy(field)
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.label)
        if optional:
            head.addWidget(Label(self.tr("optional"), Role.SMALL, "muted"))
        head.addStretch(1)
        self._head = head
        self.help = Muted(help_text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        nest(column, head)
        column.addWidget(self.help)
        column.addWidget(field)
        self.help.setVisible(bool(help_text))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def put_beside_label(self, widget: QWidget) -> None:
        """Put something small at the right, in the line of the label."""
        self._head.addWidget(widget)

    def set_help(self, text: str) -> None:
        """Change the help line; "" hides it."""
        self.help.setText(text)
        self.help.setVisible(bool(text))


class Form(QWidget):
    """A column of rows, never wider than is pleasant to fill in."""

    def __init__(self, *, max_width: int = 640, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumWidth(max_width)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.L)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def add_row(
        self, label: str, field: QWidget, help_text: str = "", *, optional: bool = False
    ) -> FormRow:
        """Add a labelled field over the whole width."""
        row = FormRow(label, field, help_text, optional=optional)
        self._column.addWidget(row)
        return row

    def add_pair(self, *rows: FormRow, first: int = 1) -> None:
        """Add rows side by side, of equal width, or the first so many times as wide."""
        line = QHBoxLayout()
        line.setSpacing(Space.M)
        for row in rows:
            share = first if row is rows[0] else 1
            line.addWidget(row, share, Qt.AlignmentFlag.AlignTop)
        nest(self._column, line)

    def add(self, widget: QWidget) -> None:
        """Add anything else: a heading, a notice, a button."""
        self._column.addWidget(widget)

    def first_wrong(self) -> Field | None:
        """Return the first field with an error, in reading order."""
        wrong = [field for field in self.findChildren(Field) if field.error()]
        return min(wrong, key=self._place, default=None)

    def _place(self, field: Field) -> tuple[int, int]:
        at = field.mapTo(self, field.rect().topLeft())
        return at.y(), at.x()
