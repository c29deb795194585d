"""The patients: search as you type, open, make a new record."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Slot
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from mesodesk.domain.changes import Topic
from mesodesk.domain.rights import Right
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Latest
from mesodesk.ui.pages.new_patient import NewPatientPanel
from mesodesk.ui.pages.patient_list import PatientListModel
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, EmptyState, Notice
from mesodesk.ui.widgets.choices import CheckField
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.rows import long_list
from mesodesk.ui.widgets.text import Muted, Title
from mesodesk.ui.widgets.textfields import SearchField

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.patient import PatientHit
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

MOST_ROWS = 60


class PatientsPage(Page):
    """Search at the top, matches below, best first; the form for a new patient beside them."""

    page_id = "patients"
    icon = "account-group-outline"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Patients")
        self._context = context
        self._latest = Latest(context.jobs, self)
        self._panel: NewPatientPanel | None = None
        self._stale = False
        self._count_stale = True
        self.choosing = Notice(object_name="patients_choosing", closable=True)
        # Asked for now, so that the list is read while the page is built.
        self._ask("", archived=False)
        self.search = SearchField(
            "patient_search",
            self.tr("Find a patient"),
            placeholder=self.tr("Name, record number, birth date or phone"),
        )
        self.archived = CheckField(self.tr("Archived too"), "patient_archived", compact=True)
        self.new = Button(
            self.tr("New patient"), "new_patient", ButtonKind.PRIMARY, "account-plus-outline"
        )
        self.count = Muted("", wrap=False)
        self.count.setObjectName("patient_count")
        self.list = self._make_list()
        self._may_enter = context.may(Right.PATIENT_EDIT)
        self._build()
        self._connect()
        for button in (self.new, self._empty.action):
            button.setVisible(self._may_enter)

    def _make_list(self) -> QListView:
        made = long_list("patient_list", self.tr("Patients found"))
        self._model = PatientListModel(made)
        made.setModel(self._model)
        return made

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(Title(self.title))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.new)
        bar = QHBoxLayout()
        bar.setSpacing(Space.M)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.archived)
        self._empty = EmptyState(
            "account-search-outline", "", "", self.tr("New patient"), object_name="patients_empty"
        )
        self._results = QStackedLayout()
        card = Card(padding=Space.S)
        # Before anything is added: a stacked layout shows its first widget, even without a parent.
        nest(card.body, self._results)
        self._results.addWidget(self.list)
        self._results.addWidget(self._empty)
        self._say_nobody_found()
        left = QVBoxLayout()
        left.setSpacing(Space.M)
        left.addWidget(self.choosing)
        nest(left, bar)
        left.addWidget(card, 1)
        self._columns = QHBoxLayout()
        self._columns.setSpacing(Space.L)
        nest(self._columns, left, 3)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.PAGE, Space.L, Space.PAGE, Space.S)
        whole.setSpacing(Space.L)
        nest(whole, head)
        nest(whole, self._columns, 1)

    def _connect(self) -> None:
        self.search.searched.connect(self._search)
        self.search.moved.connect(self._move)
        self.search.entered.connect(self._open_selected)
        self.archived.ticked.connect(self._ticked)
        self.list.activated.connect(self._open_index)
        self.list.clicked.connect(self._open_index)
        self.new.clicked.connect(self.open_new_patient)
        self._empty.acted.connect(self.open_new_patient)
        self._context.changed.connect(self._changed)
        if self._may_enter:
            self.add_key("Ctrl+N", self.tr("New patient"), self.open_new_patient)
        self.describe_key("Esc", self.tr("Clear the search, or close the form"))
        self.describe_key("↑ ↓", self.tr("Move in the list"))
        self.describe_key("Enter", self.tr("Open the marked patient"))

    def shown(self, **arguments: object) -> None:
        self.choosing.hide()
        if arguments.get("react"):
            words = self.tr("Choose the patient who reacted. The reaction is recorded next.")
            self.choosing.show_notice(Kind.INFO, words)
            self._close_panel()
        if arguments.get("new"):
            self.open_new_patient()
        if self._stale:
            self._search(self.search.value())

    def leave(self) -> None:
        if self._panel is not None:
            self._panel.flush()

    def place(self) -> Mapping[str, object]:
        # What is typed there is a draft by itself.
        new = self._panel is not None and self._panel.isVisibleTo(self)
        return {"new": new, "react": not self.choosing.isHidden()}

    def first_focus(self) -> QWidget | None:
        if self._panel is not None and self._panel.isVisible():
            return self._panel.form.family_name
        return self.search

    @Slot(str)
    def _search(self, text: str) -> None:
        self._ask(text, archived=self.archived.isChecked())

    def _ask(self, text: str, *, archived: bool) -> None:
        self._stale = False
        self._latest.run(partial(_find, self._context.desk, text, archived), self._show)

    @Slot(bool)
    def _ticked(self, _ticked: bool) -> None:
        self._search(self.search.value())

    def _show(self, hits: tuple[PatientHit, ...]) -> None:
        self._model.show_hits(hits, self._context.today())
        self._results.setCurrentIndex(0 if hits else 1)
        if hits:
            self._mark(0)
        if self._count_stale:
            # After the list: counting reads a row of each patient.
            self._count_stale = False
            self._context.run(self, _count, self._show_count, self._not_counted)

    def _show_count(self, count: int) -> None:
        words = self.tr("{count} on record") if count else ""
        self.count.setText(words.format(count=self.locale().toString(count)))
        if count:
            self._say_nobody_found()
        else:
            self._empty.set_words(
                self.tr("No patients yet"),
                self.tr("Make the first record: a name and a birth date are enough to begin.")
                if self._may_enter
                else self.tr("Records that are made come up here."),
            )

    def _not_counted(self, _error: Exception) -> None:
        # The list is what matters; the number is asked for again with the next search.
        self._count_stale = True
        self._say_nobody_found()

    def _say_nobody_found(self) -> None:
        self._empty.set_words(
            self.tr("Nobody found"),
            self.tr("Try fewer letters, the record number or the birth date."),
        )

    def _mark(self, row: int) -> None:
        index = self._model.index(row)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, flags)
        self.list.scrollTo(index)

    @Slot(int)
    def _move(self, steps: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self._mark(max(0, min(rows - 1, self.list.currentIndex().row() + steps)))

    @Slot()
    def _open_selected(self) -> None:
        self._open_index(self.list.currentIndex())

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        patient_id = self._model.patient_id(index.row())
        if patient_id is not None:
            self._open(patient_id)

    @Slot(object)
    def _open(self, patient_id: UUID) -> None:
        if self.choosing.isHidden():
            self.navigate("patient", patient_id=patient_id)
        else:
            self.navigate("patient", patient_id=patient_id, tab="reactions", begin=True)

    @Slot()
    def open_new_patient(self) -> None:
        """Show the form for a new patient beside the list, to whoever may enter patients."""
        if not self._may_enter:
            return
        if self._panel is None:
            self._panel = NewPatientPanel(self._context)
            self._panel.created.connect(self._created)
            self._panel.open_asked.connect(self._open)
            self._panel.closed.connect(self._close_panel)
            self._columns.addWidget(self._panel, 2)
        self._panel.show()
        self._panel.begin()

    @Slot()
    def _close_panel(self) -> None:
        if self._panel is not None and self._panel.isVisible():
            self._panel.flush()
            self._panel.hide()
            self.search.setFocus()

    @Slot(object)
    def _created(self, patient_id: UUID) -> None:
        if self._panel is not None:
            self._panel.hide()
        self.navigate("patient", patient_id=patient_id, tab="intake")

    @Slot(object, object)
    def _changed(self, topic: Topic, _origin: object) -> None:
        if topic & Topic.PATIENTS:
            self._stale = self._count_stale = True
            if self.isVisible():
                self._search(self.search.value())


def _find(desk: Desk, text: str, archived: bool) -> tuple[PatientHit, ...]:
    return desk.patients.search(text, limit=MOST_ROWS, archived=archived)


def _count(desk: Desk) -> int:
    return desk.patients.count()
