"""A password can be pasted, as out of a password manager, and is taken to the letter."""

from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from mesodesk.ui.widgets.textfields import PasswordField

ODD = "  Ünïcode\u00a0and  two blanks at the end, of seventy characters or even a few more  "


def test_a_password_can_be_pasted_from_a_password_manager(qtbot):
    field = PasswordField("password", "Password")
    qtbot.addWidget(field)
    clipboard = QGuiApplication.clipboard()
    clipboard.setText(ODD)
    QTest.keySequence(field.input, QKeySequence(QKeySequence.StandardKey.Paste))
    clipboard.clear()
    assert field.value() == ODD
