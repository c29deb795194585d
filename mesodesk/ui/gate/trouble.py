"""Says what stands in the vault folder when it cannot be opened. Never offers to make a new one."""

from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from mesodesk.ui.gate.frame import GatePage
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Heading, Muted


class TroublePage(GatePage):
    """The findings in words, the folder, and only ways out that change nothing."""

    #: Look at this folder (again).
    folder_chosen = Signal(object)

    restore_asked = Signal()

    salvage_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("trouble_page", parent)
        self._folder = Path()
        self.title = Heading(self.tr("The records cannot be opened"))
        self.title.setWordWrap(True)
        self.findings = Notice(Kind.CAUTION, object_name="trouble_findings")
        self.place = Muted("")
        self.place.setObjectName("trouble_folder")
        self.promise = Body(self.tr("Mesodesk has changed nothing in this folder."))
        for widget in (self.title, self.findings, self.promise, self.place):
            self.card.add(widget)
        self.leave = Button(self.tr("Close"), "trouble_quit", ButtonKind.QUIET)
        self.show_folder = Button(self.tr("Show the folder"), "trouble_show_folder")
        self.other = Button(self.tr("Another folder…"), "trouble_other_folder")
        self.again = Button(self.tr("Try again"), "trouble_again", ButtonKind.PRIMARY)
        self.restore = Button(self.tr("Restore a backup…"), "trouble_restore")
        self.salvage = Button(
            self.tr("Save what can be read…"), "trouble_salvage", ButtonKind.QUIET
        )
        nest(self.card.body, row(self.restore, self.salvage, stretch=True))
        self.button_row.addWidget(self.leave)
        self.button_row.addStretch(1)
        for button in (self.show_folder, self.other, self.again):
            self.button_row.addWidget(button)
        self.finish_layout()
        self.leave.clicked.connect(self._quit)
        self.restore.clicked.connect(self.restore_asked)
        self.salvage.clicked.connect(self.salvage_asked)
        self.again.clicked.connect(self._try_again)
        self.show_folder.clicked.connect(self._show)
        self.other.clicked.connect(self._choose)

    def show_trouble(self, folder: Path, sentences: tuple[str, ...], *, damaged: bool) -> None:
        """Tell what was found in a folder, in the sentences of the vault.

        Args:
            folder: the one that was looked at.
            sentences: what was found.
            damaged: whether there are records of which a part may still be read.
        """
        self.salvage.setVisible(damaged)
        self._folder = folder
        self.findings.show_notice(Kind.CAUTION, sentences[0], "\n\n".join(sentences[1:]))
        self.place.setText(str(folder))
        self.again.setFocus()

    @Slot()
    def _quit(self) -> None:
        QApplication.quit()

    @Slot()
    def _try_again(self) -> None:
        self.folder_chosen.emit(self._folder)

    @Slot()
    def _show(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    @Slot()
    def _choose(self) -> None:
        self._dialog = QFileDialog(self, self.tr("The folder with the records"))
        self._dialog.setObjectName("trouble_folder_dialog")
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.fileSelected.connect(self._take)
        self._dialog.open()

    @Slot(str)
    def _take(self, folder: str) -> None:
        self.folder_chosen.emit(Path(folder))
