"""Tells the owner that restricted records were opened in an emergency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context


class EmergenciesNotice(Notice):
    """Hidden, unless something waits for a review by who is in."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="emergencies_to_review", parent=parent)
        self._context = context
        self.acted.connect(self._open)
        context.changed.connect(self._changed)

    def ask(self) -> None:
        """Look again what waits."""
        if self._context.may(Right.EMERGENCY_REVIEW):
            self._context.run(self, _count, self._show)

    def _show(self, count: int) -> None:
        if not count:
            self.show_notice(Kind.INFO, "")
            return
        words = self.tr("{count} restricted records were opened in an emergency")
        if count == 1:
            words = self.tr("A restricted record was opened in an emergency")
        self.show_notice(
            Kind.CAUTION,
            words.format(count=count),
            self.tr("Read who, why and what for, and say whether it was right."),
            self.tr("Review"),
        )

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.CLINIC and self.parentWidget() is not None:
            self.ask()

    @Slot()
    def _open(self) -> None:
        self._context.navigate("emergencies")


def _count(desk: Desk) -> int:
    return len(desk.restricted.to_review())
