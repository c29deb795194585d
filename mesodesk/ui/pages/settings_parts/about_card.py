"""Version, licences, and where the records lie."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import Qt, QUrl, Slot, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication

from mesodesk import __version__
from mesodesk.assets import resources
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Fact
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.text import Label, Muted, Strong

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class AboutCard(Card):
    """What this program is made of, and its vault folder with ways to get there."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="about_card", parent=parent)
        self.set_title(self.tr("About"))
        self._context = context
        self.version = Label(f"Mesodesk {__version__}", Role.FIGURE)
        self.version.setObjectName("program_version")
        self.add(self.version)
        for name, figure in (
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            ("PySide6", pyside_version),
        ):
            self.add(Fact(name, figure))
        self.body.setSpacing(Space.S)
        self.folder = Label("", Role.BODY, wrap=True)
        self.folder.setObjectName("vault_folder")
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_folder = Button(
            self.tr("Open the folder"),
            "open_vault_folder",
            ButtonKind.QUIET,
            "folder-open-outline",
            compact=True,
        )
        self.copy_folder = Button(
            self.tr("Copy the path"),
            "copy_vault_folder",
            ButtonKind.QUIET,
            "content-copy",
            compact=True,
        )
        self.body.addSpacing(Space.S)
        self.add(Strong(self.tr("The records lie in")))
        self.add(self.folder)
        nest(self.body, row(self.open_folder, self.copy_folder, stretch=True))
        self._add_licences()
        self.open_folder.clicked.connect(self._open)
        self.copy_folder.clicked.connect(self._copy)
        context.run(self, _folder_of, self._show_folder)

    def _add_licences(self) -> None:
        self.body.addSpacing(Space.S)
        self.add(Strong(self.tr("Licences")))
        self.add(
            Muted(
                self.tr(
                    "Mesodesk: MIT. Typeface Inter: SIL Open Font License 1.1. Body atlas: made "
                    "from the MakeHuman base mesh (CC0)."
                )
            )
        )
        self.inter = Button(
            self.tr("Licence of Inter"), "licence_inter", ButtonKind.QUIET, compact=True
        )
        self.atlas = Button(
            self.tr("Licence of the atlas"), "licence_atlas", ButtonKind.QUIET, compact=True
        )
        for button in (self.inter, self.atlas):
            button.setCheckable(True)
        self.text = MultilineField("licence_text", self.tr("Licence"), most_lines=14)
        self.text.input.setReadOnly(True)
        nest(self.body, row(self.inter, self.atlas, stretch=True))
        self.add(self.text)
        self.text.hide()
        self.inter.clicked.connect(self._show_inter)
        self.atlas.clicked.connect(self._show_atlas)

    @Slot(bool)
    def _show_inter(self, shown: bool) -> None:
        self.atlas.setChecked(False)
        self._show_text(resources() / "fonts" / "inter" / "LICENSE.txt", shown=shown)

    @Slot(bool)
    def _show_atlas(self, shown: bool) -> None:
        self.inter.setChecked(False)
        self._show_text(resources() / "bodymap" / "LICENSE.md", shown=shown)

    def _show_text(self, path: Path, *, shown: bool) -> None:
        self.text.setVisible(shown)
        if shown:
            self.text.set_value(path.read_text(encoding="utf-8"))

    def _show_folder(self, folder: Path) -> None:
        self.folder.setText(str(folder))
        self.folder.setAccessibleName(self.tr("Vault folder: {path}").format(path=folder))

    @Slot()
    def _open(self) -> None:
        if self.folder.text():
            QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text()))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.folder.text())


def _folder_of(desk: Desk) -> Path:
    return desk.store.vault.folder
