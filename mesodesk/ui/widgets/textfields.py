"""Fields for words: one line, search, password, several lines that grow."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.cleaning import clean_text
from mesodesk.ui.widgets.field import Field

LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 4_000


def bare_line_edit() -> QLineEdit:
    """Return a line edit without a frame of its own, for an `InputFrame`."""
    made = QLineEdit()
    made.setProperty("bare", True)
    made.setFrame(False)
    made.setFont(theme.font(Role.INPUT))
    made.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, False)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return made


class TextField(Field):
    """One line of text. Control characters in pasted text are left out, and it says so."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        *,
        placeholder: str = "",
        longest: int = LONGEST_LINE,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, compact=compact, parent=parent)
        self._longest = longest
        self.input = bare_line_edit()
        self.input.setPlaceholderText(placeholder)
        self.adopt(self.input)
        self.frame.line.addWidget(self.input, 1)
        self.input.textEdited.connect(self._edited)
        self.input.editingFinished.connect(self.committed)

    def value(self) -> str:
        """Return the text without surrounding spaces."""
        return self.input.text().strip()

    def set_value(self, text: str) -> None:
        """Show a text. A field that holds this text already keeps its cursor."""
        if text != self.value():
            self.input.setText(text)
        self.set_error("")
        self.set_hint("")

    @Slot(str)
    def _edited(self, text: str) -> None:
        cleaned, foreign = clean_text(text)
        if cleaned != text:
            before, _ = clean_text(text[: self.input.cursorPosition()])
            self.input.setText(cleaned)
            self.input.setCursorPosition(len(before))
        self.set_hint(_left_out(self) if foreign else "", Kind.CAUTION)
        self.set_error(_too_long(self, self.value(), self._longest))
        self.edited.emit(None if self.error() else self.value())


def _left_out(field: QObject) -> str:
    return field.tr("Characters that cannot be shown were left out.")


def _too_long(field: QObject, text: str, longest: int) -> str:
    if len(text) <= longest:
        return ""
    sentence = field.tr("This has {length} characters; at most {longest} can be kept. Shorten it.")
    return sentence.format(length=len(text), longest=longest)


class SearchField(TextField):
    """A line to search with. Tells of every change; Up, Down and Enter are for the list below."""

    searched = Signal(str)
    """The text, after every change and after clearing."""

    moved = Signal(int)
    """Up (-1) or Down (1) was pressed."""

    entered = Signal()
    """Enter was pressed."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        *,
        placeholder: str = "",
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            object_name, accessible_name, placeholder=placeholder, compact=compact, parent=parent
        )
        self.frame.line.insertWidget(0, IconLabel("magnify", "muted", 20))
        clear = self.tr("Clear the search")
        self.clear_button = IconButton("close", clear, f"{object_name}_clear", size=34)
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clear_button.hide()
        self.frame.line.addWidget(self.clear_button)
        self.clear_button.clicked.connect(self.clear)
        self.edited.connect(self._tell)
        self.input.installEventFilter(self)

    @Slot()
    def clear(self) -> None:
        """Empty the field and tell of it."""
        self.set_value("")
        self._tell()
        self.input.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_value(self, text: str) -> None:
        super().set_value(text)
        self.clear_button.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif key == Qt.Key.Key_Escape and self.value():
            self.clear()
        else:
            return False
        return True

    @Slot()
    def _tell(self) -> None:
        self.clear_button.setVisible(bool(self.input.text()))
        self.searched.emit(self.value())


class PasswordField(Field):
    """A secret with a button that shows it. Nothing of it is cleaned, hinted or remembered."""

    entered = Signal()
    """Enter was pressed."""

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        *,
        placeholder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(object_name, accessible_name, parent=parent)
        self.input = bare_line_edit()
        self.input.setEchoMode(QLineEdit.EchoMode.Password)
        self.input.setPlaceholderText(placeholder)
        self.input.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.adopt(self.input)
        self.reveal = IconButton(
            "eye-outline", self.tr("Show the password"), f"{object_name}_reveal", size=36
        )
        self.reveal.setCheckable(True)
        self.frame.line.addWidget(self.input, 1)
        self.frame.line.addWidget(self.reveal)
        self.reveal.toggled.connect(self._reveal)
        self.input.textEdited.connect(self._edited)
        self.input.returnPressed.connect(self.entered)
        self.input.editingFinished.connect(self.committed)

    def value(self) -> str:
        """Return the secret exactly as typed."""
        return self.input.text()

    def clear(self) -> None:
        """Empty the field and hide what will be typed."""
        self.input.clear()
        self.reveal.setChecked(False)
        self.set_error("")

    @Slot(bool)
    def _reveal(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.input.setEchoMode(mode)
        self.reveal.set_icon_name("eye-off-outline" if shown else "eye-outline")

    @Slot(str)
    def _edited(self, text: str) -> None:
        self.set_error("")
        self.edited.emit(text)


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
        cleaned, foreign = clean_text(text, lines=True)
        if foreign:
            self._replace(text, cleaned)
        self.set_hint(_left_out(self) if foreign else "", Kind.CAUTION)
        self.set_error(_too_long(self, self.value(), self._longest))
        self.edited.emit(None if self.error() else self.value())

    def _replace(self, text: str, cleaned: str) -> None:
        before, _ = clean_text(text[: self.input.textCursor().position()], lines=True)
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
