"""Whether the log is whole: how much is signed, and verifying all of it now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal, Slot

from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, Notice, ProgressBar
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.audit import LogStanding
    from mesodesk.services.desk import Desk
    from mesodesk.services.log_work import LogVerifying
    from mesodesk.ui.context import Context

_LOOK_MS: Final = 150
_MOST_TOLD: Final = 5
Verified = tuple[int, tuple[str, ...]]


@dataclass(slots=True)
class _Progress:
    """How far it is; written on one thread and read on another."""

    done: int = 0
    total: int = 0

    def tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total


class VerifyCard(Card):
    """Verifying goes on beside what is typed, can be stopped, and is kept on the log."""

    noted = Signal()
    """That it was verified is on the log."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="verify_card", parent=parent)
        self.set_title(self.tr("Is the log whole?"))
        self._context = context
        self._stop = Event()
        self._progress = _Progress()
        self.words = Body("")
        self.words.setObjectName("verify_words")
        self.signed = Muted("")
        self.signed.setObjectName("verify_signed")
        self.bar = ProgressBar(self.tr("How far the verifying has come"))
        self.result = Notice(object_name="verify_result")
        self.start = Button(self.tr("Verify now"), "verify_now", icon_name="shield-search")
        self.stop_it = Button(self.tr("Stop"), "verify_stop")
        for widget in (self.words, self.signed, self.bar, self.result):
            self.add(widget)
        nest(self.body, row(self.start, self.stop_it, stretch=True))
        self._show_running(running=False)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._tell)
        self.start.clicked.connect(self.begin)
        self.stop_it.clicked.connect(self.stop)
        context.closing.connect(self.stop)

    def show_standing(self, standing: LogStanding) -> None:
        """Say how many entries there are, and who answers for them."""
        verified = self.tr("Never verified yet.")
        if standing.verified_at is not None:
            said = self.tr("Last verified {when}.")
            verified = said.format(when=self._moment(standing.verified_at))
        entries = self.tr("{count} entries.").format(count=f"{standing.entries:,}")
        self.words.setText(f"{entries} {verified}")
        self.signed.setText(self._signed_words(standing))

    def _signed_words(self, standing: LogStanding) -> str:
        if standing.last_signed_at is None:
            return self.tr("Nothing is signed yet; that is done at the next lock.")
        said = [
            self.tr("Signed: {count}, last by {name}, {at}.").format(
                count=f"{standing.signed:,}",
                name=standing.last_signer or "?",
                at=self._moment(standing.last_signed_at),
            )
        ]
        if standing.waiting:
            words = self.tr("Signed at the next lock: {count}.")
            said.append(words.format(count=f"{standing.waiting:,}"))
        if standing.unsigned:
            words = self.tr(
                "Without a signature: {count}, written while nobody was in or before the program "
                "was cut off. They are chained like all the others."
            )
            said.append(words.format(count=f"{standing.unsigned:,}"))
        return "\n".join(said)

    @Slot()
    def begin(self) -> None:
        """Verify from the first entry on."""
        self.result.dismiss()
        self._stop = Event()
        self._progress = _Progress()
        self.bar.set_share(0)
        self._show_running(running=True)
        self._context.run(self, _plan, self._planned, self._broke)

    @Slot()
    def stop(self) -> None:
        """Have it given up."""
        self._stop.set()

    def _planned(self, job: LogVerifying) -> None:
        self._look.start()
        work = partial(job.run, self._stop, self._progress.tell)
        self._context.jobs.run_aside(self, work, self._came, self._broke)

    def _came(self, verified: Verified) -> None:
        entries, found = verified
        self._over()
        self._context.run(self, partial(_note, entries, len(found)), self._noted)
        if found:
            headline = self.tr("The log was changed: {count} findings").format(count=len(found))
            self.result.show_notice(Kind.STOP, headline, "\n".join(found[:_MOST_TOLD]))
            return
        self.result.show_notice(
            Kind.OK,
            self.tr("The log is whole: {count} entries").format(count=f"{entries:,}"),
            self.tr("Nothing was taken out, changed or put in since it was written."),
        )

    def _noted(self, _nothing: object) -> None:
        self.noted.emit()

    def _broke(self, error: Exception) -> None:
        self._over()
        if self._stop.is_set():
            self.result.show_notice(Kind.INFO, self.tr("Stopped. Nothing was changed."))
            return
        self.result.show_notice(Kind.CAUTION, self.tr("It could not be verified."), explain(error))

    def _over(self) -> None:
        self._look.stop()
        self._show_running(running=False)

    def _show_running(self, *, running: bool) -> None:
        self.bar.setVisible(running)
        self.stop_it.setVisible(running)
        self.start.setVisible(not running)

    @Slot()
    def _tell(self) -> None:
        if self._progress.total:
            self.bar.set_share(self._progress.done / self._progress.total)

    def _moment(self, moment: object) -> str:
        from datetime import datetime

        return (
            format_moment(moment, self._context.clinic.fields.zone)
            if isinstance(moment, datetime)
            else ""
        )


def _plan(desk: Desk) -> LogVerifying:
    return desk.audit_log.plan_verify()


def _note(entries: int, findings: int, desk: Desk) -> None:
    desk.audit_log.note_verified(entries, findings)
