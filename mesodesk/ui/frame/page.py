"""What a page of the main window is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """A key and what it does, for the overview behind `?`."""

    keys: str
    text: str


class Page(QWidget):
    """One page. Subclasses name themselves and override what they need.

    page_id: what `navigate` calls it; title: a kind of page, never a patient's name; icon: for the
    rail; section: the page id whose rail entry is lit, if not its own.
    """

    page_id = ""
    title = ""
    icon = ""
    section = ""
    type_to_find = False
    """Whether a letter typed where nothing takes it begins a search for a patient."""

    go = Signal(str, dict)
    """(page id, arguments): asks for another page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"page_{self.page_id}")
        self.key_help: list[KeyHelp] = []

    def coming(self, **arguments: object) -> None:
        """Called before the page comes into sight: what will not be seen goes first."""

    def shown(self, **arguments: object) -> None:
        """Called when the page comes into sight, with what `navigate` was given."""

    def hidden(self) -> None:
        """Called after another page has come into sight."""

    def leave(self) -> None:
        """Called before another page is shown or the window is locked: flush the keeper here."""

    def place(self) -> Mapping[str, object]:
        """Return the arguments with which `shown` leads back here; none if those given do."""
        return {}

    def first_focus(self) -> QWidget | None:
        """Return the widget that takes the focus when the page is shown."""
        return None

    def navigate(self, page_id: str, **arguments: object) -> None:
        """Ask for another page."""
        self.go.emit(page_id, arguments)

    def add_key(self, keys: str, text: str, slot: Callable[[], object]) -> None:
        """Let a key do something while this page is in sight, and list it behind `?`.

        Args:
            keys: such as "Ctrl+N" or "M"; letters are not taken from text fields.
            text: what it does.
            slot: a bound method.
        """
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(slot)
        self.key_help.append(KeyHelp(keys, text))

    def describe_key(self, keys: str, text: str) -> None:
        """List a key behind `?` that a widget of the page handles itself."""
        self.key_help.append(KeyHelp(keys, text))
