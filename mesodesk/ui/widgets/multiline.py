"""A field for several lines that grows with its text."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.field import Field
from mesodesk.ui.widgets.textfields import clean, left_out, too_long

LONGEST_TEXT: Final = 4_000


class _GrowingEdit(QPlainTextEdit):
    """Tells when the focus leaves."""

    left = Signal()

    def focusOutEvent(self, event: object) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.left.emit()


class MultilineField(Field):
    """Several lines; grows with the text, and scrolls beyond `most_lines`. Tab moves on."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        *,
        placeholder: str = "",
        longest: int = LONGEST_TEXT,
        least_lines: int = 2,
        most_lines: int = 10,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, parent=parent)
        self._longest = longest
        self._lines = (least_lines, most_lines)
        self._quiet = False
        self.input = _GrowingEdit()
        self.input.setProperty("bare", True)
        self.input.setFrameShape(QFrame.Shape.NoFrame)
        self.input.setFont(theme.font(Role.INPUT))
        self.input.setPlaceholderText(placeholder)
        self.input.setTabChangesFocus(True)
        self.input.document().setDocumentMargin(0)
        self.input.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.input.viewport().setAutoFillBackground(False)
        self.adopt(self.input)
        self.frame.line.setContentsMargins(14, 10, 6, 10)
        self.frame.line.addWidget(self.input, 1)
        self.input.textChanged.connect(self._changed)
        self.input.document().documentLayout().documentSizeChanged.connect(self._grow)
        self.input.left.connect(self.committed)
        self._grow()

    def value(self) -> str:
        """Return the text without surrounding white space."""
        return self.input.toPlainText().strip()

    def set_value(self, text: str) -> None:
        """Show a text. A field that holds this text already keeps its cursor."""
        if text != self.value():
            self._quiet = True
            self.input.setPlainText(text)
            self._quiet = False
        self.set_error("")
        self.set_hint("")

    @Slot()
    def _changed(self) -> None:
        if self._quiet:
            return
        text = self.input.toPlainText()
        cleaned, foreign = clean(text, lines=True)
        if foreign:
            self._replace(text, cleaned)
        self.set_hint(left_out(self) if foreign else "", Kind.CAUTION)
        self.set_error(too_long(self, self.value(), self._longest))
        self.edited.emit(None if self.error() else self.value())

    def _replace(self, text: str, cleaned: str) -> None:
        before, _ = clean(text[: self.input.textCursor().position()], lines=True)
        self._quiet = True
        self.input.setPlainText(cleaned)
        self._quiet = False
        cursor = self.input.textCursor()
        cursor.setPosition(min(len(before), len(cleaned)))
        self.input.setTextCursor(cursor)

    @Slot()
    def _grow(self) -> None:
        least, most = self._lines
        # A plain text document measures itself in lines.
        lines = min(most, max(least, int(self.input.document().size().height())))
        self.input.setFixedHeight(int(lines * self.input.fontMetrics().lineSpacing()) + 2)
        self.frame.updateGeometry()
