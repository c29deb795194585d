"""Asks before the window closes on something that could not be kept."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from mesodesk.ui.frame.status import StatusStrip
from mesodesk.ui.widgets.buttons import ButtonKind
from mesodesk.ui.widgets.dialogs import ConfirmDialog


def ask_before_losing(window: QWidget, strip: StatusStrip) -> ConfirmDialog:
    """Ask; what is confirmed is to lose it, or to leave it where it is set aside.

    Args:
        window: that was to be closed.
        strip: says what could not be kept, and why, and whether all of it is set aside.
    """
    tr = QCoreApplication.translate
    dialog = ConfirmDialog(
        window,
        "close_unkept",
        tr("MainWindow", "Something is not kept yet"),
        strip.text(),
        tr("MainWindow", "Close, and take it over later")
        if strip.is_set_aside()
        else tr("MainWindow", "Close and lose it"),
        tr("MainWindow", "Stay"),
        kind=ButtonKind.SECONDARY if strip.is_set_aside() else ButtonKind.DANGER,
    )
    dialog.open()
    return dialog
