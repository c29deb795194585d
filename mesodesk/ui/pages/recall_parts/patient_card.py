"""One patient treated with a lot: when, where, how much, and whether they know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.bodymap.regions import named_together
from mesodesk.domain.reaction_terms import told_names
from mesodesk.ui.numbers import format_date, format_quantity
from mesodesk.ui.pages.recall_parts.contact_form import ContactForm, channel_words
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import column, nest, row
from mesodesk.ui.widgets.rows import Row
from mesodesk.ui.widgets.text import ElidedLabel, Muted

if TYPE_CHECKING:
    from datetime import date

    from mesodesk.domain.records.recall import ContactRecord, TracedPatient, TracedSession


class PatientCard(Card):
    """Sessions as rows; the newest attempt to reach the patient as a chip."""

    #: TracedSession
    session_opened = Signal(object)
    #: TracedSession: show its places on the body.
    places_asked = Signal(object)
    #: (TracedPatient, ContactFields)
    contacted = Signal(object, object)

    def __init__(
        self,
        patient: TracedPatient,
        language: str,
        today: date,
        *,
        recalled: bool,
        may_note: bool,
        parent: QWidget | None = None,
    ) -> None:
        number = patient.record_number
        super().__init__(object_name=f"traced_{number}", padding=Space.M, parent=parent)
        self.patient = patient
        self._today = today
        self.form: ContactForm | None = None
        self.body.setSpacing(Space.XS)
        self.name = ElidedLabel(patient.name, Role.STRONG)
        facts = [number, patient.phone or ("" if patient.restricted else _tr("no phone"))]
        about = Muted(" · ".join(each for each in facts if each), wrap=False)
        self.note = Button(
            _tr("Note a contact"), f"contact_{number}_begin", ButtonKind.QUIET, "phone-outline",
            compact=True,
        )  # fmt: skip
        self.told = Chip(Kind.CAUTION, "", f"told_{number}")
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        nest(head, column(self.name, about, spacing=0), 1)
        head.addWidget(self.told)
        head.addWidget(self.note)
        nest(self.body, head)
        if patient.reacted:
            names = told_names(language)
            what = ", ".join(names.get(each, each) for each in patient.told)
            words = _tr("reacted: {what}").format(what=what) if what else _tr("reacted")
            nest(self.body, row(Chip(Kind.STOP, words, f"reacted_{number}"), stretch=True))
        self.rows = [self._row(session, language) for session in patient.sessions]
        for each in self.rows:
            self.add(each)
        if patient.restricted:
            self.add(
                Muted(_tr("Restricted record: somebody who sees it has to tell this patient."))
            )
        self._place = column(spacing=0)
        nest(self.body, self._place)
        self._show_told(patient.contacts, recalled=recalled)
        self.note.setVisible(recalled and may_note and not patient.restricted)
        self.note.clicked.connect(self.begin_contact)

    def _row(self, session: TracedSession, language: str) -> Row:
        regions = ", ".join(named_together(session.regions, language)) or _tr("not charted yet")
        syringes = sorted({each.syringe_digit for each in session.fields})
        facts = [
            _plural(session.points, _tr("1 point"), _tr("{n} points")),
            _tr("{volume} of this lot").format(
                volume=format_quantity(session.lot_ml or session.drawn_ml, "mL")
            ),
        ]
        if syringes:
            facts.append(_tr("syringe {digits}").format(digits=", ".join(map(str, syringes))))
        facts.append(regions)
        state = "" if session.state.value == "signed" else f" · {_tr('not signed')}"
        title = _tr("Session {number}, {day}").format(
            number=session.number, day=format_date(session.day)
        )
        made = Row(
            f"{title}{state}",
            " · ".join(facts),
            object_name=f"traced_session_{session.session_id}",
            leading=IconLabel("human", "muted"),
            trailing=(IconLabel("chevron-right"),),
        )
        made.clicked.connect(self._clicked)
        return made

    def _show_told(self, contacts: tuple[ContactRecord, ...], *, recalled: bool) -> None:
        self.told.setVisible(recalled)
        if not contacts:
            self.told.set_kind(Kind.CAUTION, "phone-alert-outline")
            self.told.set_text(_tr("not told yet"))
            return
        reached = next((each for each in contacts if each.fields.reached), None)
        last = reached or contacts[0]
        words = _tr("told {day}, {how}") if reached else _tr("tried {day}, {how}")
        self.told.set_kind(
            Kind.OK if reached else Kind.CAUTION,
            "check-circle" if reached else "phone-missed-outline",
        )
        self.told.set_text(
            words.format(
                day=format_date(last.fields.contacted_on), how=channel_words(last.fields.channel)
            )
        )
        lines = [
            " · ".join(
                part
                for part in (
                    format_date(each.fields.contacted_on),
                    channel_words(each.fields.channel),
                    _tr("reached") if each.fields.reached else _tr("not reached"),
                    each.fields.note,
                    each.by,
                )
                if part
            )
            for each in contacts
        ]
        self.told.setToolTip("\n".join(lines))
        self.told.setAccessibleDescription("\n".join(lines))

    @Slot()
    def _clicked(self) -> None:
        row = self.sender()
        if isinstance(row, Row) and row in self.rows:
            self.places_asked.emit(self.patient.sessions[self.rows.index(row)])

    @Slot()
    def begin_contact(self) -> None:
        """Show the form for a contact in its place."""
        if self.form is not None:
            self.close_contact()
            return
        self.form = ContactForm(self.patient.record_number, self._today)
        self.form.kept.connect(self._kept)
        self.form.closed.connect(self.close_contact)
        self._place.addWidget(self.form)
        self.form.show()
        self.form.reached.segment("yes").setFocus()

    @Slot()
    def close_contact(self) -> None:
        """Take the form away."""
        if self.form is not None:
            self._place.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            self.note.setFocus()

    @Slot(object)
    def _kept(self, fields: object) -> None:
        self.contacted.emit(self.patient, fields)


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many.format(n=number)


def _tr(text: str) -> str:
    return QCoreApplication.translate("recall", text)
