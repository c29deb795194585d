"""The form of a protocol; keeping it makes a new version, and what is typed survives until then."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.clock import local_date
from mesodesk.domain.protocols import ProtocolContent, protocol_from_plain, protocol_to_plain
from mesodesk.domain.records.favourite import Unreadable
from mesodesk.domain.rights import Right
from mesodesk.domain.vocabulary import load_aftercare
from mesodesk.ui.jobs import explain
from mesodesk.ui.keeper import Keeper
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.plan_parts.interval_field import CountField, IntervalField
from mesodesk.ui.pages.plan_parts.regions_field import RegionsField
from mesodesk.ui.pages.protocol_parts.checks_editor import ChecksEditor
from mesodesk.ui.pages.protocol_parts.injecting_field import InjectingField
from mesodesk.ui.tokens import Kind
from mesodesk.ui.typed import draft
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField
from mesodesk.ui.widgets.who_may import let_edit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.favourite import FavouriteRecord
    from mesodesk.domain.records.protocol import ProtocolRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_FORM: Final = "protocol"
_NEW: Final = "new"
_NO_TEXT: Final = "none"


class ProtocolForm(Card):
    """Name, interval and maximum with their source, what is injected, checks, aftercare."""

    kept = Signal(object)
    """The protocol as it stands now."""

    archived = Signal(object)
    """The protocol, taken out of the list or brought back."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="protocol_form", parent=parent)
        self._context = context
        self._protocol: ProtocolRecord | None = None
        self._keeper = Keeper(context.jobs, context.status, clock=context.clock, parent=self)
        self._make_fields()
        self._lay_out()
        self._connect()
        self.show_protocol(None)

    def _make_fields(self) -> None:
        language = self._context.language
        self.name = TextField(
            "protocol_name", self.tr("Name"), placeholder=self.tr("Abdomen, two weeks apart")
        )
        self.indication = TextField("protocol_indication", self.tr("Indication"))
        self.regions = RegionsField("protocol_region", language)
        self.interval = IntervalField("protocol_")
        self.most = CountField("protocol_maximum", self.tr("At most so many sessions"))
        self.source = TextField(
            "protocol_source",
            self.tr("Where interval and maximum come from"),
            placeholder=self.tr("Our own practice; a label; a course book"),
        )
        self.injecting = InjectingField()
        self.checks = ChecksEditor(language)
        texts = [Option(each.id, each.title.get(language)) for each in load_aftercare()]
        self.aftercare = ChoiceField(
            "protocol_aftercare",
            self.tr("Aftercare text"),
            [Option(_NO_TEXT, self.tr("What fits the products")), *texts],
        )
        self.note = MultilineField("protocol_note", self.tr("Note"))
        self.notice = Notice(object_name="protocol_form_notice")
        self.version = Muted("", wrap=False)
        self.keep = Button("", "protocol_keep", ButtonKind.PRIMARY)
        self.discard = Button(
            self.tr("Discard what was typed"), "protocol_discard", ButtonKind.QUIET
        )
        self.archive = Button("", "protocol_archive", ButtonKind.QUIET)

    def _lay_out(self) -> None:
        self.add_trailing(self.version)
        form = self.form = Form(max_width=1_200)
        form.add_pair(
            FormRow(self.tr("Name"), self.name),
            FormRow(self.tr("Indication"), self.indication, optional=True),
        )
        form.add_row(self.tr("Regions"), self.regions, optional=True)
        form.add_pair(
            FormRow(self.tr("Interval, at least"), self.interval, optional=True),
            FormRow(self.tr("Sessions, at most"), self.most, optional=True),
        )
        self.source_row = form.add_row(
            self.tr("Source of both"),
            self.source,
            self.tr("It is shown with every warning that rests on them."),
        )
        form.add_row(self.tr("Mixtures and fields"), self.injecting, optional=True)
        form.add_row(self.tr("Follow-up"), self.checks)
        form.add_row(self.tr("Aftercare text"), self.aftercare)
        form.add_row(self.tr("Note"), self.note, optional=True)
        self.add(form)
        self.add(self.notice)
        nest(self.body, row(self.keep, self.discard, self.archive, stretch=True))

    def _connect(self) -> None:
        for field in (
            self.name,
            self.indication,
            self.most,
            self.source,
            self.aftercare,
            self.note,
        ):
            field.edited.connect(self._typed)
        for other in (self.regions, self.interval, self.injecting, self.checks):
            other.edited.connect(self._typed)
        self.keep.clicked.connect(self._keep)
        self.discard.clicked.connect(self._discard)
        self.archive.clicked.connect(self._archive)

    # Showing

    def show_protocol(self, protocol: ProtocolRecord | None) -> None:
        """Show a protocol, or an empty form; what was typed before comes back."""
        self.flush()
        self._protocol = protocol
        self.notice.hide()
        content = ProtocolContent() if protocol is None else protocol.content
        self.set_title(self.tr("New protocol") if protocol is None else protocol.name)
        self.version.setText(self._version_words(protocol))
        self._show("" if protocol is None else protocol.name, content or ProtocolContent())
        if protocol is not None and protocol.unreadable is not None:
            self._say_unreadable(protocol.unreadable)
        work = partial(_draft, subject=self._subject())
        self._context.run(self, work, partial(self._show_draft, self._subject()))

    def set_favourites(self, records: tuple[FavouriteRecord, ...]) -> None:
        """Offer favourites to take mixtures and fields from."""
        self.injecting.set_favourites(records)

    def protocol_id(self) -> object:
        """Return the id of the protocol that is shown, None for a new one."""
        return None if self._protocol is None else self._protocol.id

    def flush(self) -> None:
        """Write down what is being typed."""
        self._keeper.flush()

    def first_focus(self) -> QWidget:
        """Return the field to begin with."""
        return self.name.input

    def content(self) -> ProtocolContent:
        """Return what stands in the form."""
        text = self.aftercare.value()
        return ProtocolContent(
            indication=self.indication.value(),
            regions=self.regions.value(),
            interval=self.interval.interval(),
            max_sessions=self.most.count(),
            source=self.source.value(),
            injecting=self.injecting.content(),
            checks=self.checks.checks(),
            aftercare_id="" if text in (None, _NO_TEXT) else str(text),
            note=self.note.value(),
        )

    def _version_words(self, protocol: ProtocolRecord | None) -> str:
        if protocol is None:
            return ""
        day = local_date(protocol.kept_at, self._context.clinic.fields.zone)
        return self.tr("version {number} · {day} · {who}").format(
            number=protocol.number, day=format_date(day), who=protocol.kept_by
        )

    def _say_unreadable(self, why: Unreadable) -> None:
        words = self.tr("This protocol is damaged and cannot be read. Keep it anew to go on.")
        if why is Unreadable.NEWER:
            words = self.tr("A later version of the program has kept this protocol. Update first.")
        self.notice.show_notice(Kind.CAUTION, words)

    def _show(self, name: str, content: ProtocolContent) -> None:
        self.name.set_value(name)
        self.indication.set_value(content.indication)
        self.regions.set_value(content.regions)
        self.interval.set_interval(content.interval)
        self.most.set_count(content.max_sessions)
        self.source.set_value(content.source)
        self.injecting.set_content(content.injecting)
        self.checks.set_checks(content.checks)
        self.aftercare.set_value(content.aftercare_id or _NO_TEXT)
        self.note.set_value(content.note)
        self._show_state()

    def _show_draft(self, subject: str, draft: Mapping[str, Any] | None) -> None:
        if not draft or subject != self._subject():
            return
        try:
            content = protocol_from_plain(draft["content"])
        except (KeyError, ValueError):
            return  # of an earlier version of the form
        self._show(str(draft.get("name", "")), content)
        self.notice.show_notice(
            Kind.INFO, self.tr("This is what was typed before; no version was made of it yet.")
        )

    # Typing and keeping

    def _subject(self) -> str:
        return _NEW if self._protocol is None else str(self._protocol.id)

    @Slot()
    def _typed(self) -> None:
        payload = {"name": self.name.value(), "content": protocol_to_plain(self.content())}
        write = partial(_put_draft, self._context.desk, self._subject(), payload)
        self._keeper.put("draft", write, aside=draft(_FORM, self._subject(), payload))
        self._show_state()

    def _show_state(self) -> None:
        protocol, may = self._protocol, self._context.may(Right.PROTOCOL_EDIT)
        let_edit(self.form, may=may)
        words = self.tr("Keep the protocol")
        if protocol is not None:
            words = self.tr("Keep as version {number}").format(number=protocol.number + 1)
        self.keep.setText(words)
        self.keep.setAccessibleName(words)
        wrong = any(e.error() for e in (self.name, self.most, self.interval.number))
        named = bool(self.name.value().strip())
        self.keep.setEnabled(named and not wrong and not self.checks.has_error())
        away = protocol is not None and protocol.archived
        told = self.tr("Bring it back") if away else self.tr("Archive")
        self.archive.setText(told)
        self.archive.setAccessibleName(told)
        self.archive.setVisible(may and protocol is not None)
        for button in (self.keep, self.discard):
            button.setVisible(may and not away)

    @Slot()
    def _keep(self) -> None:
        self.keep.setEnabled(False)
        work = partial(_keep, self._protocol, self.name.value(), self.content(), self._subject())
        self._context.write(self, work, self._is_kept, self._not_kept, after=self._keeper)

    def _is_kept(self, protocol: ProtocolRecord) -> None:
        self.show_protocol(protocol)
        self.kept.emit(protocol)

    def _not_kept(self, error: Exception) -> None:
        places = {
            "name": self.name,
            "source": self.source,
            "indication": self.indication,
            "max_sessions": self.most,
            "interval": self.interval.number,
        }
        for problem in getattr(error, "problems", ()):
            if problem.place in places:
                places[problem.place].set_error(problem.sentence)
        self.keep.setEnabled(True)
        self.notice.show_notice(Kind.CAUTION, self.tr("No version was made"), explain(error))

    @Slot()
    def _discard(self) -> None:
        write = partial(_discard_draft, self._context.desk, self._subject())
        self._keeper.put("draft", write)
        self._keeper.flush()
        protocol = self._protocol
        content = None if protocol is None else protocol.content
        self.notice.hide()
        self._show("" if protocol is None else protocol.name, content or ProtocolContent())

    @Slot()
    def _archive(self) -> None:
        if self._protocol is not None:
            work = partial(_archive, self._protocol)
            self._context.write(self, work, self._is_archived, self._not_kept)

    def _is_archived(self, protocol: ProtocolRecord) -> None:
        self.show_protocol(protocol)
        self.archived.emit(protocol)


def _draft(desk: Desk, *, subject: str) -> Mapping[str, object] | None:
    return desk.drafts.get(_FORM, subject)


def _put_draft(desk: Desk, subject: str, payload: Mapping[str, object], _version: int) -> None:
    desk.drafts.put(_FORM, subject, payload)


def _discard_draft(desk: Desk, subject: str, _version: int) -> None:
    desk.drafts.discard(_FORM, subject)


def _keep(
    protocol: ProtocolRecord | None, name: str, content: ProtocolContent, subject: str, desk: Desk
) -> ProtocolRecord:
    if protocol is None:
        kept = desk.protocols.create(name, content)
    else:
        kept = desk.protocols.change(protocol.id, protocol.version, name, content)
    desk.drafts.discard(_FORM, subject)
    return kept


def _archive(protocol: ProtocolRecord, desk: Desk) -> ProtocolRecord:
    if protocol.archived:
        return desk.protocols.restore(protocol.id, protocol.version)
    return desk.protocols.archive(protocol.id, protocol.version)
