"""Somebody who sits at the program in a test: comes in, opens a patient, looks what is said."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

OLGAS = "plain tea in the morning"
MARKERS = ("Zquovara", "Ixmelda", "Wrunophone")
"""What only the one patient on record is called, and was told of her."""


class Hands:
    """Somebody at the program: types secrets, chooses people, looks whether the lock is there."""

    def __init__(self, qtbot, program):
        self._qtbot = qtbot
        self.program = program
        self.window = program.window

    def settle(self):
        self.program.jobs.drain()
        self._qtbot.waitUntil(lambda: not self.program.jobs.is_busy())

    def field(self, name):
        return self.window.cover_widget.content().findChild(QLineEdit, name)

    def choose(self, user_id):
        tile = self.window.cover_widget.content().findChild(object, f"person_{user_id}")
        self._qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)

    def type_in(self, name, text):
        field = self.field(name)
        field.setFocus()
        self._qtbot.keyClicks(field, text)
        self._qtbot.keyClick(field, Qt.Key.Key_Return)

    def come_in(self, name, text):
        self.type_in(name, text)
        self._qtbot.waitUntil(lambda: not self.window.is_covered())
        self.settle()

    def time_to_come_in(self, name, text):
        """Return the milliseconds from Enter until the page stands there."""
        field = self.field(name)
        field.setText(text)
        began = time.perf_counter()
        self._qtbot.keyClick(field, Qt.Key.Key_Return)
        self._qtbot.waitUntil(lambda: not self.window.is_covered())
        return round(1000 * (time.perf_counter() - began))

    def switch_to(self, user_id, password):
        self.window.ask_switch()
        self.choose(user_id)
        self.come_in("unlock_password", password)

    def open_patient(self, clinic, tab="details"):
        self.window.open("patient", patient_id=clinic.patient, tab=tab)
        self._qtbot.waitUntil(lambda: MARKERS[0] in all_words(self.window))
        self.settle()

    def actions(self):
        with self.program._desk.store.vault.engine.connect() as connection:
            sql = "SELECT action, actor_name FROM audit_entry ORDER BY seq"
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


def all_words(window=None):
    """Everything that any widget of the program says, hidden ones too, tips and names included.

    With a window, what it and all that is in it say; without, what every window does.
    """
    said = []
    for top in QApplication.topLevelWidgets() if window is None else [window]:
        said.append(top.windowTitle())
        for widget in (top, *top.findChildren(QWidget)):
            said += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
            for name in ("text", "toPlainText", "title", "placeholderText"):
                tell = getattr(widget, name, None)
                words = tell() if callable(tell) and not hasattr(tell, "text") else ""
                said.append(words if isinstance(words, str) else "")
    return "\n".join(said)
