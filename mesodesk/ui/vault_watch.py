"""Notices that the vault folder was moved, deleted or replaced while it is open."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

_SETTLING_MS = 300
"""Each save touches the folder too; one look after the last change is enough."""


class VaultWatch(QObject):
    """Looks at the folder whenever the system tells of a change in it.

    Args:
        folder: of the vault.
        check: raises an error with a `sentence` if the database is not in its place.
    """

    lost = Signal(str)
    """The database is not in its place: the sentence."""

    found = Signal()
    """It is in its place again."""

    def __init__(
        self, folder: Path, check: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._check = check
        self._lost = False
        self._watcher = QFileSystemWatcher([str(folder), str(folder.parent)], self)
        self._watcher.directoryChanged.connect(self._changed)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_SETTLING_MS)
        self._pause.timeout.connect(self._look)

    @Slot()
    def _changed(self) -> None:
        if not self._pause.isActive():
            self._pause.start()

    @Slot()
    def _look(self) -> None:
        try:
            self._check()
        except Exception as error:
            sentence = getattr(error, "sentence", None)
            if sentence is None:
                raise
            self._lost = True
            self.lost.emit(sentence)
        else:
            if self._lost:
                self._lost = False
                self.found.emit()
