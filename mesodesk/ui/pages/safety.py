"""Safety: how safe the clinic is today, in plain words, and what can be done for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot

from mesodesk.domain.changes import Topic
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest
from mesodesk.ui.pages.columns import TwoColumns, under_title
from mesodesk.ui.pages.safety_parts.backups_card import BackupsCard
from mesodesk.ui.pages.safety_parts.check_card import CheckCard
from mesodesk.ui.pages.safety_parts.computer_card import ComputerCard
from mesodesk.ui.pages.safety_parts.drill_card import DrillCard
from mesodesk.ui.pages.safety_parts.kit_card import KitCard
from mesodesk.ui.pages.safety_parts.words import concerns
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import PageScroll

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.safety import SafetyStanding
    from mesodesk.services.desk import Desk
    from mesodesk.ui.backup_watch import BackupWatch
    from mesodesk.ui.context import Context
    from mesodesk.ui.idle_check import IdleCheck

_PAUSE_MS = 200
_AGES_MS = 60_000


class SafetyPage(Page):
    """What is to be done on top; then backups, restoring, kit, record and computer."""

    page_id = "safety"
    icon = "shield-check-outline"

    def __init__(
        self,
        context: Context,
        watch: BackupWatch,
        check: IdleCheck,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = self.tr("Safety")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self.head = Notice(object_name="safety_head")
        self.backups = BackupsCard(context, watch)
        self.drill = DrillCard(context)
        self.kit = KitCard(context)
        self.check = CheckCard(context, check)
        self.computer = ComputerCard(context)
        self._build()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.reload)
        self._ages = QTimer(self)
        self._ages.setInterval(_AGES_MS)
        self._ages.timeout.connect(self.reload)
        self.drill.restore_asked.connect(self._restore)
        context.changed.connect(self._changed)

    def _build(self) -> None:
        columns = TwoColumns((6, 5))
        for card in (self.backups, self.drill):
            columns.left.addWidget(card)
        for beside in (self.check, self.kit, self.computer):
            columns.right.addWidget(beside)
        columns.finish()
        self.scroller = PageScroll("safety_scroll", max_width=1900, page=True)
        self.scroller.column.setSpacing(Space.M)
        self.scroller.add(self.head)
        self.scroller.add(columns)
        self.scroller.column.addStretch(1)
        under_title(self, self.tr("How safe the clinic is today"), self.scroller)

    def first_focus(self) -> QWidget | None:
        return self.backups.now

    def shown(self, **_arguments: object) -> None:
        self._ages.start()
        self.reload()

    def hidden(self) -> None:
        self._ages.stop()

    def leave(self) -> None:
        self.kit.forget()
        self.drill.forget()

    @Slot()
    def reload(self) -> None:
        """Look again how everything stands."""
        self._latest.run(self._look, self._show)

    def _look(self) -> SafetyStanding:
        return self._context.work_as(self, _standing)

    def _show(self, standing: SafetyStanding) -> None:
        self._say(standing)
        self.backups.show_standing(standing.backups)
        self.drill.show_standing(standing.backups)
        for card in (self.kit, self.check, self.computer):
            card.show_standing(standing)

    def _say(self, standing: SafetyStanding) -> None:
        found = concerns(standing, self._context.clock.now())
        if not found:
            self.head.show_notice(
                Kind.OK,
                self.tr("All is well: nothing has to be done."),
                self.tr("The newest backup was read back whole, and nothing is overdue."),
            )
            return
        rest = "\n".join(each.sentence for each in found[1:])
        self.head.show_notice(found[0].kind, found[0].sentence, rest)

    @Slot()
    def _restore(self) -> None:
        self.navigate("restore")

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if self.isVisible() and topic & ~Topic.DRAFTS:
            self._pause.start()


def _standing(desk: Desk) -> SafetyStanding:
    return desk.safety.standing()
