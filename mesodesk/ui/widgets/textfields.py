"""Fields for words: one line, search, password."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from mesodesk.ui import theme
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import IconButton
from mesodesk.ui.widgets.cards import IconLabel
from mesodesk.ui.widgets.field import Field

LONGEST_LINE: Final = 200


def bare_line_edit() -> QLineEdit:
    """Return a line edit without a frame of its own, for an `InputFrame`."""
    made = QLineEdit()
    made.setProperty("bare", True)
    made.setFrame(False)
    made.setFont(theme.font(Role.INPUT))
    if not theme.has_sheet():
        colours = made.palette()
        colours.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
        made.setPalette(colours)
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
        cleaned, foreign = clean(text)
        if cleaned != text:
            before, _ = clean(text[: self.input.cursorPosition()])
            self.input.setText(cleaned)
            self.input.setCursorPosition(len(before))
        self.set_hint(left_out(self) if foreign else "", Kind.CAUTION)
        self.set_error(too_long(self, self.value(), self._longest))
        self.edited.emit(None if self.error() else self.value())


def clean(text: str, *, lines: bool = False) -> tuple[str, bool]:
    """Return a text without what cannot be seen, and whether anything was left out."""
    # Imported with the first letter typed: the first window has to be painted before.
    from mesodesk.ui.widgets.cleaning import clean_text

    return clean_text(text, lines=lines)


def left_out(field: QObject) -> str:
    """Return the hint for a text from which something was left out."""
    return field.tr("Characters that cannot be shown were left out.")


def too_long(field: QObject, text: str, longest: int) -> str:
    """Return the error for a text that is too long, or ""."""
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

    secret = True

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
