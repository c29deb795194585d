"""Examining the whole record now, with what it finds in one line each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from mesodesk.ui.examination import Examination
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_time
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice, ProgressBar
from mesodesk.ui.widgets.layouts import clear, nest, row
from mesodesk.ui.widgets.text import Body, Muted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class ExamineCard(Card):
    """A button, a bar while it runs, then the findings or that there is none."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="examine_card", parent=parent)
        self.set_title(self.tr("Examine the record"))
        self._context = context
        self._run: Examination | None = None
        self.lead = Muted(
            self.tr(
                "Looks at every page of the database, every reference, the audit log, and seal, "
                "chart, stock and follow-up of every session. Nothing is changed."
            )
        )
        self.start = Button(self.tr("Examine now"), "examine_record", icon_name="shield-search")
        self.stop = Button(self.tr("Stop"), "examine_stop")
        self.bar = ProgressBar(self.tr("How far the examination has come"))
        self.words = Muted("", wrap=False)
        self.words.setObjectName("examine_progress")
        self.result = Notice(object_name="examine_result")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.S)
        line = row(self.start, self.stop)
        line.addWidget(self.words, 1)
        for widget in (self.lead, self.bar, self.result):
            self.add(widget)
        nest(self.body, self._lines)
        nest(self.body, line)
        self.bar.hide()
        self.stop.hide()
        self.start.clicked.connect(self.begin)
        self.stop.clicked.connect(self.cancel)

    @Slot()
    def begin(self) -> None:
        """Examine from the beginning."""
        clear(self._lines)
        self.result.show_notice(Kind.INFO, "")
        self._run = Examination()
        self.bar.set_share(0, "accent")
        self.words.setText(self.tr("Reading every page of the database ..."))
        self._show_running(running=True)
        self._next()

    @Slot()
    def cancel(self) -> None:
        """Stop an examination that is under way."""
        run, self._run = self._run, None
        if run is None:
            return
        self._context.run(self, partial(_close, run))
        self._show_running(running=False)
        self.result.show_notice(
            Kind.INFO,
            self.tr("The examination was stopped after {done} of {total} sessions.").format(
                done=run.done, total=run.total
            ),
        )
        self._list(run)

    def is_running(self) -> bool:
        """Tell whether an examination is under way."""
        return self._run is not None

    def _show_running(self, *, running: bool) -> None:
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        self.start.setVisible(not running)
        if not running:
            self.words.clear()

    def _next(self) -> None:
        if self._run is not None:
            self._context.run(self, self._run.turn, self._came, self._broke)

    def _came(self, run: Examination) -> None:
        if run is not self._run:
            return
        if not run.finished:
            self.bar.set_share(run.done / run.total if run.total else 0)
            words = self.tr("{done} of {total} sessions")
            self.words.setText(words.format(done=run.done, total=run.total))
            self._next()
            return
        self._run = None
        self._show_running(running=False)
        self._say(run)
        self._list(run)
        self.start.setFocus()

    def _say(self, run: Examination) -> None:
        now, zone = self._context.clock.now(), self._context.clinic.fields.zone
        time_words = format_time(now, zone)
        if run.findings:
            words = self.tr("{count} findings at {time}")
            if len(run.findings) == 1:
                words = self.tr("1 finding at {time}")
            self.result.show_notice(
                Kind.STOP,
                words.format(count=len(run.findings), time=time_words),
                self.tr(
                    "Copy the whole vault folder to another disk before anything else. Nothing was "
                    "changed by this examination."
                ),
            )
            return
        self.result.show_notice(
            Kind.OK,
            self.tr("No finding at {time}").format(time=time_words),
            self.tr("Everything is as it was written. Sessions looked at: {total}.").format(
                total=run.total
            ),
        )

    def _list(self, run: Examination) -> None:
        for at, finding in enumerate(run.findings):
            kind = Kind.STOP if finding.severity == "alarm" else Kind.CAUTION
            words = Body(finding.sentence)
            words.setObjectName(f"finding_{at}")
            words.setAccessibleName(finding.sentence)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            line = QHBoxLayout()
            line.setSpacing(Space.S)
            line.addWidget(IconLabel(KIND_ICONS[kind], kind, 16), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(words, 1)
            nest(self._lines, line)

    def _broke(self, error: Exception) -> None:
        self._run = None
        self._show_running(running=False)
        self.result.show_notice(
            Kind.STOP, self.tr("The examination could not be finished."), explain(error)
        )


def _close(run: Examination, _desk: Desk) -> None:
    run.close()
