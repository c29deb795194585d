"""The form of a plan: begun or changed; what is typed survives until it is kept or discarded."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.records.plan import Interval, IntervalUnit, PlanFields
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.pages.plan_parts.interval_field import CountField, IntervalField
from mesodesk.ui.pages.plan_parts.regions_field import RegionsField
from mesodesk.ui.plan_words import held_words
from mesodesk.ui.tokens import Kind
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.plan import PlanRecord
    from mesodesk.domain.records.protocol import ProtocolRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM: Final = "plan"
_NONE: Final = "none"


class PlanForm(Card):
    """Indication, regions, how many, how far apart, by which protocol. Nothing has a default."""

    kept = Signal(object)
    """The plan that was begun or changed."""

    closed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="plan_form", parent=parent)
        self._context = context
        self._patient_id: UUID | None = None
        self._plan: PlanRecord | None = None
        self._protocols: dict[UUID, ProtocolRecord] = {}
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._make_fields()
        self._lay_out()
        self._connect()

    def _make_fields(self) -> None:
        self.protocol = ChoiceField("plan_protocol", self.tr("Protocol"))
        self.indication = TextField(
            "plan_indication",
            self.tr("Indication"),
            placeholder=self.tr("Contour of the abdomen"),
        )
        self.regions = RegionsField("plan_region", self._context.language)
        self.planned = CountField("plan_sessions", self.tr("Planned sessions"))
        self.interval = IntervalField("plan_")
        self.most = CountField("plan_maximum", self.tr("At most so many sessions"))
        self.notice = Notice(object_name="plan_form_notice")
        self.missing = Muted("", wrap=False)
        self.keep = Button(self.tr("Begin the plan"), "plan_keep", ButtonKind.PRIMARY)
        self.discard = Button(self.tr("Discard"), "plan_discard", ButtonKind.QUIET)

    def _lay_out(self) -> None:
        form = Form(max_width=1_000)
        self.by_protocol = FormRow(
            self.tr("Protocol"),
            self.protocol,
            self.tr("Interval and maximum are taken over, and can be changed here."),
            optional=True,
        )
        form.add(self.by_protocol)
        form.add_row(self.tr("Indication"), self.indication)
        form.add_row(self.tr("Regions"), self.regions, optional=True)
        form.add_pair(
            FormRow(self.tr("Planned sessions"), self.planned, optional=True),
            FormRow(self.tr("Sessions, at most"), self.most, optional=True),
        )
        form.add_row(
            self.tr("Interval, at least"),
            self.interval,
            self.tr("Sooner than that, or over the maximum, takes a typed reason."),
            optional=True,
        )
        self.add(form)
        self.add(self.notice)
        nest(self.body, row(self.keep, self.discard, self.missing, stretch=True))

    def _connect(self) -> None:
        self.protocol.edited.connect(self._protocol_taken)
        for field in (self.indication, self.planned, self.most):
            field.edited.connect(self._typed)
        for other in (self.regions, self.interval):
            other.edited.connect(self._typed)
        self.keep.clicked.connect(self._keep)
        self.discard.clicked.connect(self._discard)

    # Beginning

    def begin(
        self, patient_id: UUID, protocols: tuple[ProtocolRecord, ...], plan: PlanRecord | None
    ) -> None:
        """Show a new plan, or one that is to be changed; what was typed before comes back."""
        self.flush()
        self._patient_id, self._plan = patient_id, plan
        self._protocols = {each.id: each for each in protocols}
        self.set_title(self.tr("New plan") if plan is None else self.tr("Change the plan"))
        words = self.tr("Begin the plan") if plan is None else self.tr("Keep the change")
        self.keep.setText(words)
        self.keep.setAccessibleName(words)
        options = [Option(_NONE, self.tr("Without a protocol"))]
        options += [Option(each.id, each.name, "", _held(each)) for each in protocols]
        if plan is not None and plan.fields.protocol_id not in {None, *self._protocols}:
            options.append(Option(plan.fields.protocol_id, plan.protocol_name))
        self.protocol.set_options(options)
        self.by_protocol.setVisible(len(options) > 1)
        self.notice.hide()
        self._show(PlanFields() if plan is None else plan.fields)
        work = partial(_draft, subject=self._subject())
        self._context.run(self, work, partial(self._show_draft, self._subject()))

    def is_for(self, patient_id: UUID) -> bool:
        """Tell whether the form is open for a patient."""
        return self._patient_id == patient_id

    def is_touched(self) -> bool:
        """Tell whether something was typed that is not on record."""
        on_record = PlanFields() if self._plan is None else self._plan.fields
        return self.fields() != on_record

    def forget(self) -> None:
        """Let go of the patient."""
        self.flush()
        self._patient_id = self._plan = None

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def first_focus(self) -> QWidget:
        """Return the field to begin with."""
        return self.indication.input

    def fields(self) -> PlanFields:
        """Return what stands in the form."""
        chosen = self.protocol.value()
        return PlanFields(
            indication=self.indication.value(),
            regions=self.regions.value(),
            planned_sessions=self.planned.count(),
            interval=self.interval.interval(),
            max_sessions=self.most.count(),
            protocol_id=chosen if isinstance(chosen, UUID) else None,
        )

    def _subject(self) -> str:
        return str(self._patient_id if self._plan is None else self._plan.id)

    def _show(self, fields: PlanFields) -> None:
        self.protocol.set_value(fields.protocol_id or _NONE)
        self.indication.set_value(fields.indication)
        self.regions.set_value(fields.regions)
        self.planned.set_count(fields.planned_sessions)
        self.interval.set_interval(fields.interval)
        self.most.set_count(fields.max_sessions)
        self._show_state()

    def _show_draft(self, subject: str, draft: Mapping[str, Any] | None) -> None:
        if draft and self._patient_id is not None and subject == self._subject():
            self._show(_from_draft(draft))
            words = self.tr("This is what was typed before; it is not on record yet.")
            self.notice.show_notice(Kind.INFO, words)

    # Typing

    @Slot(object)
    def _protocol_taken(self, chosen: object) -> None:
        """Take over what the protocol says, where nothing else was typed."""
        protocol = self._protocols.get(chosen) if isinstance(chosen, UUID) else None
        content = None if protocol is None else protocol.content
        if content is not None:
            typed = self.fields()
            self.interval.set_interval(content.interval or typed.interval)
            self.most.set_count(content.max_sessions or typed.max_sessions)
            self.indication.set_value(typed.indication or content.indication)
            self.regions.set_value(typed.regions or content.regions)
        self._typed()

    @Slot()
    def _typed(self) -> None:
        payload = _to_draft(self.fields())
        write = partial(_put_draft, self._context.desk, self._subject(), payload)
        self._keeper.put("draft", write, aside=draft(_FORM, self._subject(), payload))
        self._show_state()

    def _show_state(self) -> None:
        named = bool(self.indication.value().strip())
        self.missing.setText("" if named else self.tr("Still needed: the indication."))
        checked = (self.indication, self.planned, self.most, self.interval.number)
        wrong = any(each.error() for each in checked)
        self.keep.setEnabled(named and not wrong)

    # Keeping

    @Slot()
    def _keep(self) -> None:
        if self._patient_id is None:
            return
        self.keep.setEnabled(False)
        work = partial(_keep, self._patient_id, self._plan, self.fields(), subject=self._subject())
        self._context.write(self, work, self._is_kept, self._not_kept, after=self._keeper)

    def _is_kept(self, plan: PlanRecord) -> None:
        self._patient_id = self._plan = None
        self.kept.emit(plan)

    def _not_kept(self, error: Exception) -> None:
        places = {
            "indication": self.indication,
            "planned_sessions": self.planned,
            "max_sessions": self.most,
            "interval": self.interval.number,
        }
        for problem in getattr(error, "problems", ()):
            if problem.place in places:
                places[problem.place].set_error(problem.sentence)
        self._show_state()
        self.keep.setEnabled(True)
        self.notice.show_notice(Kind.CAUTION, self.tr("The plan was not kept"), explain(error))

    @Slot()
    def _discard(self) -> None:
        subject = self._subject()
        self._keeper.put("draft", partial(_discard_draft, self._context.desk, subject))
        self._keeper.flush()
        self._patient_id = self._plan = None
        self.closed.emit()


def _held(protocol: ProtocolRecord) -> str:
    return "" if protocol.content is None else held_words(protocol.content)


def _to_draft(fields: PlanFields) -> dict[str, object]:
    interval = fields.interval
    return {
        "indication": fields.indication,
        "regions": list(fields.regions),
        "planned_sessions": _text(fields.planned_sessions),
        "interval": "" if interval is None else f"{interval.count} {interval.unit.value}",
        "max_sessions": _text(fields.max_sessions),
        "protocol": "" if fields.protocol_id is None else str(fields.protocol_id),
    }


def _text(count: int | None) -> str:
    return "" if count is None else str(count)


def _from_draft(draft: Mapping[str, Any]) -> PlanFields:
    count, _, unit = str(draft.get("interval", "")).partition(" ")
    number, protocol = _number(count), str(draft.get("protocol", ""))
    return PlanFields(
        indication=str(draft.get("indication", "")),
        regions=tuple(map(str, draft.get("regions", ()))),
        planned_sessions=_number(draft.get("planned_sessions")),
        interval=None if number is None else Interval(number, IntervalUnit(unit)),
        max_sessions=_number(draft.get("max_sessions")),
        protocol_id=UUID(protocol) if protocol else None,
    )


def _number(text: object) -> int | None:
    try:
        return int(Decimal(str(text)))
    except InvalidOperation:
        return None


def _draft(desk: Desk, *, subject: str) -> Mapping[str, object] | None:
    return desk.drafts.get(_FORM, subject)


def _put_draft(desk: Desk, subject: str, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, subject, payload)


def _discard_draft(desk: Desk, subject: str, _version: int) -> None:
    desk.drafts.discard(_FORM, subject)


def _keep(
    patient_id: UUID, plan: PlanRecord | None, fields: PlanFields, desk: Desk, *, subject: str
) -> PlanRecord:
    if plan is None:
        kept = desk.plans.begin(patient_id, fields)
    else:
        kept = desk.plans.update(plan.id, plan.version, fields)
    desk.drafts.discard(_FORM, subject)
    return kept
