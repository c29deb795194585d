"""What the page of a patient says of an archived record."""

from PySide6.QtCore import QCoreApplication

from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Notice


def say_archived(notice: Notice, *, restores: bool) -> None:
    """Say that a record is archived, and to whom it matters that it can be restored."""
    words = _tr("It can be read.")
    if restores:
        words = _tr("It can be read. To change it or start anything new, restore it.")
    notice.show_notice(Kind.CAUTION, _tr("This record is archived"), words, _tr("Details"))


def says_archived(notice: Notice) -> bool:
    """Tell whether that is what a notice says."""
    return notice.action.text() == _tr("Details")


def _tr(text: str) -> str:
    return QCoreApplication.translate("PatientPage", text)
