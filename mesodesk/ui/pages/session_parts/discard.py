"""Asks why a draft is discarded."""

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.ui.widgets.dialogs import ConfirmDialog
from mesodesk.ui.widgets.multiline import MultilineField


class DiscardDialog(ConfirmDialog):
    """A confirmation with a reason, without which nothing is discarded."""

    #: the reason.
    given = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent,
            "discard",
            QCoreApplication.translate("DiscardDialog", "Discard this session?"),
            QCoreApplication.translate(
                "DiscardDialog",
                "The draft stays on record as entered in error, with your reason. It leaves the "
                "lists, and what was drawn for it is back in stock. It cannot be signed any more.",
            ),
            QCoreApplication.translate("DiscardDialog", "Discard the draft"),
            QCoreApplication.translate("DiscardDialog", "Keep it"),
        )
        self.reason = MultilineField(
            "discard_reason", self.tr("Reason"), placeholder=self.tr("Why")
        )
        whole = self.layout()
        if isinstance(whole, QVBoxLayout):
            whole.insertWidget(1, self.reason)
        self.confirm.setEnabled(False)
        self.reason.edited.connect(self._typed)
        self.confirmed.connect(self._confirmed)
        self.reason.setFocus()

    @Slot(object)
    def _typed(self, text: str | None) -> None:
        self.confirm.setEnabled(bool(text))

    @Slot()
    def _confirmed(self) -> None:
        self.given.emit(self.reason.value())
