"""Which version of a session this is: what it amends, what took its place, why; one way there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.clock import local_date
from mesodesk.domain.records.session import SessionState as RecordState
from mesodesk.domain.records.session import StatementKind
from mesodesk.ui.numbers import format_date, format_moment
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.cards import Notice

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from mesodesk.domain.records.versions import SessionHistory, Statement
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState


class _Said(NamedTuple):
    kind: Kind
    headline: str
    text: str
    action: str = ""
    leads_to: UUID | None = None


class VersionLine(Notice):
    """A banner above the stations; it hides for a session with one version that stands."""

    #: the id of another version.
    version_asked = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__(object_name="version_line")
        self._context = context
        self._leads_to: UUID | None = None
        self._session = ""
        self.acted.connect(self._go)

    def show_state(self, state: SessionState) -> None:
        """Say what there is to say of a session's versions."""
        zone = self._context.clinic.fields.zone
        self._session = self.tr("session {number} of {day}").format(
            number=state.record.number,
            day=format_date(local_date(state.record.started_at, zone)),
        )
        said = self._said(state, state.history) if state.history is not None else None
        self._leads_to = said.leads_to if said is not None else None
        if said is None:
            self.show_notice(Kind.INFO, "")
        else:
            self.show_notice(said.kind, said.headline, said.text, said.action)
        self.headline.set_struck(state.record.state is RecordState.AMENDED)

    @Slot()
    def _go(self) -> None:
        if self._leads_to is not None:
            self.version_asked.emit(self._leads_to)

    def _said(self, state: SessionState, history: SessionHistory) -> _Said | None:
        record = state.record
        if record.state is RecordState.DRAFT:
            return self._of_draft(record.id, history)
        if record.state is RecordState.AMENDED:
            return self._of_earlier(record.id, history)
        if record.state is RecordState.ENTERED_IN_ERROR:
            return self._of_error(record.id, history)
        return self._of_current(record.id, history)

    def _of_draft(self, session_id: UUID, history: SessionHistory) -> _Said | None:
        version = history.version_of(session_id)
        amended = version and version.amends and history.version_of(version.amends.amends_id)
        if version is None or version.amends is None or not amended:
            return None
        words = self.tr("This amends {session}, signed by {name}")
        return _Said(
            Kind.INFO,
            words.format(session=self._session, name=amended.signed_by),
            self.tr(
                "{reason}\nWhat was signed stays as it is, and counts until you sign this."
            ).format(reason=version.amends.reason),
            self.tr("Show the original"),
            amended.session_id,
        )

    def _of_earlier(self, session_id: UUID, history: SessionHistory) -> _Said | None:
        current, version = history.current, history.version_of(session_id)
        for said in history.said_of(session_id):
            if said.kind is StatementKind.AMENDED:
                struck = self.tr("Version {number} of {session}")
                words = self.tr("Amended by {name}, {moment}: {reason}")
                return _Said(
                    Kind.CAUTION if said.holds else Kind.STOP,
                    struck.format(
                        number=1 if version is None else version.number, session=self._session
                    ),
                    words.format(
                        name=said.author,
                        moment=self._moment(said.made_at),
                        reason=self._text(said),
                    ),
                    self.tr("Open the current version"),
                    current.session_id if current is not None else None,
                )
        return None

    def _of_error(self, session_id: UUID, history: SessionHistory) -> _Said | None:
        for said in history.said_of(session_id):
            if said.kind is StatementKind.ENTERED_IN_ERROR:
                words = self.tr("Entered in error, says {name}, {moment}")
                return _Said(
                    Kind.CAUTION if said.holds else Kind.STOP,
                    words.format(name=said.author, moment=self._moment(said.made_at)),
                    self.tr("{reason}\nIt is left out of counts and lists.").format(
                        reason=self._text(said)
                    ),
                )
        return None

    def _of_current(self, session_id: UUID, history: SessionHistory) -> _Said | None:
        draft = history.open_draft
        if draft is not None and draft.amends is not None:
            words = self.tr("Being amended by {name} since {moment}")
            return _Said(
                Kind.INFO,
                words.format(
                    name=draft.amends.begun_by, moment=self._moment(draft.amends.begun_at)
                ),
                draft.amends.reason,
                self.tr("Go on with the amendment"),
                draft.session_id,
            )
        version = history.version_of(session_id)
        if version is None or version.amends is None:
            return None
        words = self.tr("Version {number}, amended by {name}, {moment}")
        return _Said(
            Kind.INFO,
            words.format(
                number=version.number,
                name=version.signed_by,
                moment=self._moment(version.signed_at),
            ),
            version.amends.reason,
            self.tr("Show the original"),
            version.amends.amends_id,
        )

    def _text(self, said: Statement) -> str:
        if said.holds:
            return said.text
        return self.tr("This statement is not what was signed: do not rely on it.\n{text}").format(
            text=said.text
        )

    def _moment(self, moment: datetime | None) -> str:
        return "" if moment is None else format_moment(moment, self._context.clinic.fields.zone)
