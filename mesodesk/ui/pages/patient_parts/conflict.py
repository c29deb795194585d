"""What two windows typed into one record: shown where it happened, for people to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from mesodesk.ui.keeper import Keeper


class KeptNotice(QWidget):
    """Follows a keeper: tells of conflicts, refusals and storage that fails; hidden otherwise."""

    #: The record as it stands now is to be shown instead of what was typed.
    theirs_wanted = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keeper: Keeper | None = None
        self._theirs: object = None
        self.notice = Notice(object_name=f"{name}_notice")
        self.mine = Button(self.tr("Keep what I typed"), f"{name}_keep_mine", compact=True)
        self.theirs = Button(self.tr("Show what is on record"), f"{name}_take_theirs", compact=True)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.mine)
        buttons.addWidget(self.theirs)
        buttons.addStretch(1)
        self._choice = QWidget()
        self._choice.setLayout(buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self.notice)
        column.addWidget(self._choice)
        self.mine.clicked.connect(self._keep_mine)
        self.theirs.clicked.connect(self._take_theirs)
        self.hide()

    def follow(self, keeper: Keeper) -> None:
        """Speak for this keeper from now on."""
        self._keeper = keeper
        self.hide()
        keeper.conflicted.connect(self._conflicted)
        keeper.refused.connect(self._refused)
        keeper.failed.connect(self._failed)
        keeper.kept.connect(self._kept)

    def say(self, kind: Kind, headline: str, text: str = "") -> None:
        """Say something else in the same place."""
        self._say(kind, headline, text, choice=False)

    def _say(self, kind: Kind, headline: str, text: str, *, choice: bool) -> None:
        self._choice.setVisible(choice)
        self.notice.show_notice(kind, headline, text)
        self.show()

    @Slot(object)
    def _conflicted(self, error: Exception) -> None:
        if self.sender() is self._keeper:
            self._theirs = getattr(error, "record", None)
            headline = self.tr("Changed in another window meanwhile")
            text = self.tr(
                "What you typed is still here and not kept yet. Keep it in place of the other "
                "change, or show what is on record now."
            )
            self._say(Kind.CAUTION, headline, text, choice=True)

    @Slot(object, object)
    def _refused(self, _key: object, error: Exception) -> None:
        if self.sender() is self._keeper:
            self._say(Kind.STOP, self.tr("Not kept yet"), explain(error), choice=False)

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        if self.sender() is self._keeper:
            self._say(Kind.STOP, self.tr("Not kept yet"), sentence, choice=False)

    @Slot(object)
    def _kept(self, _moment: object) -> None:
        if self.sender() is self._keeper:
            self.hide()

    @Slot()
    def _keep_mine(self) -> None:
        if self._keeper is not None:
            self.hide()
            self._keeper.resume(getattr(self._theirs, "version", self._keeper.version))

    @Slot()
    def _take_theirs(self) -> None:
        if self._keeper is not None:
            self.hide()
            self._keeper.discard(getattr(self._theirs, "version", self._keeper.version))
            self.theirs_wanted.emit(self._theirs)
