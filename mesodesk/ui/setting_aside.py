"""Sets aside what waits while storage does not take it, so that not even a kill loses it.

One place for all forms: the keepers tell the status strip that they are stuck, and what they hold
as plain values goes into a sealed side file, again with everything that is typed meanwhile, and
with what fields refused: text that could not be read has cost somebody time as well. When all of it
is on record, the file goes. Else it is offered to the same person when they come in next.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Slot

from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.refused_values import refused_values

if TYPE_CHECKING:
    from mesodesk.domain.records.set_aside import Waiting
    from mesodesk.ui.context import Context
    from mesodesk.ui.frame.status import StatusStrip
    from mesodesk.vault.set_aside import SideFile

LATE_MS: Final = 1_600
"""A disk that neither takes nor refuses what waits is not waited for any longer than this."""


class SettingAside(QObject):
    """One for each person at an open desk; `close` it with their pages."""

    def __init__(self, context: Context, strip: StatusStrip) -> None:
        super().__init__(context)
        from mesodesk.vault.set_aside import SideFile

        self._context = context
        self._strip = strip
        vault = context.desk.store.vault
        self._file: SideFile = SideFile(vault.folder, vault.keys, context.user.id, context.clock)
        self._lies: tuple[Waiting, ...] = ()
        self._writing = self._again = self._closed = False
        self._late = self._timer(LATE_MS)
        # In a turn of its own: what fails is out of the strip for a moment before it waits again.
        self._less = self._timer(0)
        strip.storage_stuck.connect(self._set_aside)
        strip.waiting_changed.connect(self._changed)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self._set_aside)
        return timer

    @property
    def file_name(self) -> str:
        """The name of the side file, whether or not it is there."""
        return self._file.name

    def close(self) -> None:
        """Set nothing more aside; what waits by now lies in the file and stays there."""
        if not self._closed:
            self._closed = True
            self._late.stop()
            self._less.stop()
            jobs, waits = self._context.jobs, self._gathered()
            if self._writing or waits != self._lies:
                jobs.run_apart(jobs, partial(_put, self._file, waits), None, _passed_over)
            jobs.run_apart(jobs, self._file.close)

    @Slot()
    def _changed(self) -> None:
        if self._closed:
            return
        if not self._strip.is_waiting():
            self._late.stop()
        elif not self._late.isActive():
            self._late.start()
        if self._lies or self._writing:
            self._less.start()

    @Slot()
    def _set_aside(self) -> None:
        """Let the file hold what waits now, and nothing else."""
        if self._closed:
            return
        if self._writing:
            self._again = True
            return
        if self._strip.is_waiting():
            self._late.start()
        waits = self._gathered()
        if waits != self._lies:
            self._writing = True
            work = partial(_put, self._file, waits)
            self._context.jobs.run_apart(self, work, self._written, self._not_written)

    def _gathered(self) -> tuple[Waiting, ...]:
        from mesodesk.domain.records.set_aside import joined

        told = [each for keeper in self._keepers() for each in keeper.waiting()]
        if self._strip.is_waiting():
            told += refused_values(self._strip.window())
        return joined(told)

    def _keepers(self) -> tuple[Keeper, ...]:
        sources = self._strip.waiting_sources()
        return tuple(source for source in sources if isinstance(source, Keeper))

    def _written(self, waits: tuple[Waiting, ...]) -> None:
        self._lies = waits
        sentence = self.tr(
            "What you type meanwhile is set aside in an encrypted file, and is offered to you when "
            "you come in next."
        )
        self._go_on(sentence if waits else "", all_of_it=self._holds_all())

    def _holds_all(self) -> bool:
        keepers = self._keepers()
        told = all(keeper.tells_all() for keeper in keepers)
        return told and len(keepers) == len(self._strip.waiting_sources())

    def _not_written(self, error: Exception) -> None:
        self._go_on(explain(error), all_of_it=False)  # and it is tried again before long

    def _go_on(self, sentence: str, *, all_of_it: bool) -> None:
        self._writing = False
        if self._closed:
            return
        self._strip.say_set_aside(sentence, all_of_it=bool(sentence) and all_of_it)
        again, self._again = self._again, False
        if again:
            self._set_aside()


def _put(file: SideFile, waits: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
    from mesodesk.services.set_aside import to_plain

    if waits:
        file.put(to_plain(list(waits)))
    else:
        file.clear()
    return waits


def _passed_over(_error: Exception) -> None:
    """Nobody is there any more who could be told."""
