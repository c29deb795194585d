"""The computer that the records lie on: room, encryption, records that were replaced."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.safety import SafetyStanding
    from mesodesk.ui.context import Context


class ComputerCard(Card):
    """What can be told of it; nothing here is changed by Mesodesk."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="computer_card", parent=parent)
        self.set_title(self.tr("This computer"))
        self._context = context
        self._asked = False
        self.room = Body("")
        self.room.setObjectName("computer_room")
        self.encryption = Body("")
        self.encryption.setObjectName("computer_encryption")
        self.folder = Muted(str(context.desk.store.vault.folder))
        self.folder.setObjectName("computer_folder")
        self.replaced = Notice(object_name="computer_replaced")
        for widget in (self.room, self.encryption, self.folder, self.replaced):
            self.add(widget)

    def show_standing(self, standing: SafetyStanding) -> None:
        """Say how much room there is, and ask once whether the disk is encrypted."""
        if standing.free_mb is None:
            self.room.setText(self.tr("How much room is left cannot be told."))
        else:
            said = self.tr("{count} GB are free on the disk of the records.")
            self.room.setText(said.format(count=f"{standing.free_mb / 1000:.1f}"))
        if not self._asked:
            self._asked = True
            folder = self._context.desk.store.vault.folder
            self._context.jobs.run_aside(self, partial(_look, folder), self._looked, _passed_over)

    def _looked(self, found: tuple[bool | None, tuple[Path, ...]]) -> None:
        encrypted, replaced = found
        if encrypted is None:
            said = self.tr(
                "Whether the system encrypts this disk cannot be told. The records are encrypted "
                "in any case."
            )
        elif encrypted:
            said = self.tr("The whole disk is encrypted by the system as well.")
        else:
            said = self.tr(
                "The disk is not encrypted by the system. The records are, but prints and exports "
                "that you save are not: switch it on."
            )
        self.encryption.setText(said)
        if replaced:
            self.replaced.show_notice(
                Kind.INFO,
                self.tr("Records that were replaced are kept"),
                self.tr("Keep them for 90 days, then remove the folder by hand: {folders}").format(
                    folders=", ".join(str(each) for each in replaced)
                ),
            )


def _look(folder: Path) -> tuple[bool | None, tuple[Path, ...]]:
    from mesodesk.vault.disks import is_encrypted
    from mesodesk.vault.replacing import replaced_beside

    return is_encrypted(folder), replaced_beside(folder)


def _passed_over(_error: Exception) -> None:
    """What cannot be told is left untold."""
