"""The form of a reaction: what is known now; what is left open stays "not asked"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.reaction_terms import OTHER, load_reaction_terms
from mesodesk.domain.records.patient import BodySex
from mesodesk.domain.records.reaction import UNKNOWN_WHEN, ReactionFields, ReactionPlace
from mesodesk.ui.pages.reaction_parts.ticks import Ticks
from mesodesk.ui.pages.reaction_parts.when_field import WhenField
from mesodesk.ui.pages.reaction_parts.words import part_words, session_words
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.choices import ChoiceField, PickList
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.segments import TriState
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mesodesk.domain.records.reaction import TreatedSession
    from mesodesk.ui.context import Context

_NAME: Final = "reaction"


class ReactionForm(QWidget):
    """Fields from what it is to how it ended; the place is tapped on the body beside."""

    #: Something was typed or chosen.
    edited = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("reaction_form")
        self._language = context.language
        self._sessions: tuple[TreatedSession, ...] = ()
        self.places: tuple[ReactionPlace, ...] = ()
        terms, tr = load_reaction_terms(), self.tr
        self.session = ChoiceField(f"{_NAME}_session", tr("After which session"), compact=True)
        self.kind = PickList(
            f"{_NAME}_kind",
            tr("What it is"),
            [Option(each.id, each.name.get(self._language)) for each in terms.kinds.values()],
            placeholder=tr("Nodule, swelling, rash ..."),
            compact=True,
        )
        self.what = TextField(
            f"{_NAME}_what", tr("In words"), placeholder=tr("In your own words"), compact=True
        )
        self.scale = ChoiceField(
            f"{_NAME}_scale",
            tr("Scale"),
            [Option(each.id, each.name.get(self._language)) for each in terms.scales.values()],
            placeholder=tr("Scale"),
            compact=True,
        )
        self.grade = ChoiceField(f"{_NAME}_grade", tr("Grade"), compact=True)
        self.serious = TriState(f"{_NAME}_serious", tr("Serious"), compact=True)
        self.criteria = Ticks(f"{_NAME}_criteria", tr("What makes it serious"))
        self.onset = WhenField(f"{_NAME}_onset", tr("Began"), context.today())
        self.ended = TriState(f"{_NAME}_ended", tr("Over"), warn_on=None, compact=True)
        self.end = WhenField(f"{_NAME}_end", tr("Ended"), context.today())
        self.relatedness = self._choice("relatedness", tr("Related"), tr("not judged"))
        self.suspects = Ticks(f"{_NAME}_lots", tr("Suspected lots"))
        self.done = Ticks(f"{_NAME}_actions", tr("What was done"))
        self.action_note = TextField(
            f"{_NAME}_action_note", tr("What was done, in words"),
            placeholder=tr("Details, if any"), compact=True,
        )  # fmt: skip
        self.outcome = self._choice("outcomes", tr("Outcome"), tr("not said"))
        self.note = MultilineField(f"{_NAME}_note", tr("Note"), placeholder=tr("Note, if any"))
        self._build()
        self._connect()
        self.clear()

    def _choice(self, terms: str, name: str, none: str) -> ChoiceField:
        known = getattr(load_reaction_terms(), terms).values()
        options = [Option("", none)]
        options += [Option(each.id, each.name.get(self._language)) for each in known]
        return ChoiceField(f"{_NAME}_{terms}", name, options, compact=True)

    def _build(self) -> None:
        terms, language, tr = load_reaction_terms(), self._language, self.tr
        self.criteria.offer({key: each.name.get(language) for key, each in terms.criteria.items()})
        self.done.offer({key: each.name.get(language) for key, each in terms.actions.items()})
        self.end_row = FormRow(tr("Ended"), self.end)
        self.criteria_row = _flowing(tr("What makes it serious"), self.criteria)
        self.lots_row = _flowing(tr("Suspected lots"), self.suspects)
        self.scale_row = FormRow(tr("Grade"), self.scale)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(Space.M)
        for each in (
            FormRow(tr("What it is"), self.kind),
            self.what,
            FormRow(tr("After which session"), self.session),
            FormRow(tr("Began"), self.onset),
            self.scale_row,
            self.grade,
            FormRow(tr("Serious"), self.serious),
            self.criteria_row,
            FormRow(tr("Over"), self.ended),
            self.end_row,
            FormRow(tr("Related to the treatment"), self.relatedness),
            self.lots_row,
            _flowing(tr("What was done"), self.done),
            self.action_note,
            FormRow(tr("Outcome"), self.outcome),
            self.note,
        ):
            whole.addWidget(each)

    def _connect(self) -> None:
        self.kind.edited.connect(self._kind_chosen)
        self.session.edited.connect(self._session_chosen)
        self.scale.edited.connect(self._scale_chosen)
        self.serious.answered.connect(self._answered)
        self.ended.answered.connect(self._answered)
        for field in (self.what, self.grade, self.relatedness, self.action_note, self.outcome):
            field.edited.connect(self._typed)
        self.note.edited.connect(self._typed)
        for each in (self.criteria, self.onset, self.end, self.suspects, self.done):
            each.edited.connect(self.edited)

    # What there is to choose from

    def offer(self, sessions: tuple[TreatedSession, ...]) -> None:
        """Offer the sessions that it may have followed; the latest is chosen until another is."""
        if sessions == self._sessions:
            return
        self._sessions = sessions
        self.session.set_options([Option(each.id, session_words(each)) for each in sessions])
        if self.session.value() is None and sessions:
            self.session.set_value(sessions[0].id)
        self._show()

    def chosen_session(self) -> TreatedSession | None:
        wanted = self.session.value()
        return next((each for each in self._sessions if each.id == wanted), None)

    def suspect(self, lots: Iterable[UUID]) -> None:
        """Tick the lots that lie under the place, unless some are ticked already."""
        if not self.suspects.value():
            self.suspects.set_value([str(each) for each in lots])

    def choose_session(self, session_id: UUID) -> None:
        """Choose the session that lies under the place."""
        if any(each.id == session_id for each in self._sessions):
            self.session.set_value(session_id)
            self._show()

    # What stands there

    def fields(self) -> ReactionFields:
        """Return what is known, as typed."""
        serious, ended = self.serious.answer(), self.ended.answer()
        return ReactionFields(
            session_id=self.session.value(),
            kind=self.kind.value() or "",
            what=self.what.value(),
            scale=self.scale.value() or "" if self.grade.value() is not None else "",
            grade=self.grade.value(),
            serious=serious,
            criteria=self.criteria.value() if serious is Answer.YES else (),
            onset=self.onset.value(),
            ended=ended,
            end=self.end.value() if ended is Answer.YES else UNKNOWN_WHEN,
            relatedness=self.relatedness.value() or "",
            actions=self.done.value(),
            action_note=self.action_note.value(),
            outcome=self.outcome.value() or "",
            places=self.places,
            lots=tuple(UUID(each) for each in self.suspects.value()),
            note=self.note.value(),
        )

    def show_fields(self, fields: ReactionFields) -> None:
        """Show what is known, without telling of it."""
        self.session.set_value(fields.session_id)
        self.kind.set_value(fields.kind or None)
        self.what.set_value(fields.what)
        self.scale.set_value(fields.scale or self._usual_scale())
        self._offer_grades()
        self.grade.set_value(fields.grade)
        self.serious.set_answer(fields.serious)
        self.criteria.set_value(fields.criteria)
        self.onset.set_value(fields.onset)
        self.ended.set_answer(fields.ended)
        self.end.set_value(fields.end)
        self.relatedness.set_value(fields.relatedness)
        self.done.set_value(fields.actions)
        self.action_note.set_value(fields.action_note)
        self.outcome.set_value(fields.outcome)
        self.note.set_value(fields.note)
        self.places = fields.places
        self._show()
        self.suspects.set_value([str(each) for each in fields.lots])

    def clear(self) -> None:
        """Empty the form; the latest session stays chosen."""
        session_id = self._sessions[0].id if self._sessions else None
        self.show_fields(ReactionFields(session_id=session_id))

    def is_blank(self) -> bool:
        """Whether nothing was said yet."""
        session_id = self.session.value()
        return self.fields() == ReactionFields(session_id=session_id) and self.onset.is_blank()

    def stop(self) -> QWidget | None:
        """Say what stands in the way of recording, and return where it is put right."""
        if not self.kind.value():
            self.kind.set_error(self.tr("Choose what it is; “Something else” takes your words."))
            return self.kind.input
        if self.kind.value() == OTHER and not self.what.value():
            self.what.set_error(self.tr("Say in your own words what it is."))
            return self.what.input
        if self.session.value() is None:
            self.session.set_error(self.tr("Choose the session that it followed."))
            return self.session.input
        stop = self.onset.stop()
        if stop is None and self.ended.answer() is Answer.YES:
            stop = self.end.stop()
        return stop

    def first_focus(self) -> QWidget:
        """Return where typing begins."""
        return self.kind.input

    # Drafts

    def draft(self) -> dict[str, Any]:
        """Return what stands in the form, exactly as typed."""
        fields = self.fields()
        return {
            "session": None if fields.session_id is None else str(fields.session_id),
            "kind": fields.kind,
            "what": self.what.value(),
            "scale": self.scale.value(),
            "grade": fields.grade,
            "serious": str(fields.serious),
            "criteria": list(self.criteria.value()),
            "onset": self.onset.draft(),
            "ended": str(fields.ended),
            "end": self.end.draft(),
            "relatedness": fields.relatedness,
            "actions": list(fields.actions),
            "action_note": fields.action_note,
            "outcome": fields.outcome,
            "places": [
                [each.sex.value, each.triangle, repr(each.u), repr(each.v)]
                for each in fields.places
            ],
            "lots": [str(each) for each in fields.lots],
            "note": fields.note,
        }

    def show_draft(self, draft: Mapping[str, Any]) -> None:
        """Show what was typed before, without telling of it."""
        session = draft.get("session")
        self.show_fields(
            ReactionFields(
                session_id=UUID(str(session)) if session else None,
                kind=str(draft.get("kind") or ""),
                what=str(draft.get("what") or ""),
                scale=str(draft.get("scale") or ""),
                grade=draft.get("grade"),
                serious=Answer(draft.get("serious") or Answer.NOT_ASKED),
                criteria=tuple(draft.get("criteria") or ()),
                ended=Answer(draft.get("ended") or Answer.NOT_ASKED),
                relatedness=str(draft.get("relatedness") or ""),
                actions=tuple(draft.get("actions") or ()),
                action_note=str(draft.get("action_note") or ""),
                outcome=str(draft.get("outcome") or ""),
                places=tuple(
                    ReactionPlace(BodySex(sex), int(triangle), float(u), float(v))
                    for sex, triangle, u, v in draft.get("places") or ()
                ),
                lots=tuple(UUID(str(each)) for each in draft.get("lots") or ()),
                note=str(draft.get("note") or ""),
            )
        )
        self.onset.show_draft(draft.get("onset") or {})
        self.end.show_draft(draft.get("end") or {})

    # What depends on what

    def _usual_scale(self) -> str | None:
        kind = load_reaction_terms().kinds.get(self.kind.value() or "")
        return None if kind is None else kind.scale

    def _offer_grades(self) -> None:
        scale = load_reaction_terms().scales.get(self.scale.value() or "")
        before = self.grade.value()
        grades = () if scale is None else scale.grades
        options = [Option(None, self.tr("not graded"))]
        options += [
            Option(each.grade, f"{each.grade}: {each.label.get(self._language)}") for each in grades
        ]
        self.grade.set_options(options)
        self.grade.set_value(before if any(each.grade == before for each in grades) else None)
        hint = None if scale is None else scale.hint
        said = self.tr("Between two grades, the higher one.")
        self.scale_row.set_help(said if hint is None else f"{said} {hint.get(self._language)}")

    def _show(self) -> None:
        self.criteria_row.setVisible(self.serious.answer() is Answer.YES)
        self.end_row.setVisible(self.ended.answer() is Answer.YES)
        session = self.chosen_session()
        parts = () if session is None else session.parts
        self.suspects.offer({str(each.lot_id): part_words(each) for each in parts})
        self.lots_row.setVisible(bool(parts))

    @Slot(object)
    def _kind_chosen(self, _kind: object) -> None:
        if self.grade.value() is None:
            self.scale.set_value(self._usual_scale())
            self._offer_grades()
        self.edited.emit()

    @Slot(object)
    def _session_chosen(self, _session: object) -> None:
        self._show()
        self.edited.emit()

    @Slot(object)
    def _scale_chosen(self, _scale: object) -> None:
        self._offer_grades()
        self.edited.emit()

    @Slot(object)
    def _answered(self, _answer: object) -> None:
        self._show()
        self.edited.emit()

    @Slot(object)
    def _typed(self, _value: object) -> None:
        self.edited.emit()


def _flowing(label: str, field: Ticks) -> FormRow:
    """Return a row as high as its ticks need at the width that there is."""
    made = FormRow(label, field)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    made.setSizePolicy(policy)
    return made
