"""The panel for a new patient: what is typed survives a crash, likely duplicates show beneath."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.jobs import Latest, explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.patient_fields import PatientForm
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind, IconButton
from mesodesk.ui.widgets.cards import Card, IconLabel, Notice
from mesodesk.ui.widgets.layouts import PageScroll, nest
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.text import Heading, Muted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mesodesk.domain.records.patient import Duplicate, PatientFields, PatientRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM = "patient"
_SUBJECT = "new"


class NewPatientPanel(QWidget):
    """Form, duplicates, and the button that makes the record."""

    #: A record was made.
    created = Signal(object)
    #: Somebody already on record was chosen instead.
    open_asked = Signal(object)
    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("new_patient_panel")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self.form = PatientForm(context.today())
        self.duplicates = RowList("duplicate_list", self.tr("Likely duplicates"))
        self._found: tuple[Duplicate, ...] = ()
        self._reading = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(150)
        self._pause.timeout.connect(self._look_for_duplicates)
        self._build()

    def _build(self) -> None:
        title = Heading(self.tr("New patient"))
        close = IconButton("close", self.tr("Close the form"), "new_patient_close", keys="Esc")
        self.notice = Notice(object_name="new_patient_notice")
        self.duplicate_card = Card(
            self.tr("Already on record?"), object_name="duplicates", padding=Space.S
        )
        self.duplicate_card.add(self.duplicates)
        self.duplicate_card.hide()
        self.missing = Muted("")
        self.missing.setObjectName("new_patient_missing")
        self.create_button = Button(
            self.tr("Create the record"),
            "create_patient",
            ButtonKind.PRIMARY,
            "account-plus-outline",
        )
        self.discard_button = Button(self.tr("Discard"), "discard_patient", ButtonKind.QUIET)
        # The form scrolls; what was found and the button that makes the record stay in sight.
        scroll = PageScroll("new_patient_scroll", margin=0)
        scroll.add(self.form)
        scroll.column.addStretch(1)
        card = Card(object_name="new_patient_card")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(close)
        nest(card.body, head)
        card.add(scroll, 1)
        for widget in (self.duplicate_card, self.notice, self.missing):
            card.add(widget)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        buttons.addWidget(self.discard_button)
        buttons.addStretch(1)
        buttons.addWidget(self.create_button)
        nest(card.body, buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)
        self.form.edited.connect(self._typed)
        self.create_button.clicked.connect(self._create)
        self.discard_button.clicked.connect(self._discard)
        close.clicked.connect(self.closed)
        # Only inside the form: in the search field Esc clears the search.
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.closed)
        self.duplicates.activated.connect(self._open_duplicate)
        self._show_state()

    def begin(self) -> None:
        """Put the cursor in the first field; a draft left over comes back first."""
        self._reading = True
        self._context.run(self, _draft, self._show_draft, self._not_read)
        self.form.family_name.setFocus()

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def _show_draft(self, draft: Mapping[str, object] | None) -> None:
        self._reading = False
        if draft and _filled(self.form.draft()) != _filled(draft):
            self.form.show_draft(draft)
            self.notice.show_notice(
                Kind.INFO, self.tr("This is what was typed before; the record is not made yet.")
            )
            self._typed()

    def _not_read(self, error: Exception) -> None:
        self._reading = False
        self._context.jobs.troubled.emit(explain(error))

    @Slot()
    def _typed(self) -> None:
        payload = self.form.draft()
        put = _put_beside if self._reading else _put_draft
        write = partial(put, self._context.desk, payload)
        self._keeper.put(_FORM, write, aside=draft(_FORM, _SUBJECT, payload))
        self._pause.start()
        self._show_state()

    def _show_state(self) -> None:
        missing = self.form.missing()
        words = self.tr("Still needed: {what}.").format(what=missing) if missing else ""
        self.missing.setText(words)
        self.missing.setVisible(bool(missing))
        self.create_button.setEnabled(self.form.fields() is not None)

    @Slot()
    def _look_for_duplicates(self) -> None:
        form = self.form
        name, given = form.family_name.value(), form.given_names.value()
        born, phone = form.birth_date.value(), form.phone.value()
        if not name and not phone:
            self._show_duplicates(())
            return
        self._latest.run(
            # The desk is asked on its own thread: by now somebody else may be coming in.
            lambda: self._context.desk.patients.duplicates(name, given, born, phone),
            self._show_duplicates,
            self._not_looked,
        )

    def _not_looked(self, error: Exception) -> None:
        from mesodesk.services.visit import VisitOverError

        if not isinstance(error, VisitOverError):  # which is no concern of who is in by now
            self._context.jobs.troubled.emit(explain(error))

    def _show_duplicates(self, found: tuple[Duplicate, ...]) -> None:
        self._found = found
        self.duplicates.set_rows(_duplicate_row(at, one) for at, one in enumerate(found[:3]))
        self.duplicate_card.setVisible(bool(found))

    @Slot(int)
    def _open_duplicate(self, at: int) -> None:
        self.open_asked.emit(self._found[at].hit.id)

    @Slot()
    def _create(self) -> None:
        fields = self.form.fields()
        if fields is None:
            self._show_state()
            return
        self.create_button.setEnabled(False)
        work = partial(_create, fields)
        self._context.write(self, work, self._created, self._not_created, after=self._keeper)

    def _created(self, record: PatientRecord) -> None:
        self.form.clear()
        self.notice.hide()
        self._show_duplicates(())
        self._show_state()
        self.created.emit(record.id)

    def _not_created(self, error: Exception) -> None:
        for problem in getattr(error, "problems", ()):
            self.form.show_problem(problem.place, problem.sentence)
        self.notice.show_notice(Kind.CAUTION, self.tr("No record was made."), explain(error))
        self._show_state()
        self.create_button.setEnabled(True)

    @Slot()
    def _discard(self) -> None:
        self.form.clear()
        self.notice.hide()
        self._show_duplicates(())
        self._show_state()
        self._keeper.put(_FORM, partial(_discard_draft, self._context.desk))
        self._keeper.flush()
        self.closed.emit()


def _duplicate_row(at: int, one: Duplicate) -> Row:
    born = "" if one.hit.birth_date is None else format_date(one.hit.birth_date)
    words = (one.hit.record_number, born, "; ".join(one.reasons))
    return Row(
        one.hit.name,
        " · ".join(each for each in words if each),
        object_name=f"duplicate_{at}",
        leading=IconLabel("account-alert-outline", "caution"),
        trailing=[IconLabel("chevron-right", "muted")],
    )


def _draft(desk: Desk) -> Mapping[str, object] | None:
    return desk.drafts.get(_FORM, _SUBJECT)


def _put_draft(desk: Desk, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, _SUBJECT, payload)


def _put_beside(desk: Desk, payload: Mapping[str, object], _version: int) -> None:
    """Keep what was typed before the draft was in sight, and what that one has besides."""
    before = desk.drafts.get(_FORM, _SUBJECT) or {}
    desk.drafts.put(_FORM, _SUBJECT, {**before, **_filled(payload)})


def _filled(payload: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in payload.items() if value}


def _discard_draft(desk: Desk, _version: int) -> None:
    desk.drafts.discard(_FORM, _SUBJECT)


def _create(fields: PatientFields, desk: Desk) -> PatientRecord:
    return desk.patients.create(fields, draft=(_FORM, _SUBJECT))
