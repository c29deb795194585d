"""A signed session to read: everything recorded, its seal, its addenda."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.records.session import SessionState as RecordState
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_moment
from mesodesk.ui.pages.patient_parts.checks_words import check_words
from mesodesk.ui.pages.session_parts.after_card import AfterCard
from mesodesk.ui.pages.session_parts.changes_card import ChangesCard
from mesodesk.ui.pages.session_parts.chart_text_card import ChartTextCard
from mesodesk.ui.pages.session_parts.print_part import PrintPart
from mesodesk.ui.pages.session_parts.signed_cards import (
    CheckedCard,
    OutcomeCard,
    ScreeningCard,
    SyringesCard,
)
from mesodesk.ui.pages.session_parts.state import SessionState, Station
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import BAR, KIND_ICONS, Kind, Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.layouts import PageScroll, clear, column, nest
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Body, Label, Muted, Strong

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.followup import FollowUpRecord
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_RIGHT = 392
_SHORT = 16
_DRAFT = "addendum"


class SignedView(Station):
    """Left what was recorded, right the seal, the checks that follow and the addenda."""

    station_id = "record"

    def __init__(self, state: SessionState, context: Context, parent: QWidget) -> None:
        super().__init__(state, context, parent)
        self.setObjectName("signed_view")
        self.seal = SealCard(context)
        self.follow_ups = FollowUpsCard(context)
        self.addenda = AddendaCard(state, context)
        self.after = AfterCard(state, context)
        self.paper = PrintPart(context)
        self.seal.add(self.paper)
        if not context.may(Right.PRINT):
            self.paper.hide()
        screening, checked = ScreeningCard(context), CheckedCard(context)
        syringes, outcome = SyringesCard(context), OutcomeCard(context)
        self.chart_text = ChartTextCard(context, "signed_text")
        self.changes = ChangesCard(context, (checked, outcome))
        self._shows = (
            self.changes.show_session,
            screening.show_session,
            checked.show_session,
            syringes.show_session,
            self.chart_text.show_session,
            outcome.show_session,
        )
        left = PageScroll("signed_left", max_width=1_200, margin=0)
        for card in (self.changes, screening, checked, syringes, self.chart_text, outcome):
            left.add(card)
        left.column.addStretch(1)
        right = PageScroll("signed_right", margin=0, edge=True)
        right.setFixedWidth(_RIGHT + BAR)
        for side in (self.seal, self.addenda, self.after, self.follow_ups):
            right.add(side)
        right.column.addStretch(1)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(Space.M)
        columns.addWidget(left, 1)
        columns.addWidget(right)
        state.record_changed.connect(self._changed)
        state.findings_changed.connect(self._changed)

    def show_state(self) -> None:
        self._changed()
        if self.state.is_open() and not self.state.can_edit():
            self.addenda.begin()
            work = partial(_follow_ups, session_id=self.state.record.id)
            self.context.run(self, work, self.follow_ups.show_checks)

    def first_focus(self) -> QWidget | None:
        if self.state.record.state is RecordState.ENTERED_IN_ERROR:
            return None
        return None if self.seal.whole.isHidden() else self.seal.whole

    @Slot()
    def _changed(self) -> None:
        if not self.state.is_open() or self.state.can_edit():
            return
        self.seal.show_record(self.state.record)
        self.addenda.show_record(self.state.record)
        self.after.show_state()
        self.paper.show_record(self.state.record)
        for show in self._shows:
            show(self.state)


class SealCard(Card):
    """Who signed when, the digest, and whether the record still is what was signed."""

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="seal_card")
        self.set_title(self.tr("Seal"))
        self._context = context
        self._sha256 = ""
        self.icon = IconLabel(KIND_ICONS[Kind.OK], Kind.OK.value, 22)
        self.words = Strong()
        self.words.setObjectName("seal_words")
        self.by = Body()
        self.by.setObjectName("seal_signed_by")
        self.digest = Label("", Role.SMALL, "muted", wrap=True)
        self.digest.setObjectName("seal_digest")
        self.whole = Button(
            self.tr("Show the whole seal"), "seal_whole", ButtonKind.QUIET, compact=True
        )
        self.whole.setCheckable(True)
        self.broken = Notice(object_name="seal_broken")
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(self.icon)
        head.addWidget(self.words, 1)
        nest(self.body, head)
        for widget in (self.broken, self.by, self.digest):
            self.add(widget)
        line = QHBoxLayout()
        line.addWidget(self.whole)
        line.addStretch(1)
        nest(self.body, line)
        self.whole.toggled.connect(self._show_digest)

    def show_record(self, record: SessionRecord) -> None:
        """Show the seal of a record, or that it was discarded."""
        seal = record.seal
        self.set_title(self.tr("Seal") if seal is not None else self.tr("Not signed"))
        for widget in (self.digest, self.whole):
            widget.setVisible(seal is not None)
        self.broken.show_notice(Kind.STOP, "")
        if seal is None:
            self._show_unsigned(record)
            return
        zone = self._context.clinic.fields.zone
        self.by.setText(
            self.tr("Signed by {name}, {moment}").format(
                name=seal.signed_by, moment=format_moment(seal.signed_at, zone)
            )
        )
        kind = Kind.OK if seal.holds else Kind.STOP
        self.icon.set_icon("seal-variant" if seal.holds else KIND_ICONS[kind], kind.value)
        self.words.set_tone(kind.value)
        if seal.holds:
            self.words.setText(self.tr("Signed and sealed; the seal holds"))
        else:
            self.words.setText(self.tr("The seal is broken"))
            self.broken.show_notice(
                Kind.STOP,
                self.tr("This record is not what was signed"),
                self.tr(
                    "Something in it was changed outside the program after it was signed. Do not "
                    "rely on it. Keep the vault as it is, and compare with your newest backup."
                ),
            )
        self._sha256 = seal.sha256
        self._show_digest(self.whole.isChecked())

    def _show_unsigned(self, record: SessionRecord) -> None:
        self.words.set_tone("")
        if record.state is RecordState.DRAFT:
            self.icon.set_icon("pencil-outline", "muted")
            self.words.setText(self.tr("A draft, as far as it was filled in"))
            self.by.setText(
                self.tr("You read it. Who treats or assists fills it in, and a therapist signs it.")
            )
        else:
            self.icon.set_icon("cancel", "muted")
            self.words.setText(self.tr("Discarded: entered in error"))
            self.by.setText(record.discard_reason)

    @Slot(bool)
    def _show_digest(self, whole: bool) -> None:
        # In groups, so that it can be compared by eye, and breaks into lines.
        shown = self._sha256 if whole else self._sha256[:_SHORT]
        groups = " ".join(shown[at : at + 8] for at in range(0, len(shown), 8))
        self.digest.setText(f"SHA-256  {groups}" + ("" if whole else " \u2026"))
        words = self.tr("Show less") if whole else self.tr("Show the whole seal")
        self.whole.setText(words)
        self.whole.setAccessibleName(words)


class FollowUpsCard(Card):
    """The checks that this session asks for; a click opens one."""

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="session_follow_ups")
        self.set_title(self.tr("Follow-up"))
        self._context = context
        self._shown: tuple[FollowUpRecord, ...] = ()
        self.rows = RowList("session_checks", self.tr("Follow-up checks of this session"))
        self.add(self.rows)
        self.rows.activated.connect(self._open)

    def show_checks(self, checks: tuple[FollowUpRecord, ...]) -> None:
        """Show the checks in their order."""
        self._shown = checks
        self.setVisible(bool(checks))
        rows = []
        for check in checks:
            words = check_words(self._context, check)
            rows.append(
                Row(
                    words.title,
                    words.state,
                    object_name=f"check_{check.check_id}",
                    leading=IconLabel(words.icon, words.tone, 20),
                )
            )
        self.rows.set_rows(rows)

    @Slot(int)
    def _open(self, at: int) -> None:
        self._context.navigate("followup", follow_up_id=self._shown[at].id)


class AddendaCard(Card):
    """Dated additions; what is typed is kept as a draft until it is added."""

    def __init__(self, state: SessionState, context: Context) -> None:
        super().__init__(object_name="addenda_card")
        self.set_title(self.tr("Addenda"))
        self._state = state
        self._context = context
        self._of: UUID | None = None
        self._list = column(spacing=Space.M)
        self._none = Muted(self.tr("None so far."))
        self.text = MultilineField(
            "addendum_text",
            self.tr("Addendum"),
            placeholder=self.tr("What has to be added or put right"),
        )
        self.button = Button(self.tr("Add addendum"), "add_addendum", ButtonKind.SECONDARY, "plus")
        self.message = Notice(object_name="addendum_message")
        self._may_add = context.may(Right.SESSION_ADD)
        nest(self.body, self._list)
        for widget in (self._none, self.text, self.message, self.button):
            self.add(widget)
        self.text.setVisible(self._may_add)
        self.button.setVisible(self._may_add)
        self.text.edited.connect(self._typed)
        self.button.clicked.connect(self.submit)

    def show_record(self, record: SessionRecord) -> None:
        """Show the addenda of a record."""
        signed = record.seal is not None
        self.setVisible(signed)
        self._none.setVisible(not record.addenda)
        clear(self._list)
        zone = self._context.clinic.fields.zone
        for addendum in record.addenda:
            head = Muted(f"{format_moment(addendum.written_at, zone)} \u00b7 {addendum.author}")
            words = Body(addendum.text)
            words.setObjectName("addendum")
            self._list.addWidget(head)
            self._list.addWidget(words)

    def begin(self) -> None:
        """Show what was typed for this session and not added yet."""
        if self._of != self._state.record.id:
            self._of = self._state.record.id
            self.text.set_value("")
            self.message.show_notice(Kind.INFO, "")
            if not self._may_add:
                return
            work = partial(_read_draft, session_id=self._of)
            self._context.run(self, work, partial(self._found, self._of))

    def _found(self, session_id: UUID, payload: Mapping[str, object] | None) -> None:
        if payload is not None and self._of == session_id and not self.text.value():
            self.text.set_value(str(payload.get("text", "")))
        self._show_button()

    def _show_button(self) -> None:
        self.button.setEnabled(bool(self.text.value()) and not self.text.error())

    @Slot(object)
    def _typed(self, text: str | None) -> None:
        self._show_button()
        if text is not None and self._of is not None:
            write = partial(_write_draft, session_id=self._of, text=text)
            told = draft(_DRAFT, self._of, {"text": text})
            key = (_DRAFT, self._of)
            self._state.keeper.put(key, partial(_now, self._context, write), aside=told)

    @Slot()
    def submit(self) -> None:
        """Add what was typed; it cannot be taken back."""
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        work = partial(_add, session_id=self._state.record.id, text=self.text.value())
        self._state.run_once(work, self._added, self._refused)

    def _added(self, _record: SessionRecord) -> None:
        self.message.show_notice(Kind.INFO, "")
        self.text.set_value("")
        self._show_button()

    def _refused(self, error: Exception) -> None:
        self.message.show_notice(Kind.STOP, self.tr("Not added"), explain(error))
        self._show_button()


def _now(context: Context, write: partial[None], _version: int) -> None:
    write(context.desk)


def _write_draft(desk: Desk, *, session_id: UUID, text: str) -> None:
    desk.drafts.put(_DRAFT, str(session_id), {"text": text})


def _read_draft(desk: Desk, *, session_id: UUID) -> Mapping[str, object] | None:
    return desk.drafts.get(_DRAFT, str(session_id))


def _add(desk: Desk, _version: int, *, session_id: UUID, text: str) -> SessionRecord:
    record = desk.sessions.add_addendum(session_id, text)
    desk.drafts.discard(_DRAFT, str(session_id))
    return record


def _follow_ups(desk: Desk, *, session_id: UUID) -> tuple[FollowUpRecord, ...]:
    return desk.follow_ups.for_session(session_id)
