"""What was opened in an emergency, for the owner to review."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.columns import under_title
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState, Notice
from mesodesk.ui.widgets.layouts import PageScroll, nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.text import Body, Muted, Strong

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.records.people import EmergencyAccess, EmergencyTrace
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

    Found = tuple[EmergencyAccess, tuple[EmergencyTrace, ...]]


class EmergenciesPage(Page):
    """A card for each emergency that nobody has reviewed, the last opened first."""

    page_id = "emergencies"
    section = "today"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Emergencies to review")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self.cards: dict[UUID, EmergencyCard] = {}
        self._none = EmptyState(
            "check-circle-outline",
            self.tr("Nothing waits for a review"),
            self.tr("Restricted records that are opened in an emergency come up here."),
            self.tr("Back to Today"),
            object_name="emergencies_none",
        )
        self._scroll = PageScroll("emergencies_scroll", max_width=900, page=True)
        self._scroll.column.setSpacing(Space.M)
        self._list = QVBoxLayout()
        self._list.setSpacing(Space.M)
        nest(self._scroll.column, self._list)
        self._scroll.add(self._none)
        self._scroll.column.addStretch(1)
        under_title(self, self.title, self._scroll)
        self._none.hide()
        self._none.acted.connect(self._to_today)
        context.changed.connect(self._changed)

    def shown(self, **_arguments: object) -> None:
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Look again what waits; what is being typed stays."""
        if self._context.may(Right.EMERGENCY_REVIEW):
            self._latest.run(partial(_to_review, self._context.desk), self._show)
        else:
            self._show(())

    def _show(self, found: tuple[Found, ...]) -> None:
        before, self.cards = self.cards, {}
        for at, (access, traces) in enumerate(found):
            card = before.pop(access.id, None)
            if card is None:
                card = EmergencyCard(self._context, access)
                card.reviewed.connect(self.reload)
                self._list.insertWidget(at, card)
            card.show_traces(traces)
            self.cards[access.id] = card
        for gone in before.values():
            gone.hide()
            gone.deleteLater()
        self._none.setVisible(not found)

    def first_focus(self) -> QWidget | None:
        first = next(iter(self.cards.values()), None)
        return first.review if first is not None else None

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.CLINIC and self.isVisible():
            self.reload()

    @Slot()
    def _to_today(self) -> None:
        self.navigate("today")


class EmergencyCard(Card):
    """Who opened which record, when and why, what was done, and room to say what to think of it."""

    reviewed = Signal()

    def __init__(self, context: Context, access: EmergencyAccess) -> None:
        super().__init__(object_name=f"emergency_{access.record_number}")
        zone = context.clinic.fields.zone
        opened = format_moment(access.opened_at, zone)
        words = self.tr("{name} opened record {number}")
        self.set_title(words.format(name=access.user_name, number=access.record_number))
        self._context = context
        self._access = access
        self._done = Body("")
        self._done.setObjectName("emergency_traces")
        self.review = MultilineField(
            f"review_{access.record_number}",
            self.tr("What you found, and whether it was right"),
            placeholder=self.tr("Such as: right, asked the patient the same day"),
            most_lines=5,
        )
        self.keep = Button(self.tr("Keep the review"), "keep_review", ButtonKind.SECONDARY, "check")
        self.trouble = Notice(object_name="review_trouble")
        self.add(Muted(self.tr("{when}, for at most one hour").format(when=opened)))
        self.add(Strong(self.tr("Why")))
        self.add(Body(access.reason))
        self.add(Strong(self.tr("What was done meanwhile")))
        self.add(self._done)
        self._say_whose()
        self.add(Strong(self.tr("Your review")))
        for widget in (self.review, self.trouble):
            self.add(widget)
        nest(self.body, row(self.keep, stretch=True))
        self.body.setSpacing(Space.S)
        self.review.setEnabled(not self._is_for_another())
        self.review.edited.connect(self._typed)
        self.keep.clicked.connect(self._keep)
        self._typed(None)

    def _is_for_another(self) -> bool:
        return self._access.own and self._access.others

    def _say_whose(self) -> None:
        """Say plainly where the one who opened it would judge themself."""
        if not self._access.own:
            return
        words = self.tr(
            "There is nobody else here who could review it. Your review is kept, and the log says"
            " that it was reviewed by who opened the record."
        )
        if self._access.others:
            words = self.tr("So another owner reviews it: nobody judges what they did themselves.")
        self.whose = Notice(object_name="review_whose")
        self.whose.show_notice(
            Kind.INFO if self._access.others else Kind.CAUTION,
            self.tr("You opened this record yourself"),
            words,
        )
        self.add(self.whose)

    def show_traces(self, traces: tuple[EmergencyTrace, ...]) -> None:
        """Show what the audit chain tells."""
        self._done.setText("\n".join(self._counted(traces)) or self.tr("Nothing was looked at."))

    def _counted(self, traces: tuple[EmergencyTrace, ...]) -> list[str]:
        counts: dict[str, int] = {}
        for each in traces:
            words = self._words(each.action)
            counts[words] = counts.get(words, 0) + each.count
        many = self.tr("{what}, {count} times")
        return [
            words if count == 1 else many.format(what=words, count=count)
            for words, count in counts.items()
        ]

    def _words(self, action: str) -> str:
        part, _, did = action.partition(".")
        named = {
            "patient": self.tr("the record"),
            "session": self.tr("a session"),
            "intake": self.tr("the intake"),
            "chart": self.tr("a chart"),
            "follow_up": self.tr("a check"),
        }
        words = self.tr("Looked at {part}") if did == "view" else self.tr("Changed {part}")
        return words.format(part=named.get(part, self.tr("the record")))

    @Slot(object)
    def _typed(self, _text: str | None) -> None:
        can = bool(self.review.value()) and not self.review.error()
        self.keep.setEnabled(can and not self._is_for_another())

    @Slot()
    def _keep(self) -> None:
        self.keep.setEnabled(False)
        work = partial(
            _review,
            access_id=self._access.id,
            version=self._access.version,
            said=self.review.value(),
        )
        self._context.write(self, work, self._kept, self._refused)

    def _kept(self, _access: EmergencyAccess) -> None:
        self.reviewed.emit()

    def _refused(self, error: Exception) -> None:
        self.trouble.show_notice(Kind.STOP, self.tr("Not kept"), explain(error))
        self._typed(None)


def _to_review(desk: Desk) -> tuple[Found, ...]:
    return tuple(
        (access, desk.restricted.meanwhile(access.id)) for access in desk.restricted.to_review()
    )


def _review(desk: Desk, *, access_id: UUID, version: int, said: str) -> EmergencyAccess:
    return desk.restricted.review(access_id, version, said)
