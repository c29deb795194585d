"""Reactions of a patient: the body to tap, beside it what lies under, the form and the list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.view import SurfacePoint
from mesodesk.domain.consent_rules import LEAST_GRADE
from mesodesk.domain.reaction_terms import load_reaction_terms
from mesodesk.domain.records.reaction import (
    FromCheck,
    Precision,
    ReactionFields,
    ReactionPlace,
    When,
)
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import Latest
from mesodesk.ui.pages.reaction_parts.body_map import Mark, MarkKind
from mesodesk.ui.pages.reaction_parts.detail_card import ReactionDetail
from mesodesk.ui.pages.reaction_parts.entry_card import (
    ReactionEntry,
    half_typed,
    place_added,
)
from mesodesk.ui.pages.reaction_parts.list_card import ReactionList
from mesodesk.ui.pages.reaction_parts.map_card import MapCard
from mesodesk.ui.pages.reaction_parts.under_card import UnderCard
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.layouts import PageScroll

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from mesodesk.domain.records.exposure import PatientExposure
    from mesodesk.domain.records.reaction import (
        PatientReactions,
        ReactionRecord,
        TreatedSession,
        UnderPlace,
    )
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile


class _Read(NamedTuple):
    """What the tab shows of a patient, and what was half typed."""

    page: PatientReactions
    exposure: PatientExposure
    typed: Mapping[str, object] | None


class ReactionsTab(QWidget):
    """Where reactions are looked at, recorded and changed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_reactions")
        self._context = context
        self._file: PatientFile | None = None
        self._page: PatientReactions | None = None
        self._latest = Latest(context.jobs, self)
        self._looking = Latest(context.jobs, self)
        self._tapped: tuple[ReactionPlace, ...] = ()
        self._asked: UUID | None = None
        self._begin = False
        self._numbers: tuple[UUID | None, ...] = ()
        self.map = MapCard(context)
        self.under = UnderCard(context.language)
        self.entry = ReactionEntry(context)
        self.detail = ReactionDetail(context)
        self.list = ReactionList(context.language)
        right = PageScroll("reactions_scroll", margin=0, edge=True)
        for each in (self.under, self.entry, self.detail, self.list):
            right.add(each)
        right.column.addStretch(1)
        right.setMinimumWidth(380)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.M)
        line.addWidget(self.map, 5)
        line.addWidget(right, 6)
        self._scroll = right
        self._connect()

    def _connect(self) -> None:
        self.map.tapped.connect(self._on_skin)
        self.map.mark_tapped.connect(self._on_mark)
        self.under.record_asked.connect(self._record_here)
        self.under.closed.connect(self._untapped)
        self.entry.moved.connect(self._places_moved)
        self.entry.closed.connect(self._entry_closed)
        self.entry.recorded.connect(self._recorded)
        self.list.new_asked.connect(self._record_here)
        self.list.chosen.connect(self._show_detail)
        self.detail.closed.connect(self._show_marks)
        self.detail.change_asked.connect(self._change)

    # Showing

    def show_file(self, file: PatientFile) -> None:
        """Show a patient's reactions, once they are read."""
        if self._file is not None and self._file.patient.id != file.patient.id:
            self._page, self._tapped = None, ()
            self.under.hide()
            self.detail.hide()
            self.detail.record = None
        self._file = file
        self._latest.run(partial(_read, self._context.desk, file.patient.id), self._show)

    def _show(self, read: _Read) -> None:
        page = read.page
        if self._file is None or page.patient_id != self._file.patient.id:
            return
        self._page = page
        self.entry.show_patient(page, read.typed)
        self.list.show_page(page, records=self._may_record())
        if self.detail.record is not None:
            known = {each.id: each for each in page.reactions}
            if self.detail.record.id in known:
                self.detail.show_record(known[self.detail.record.id])
        self.map.show_figure(page.sex, read.exposure)
        self._arrange()
        self._show_marks()
        self._begin_what_was_asked()

    def _may_record(self) -> bool:
        archived = self._file is None or self._file.archived
        return self._context.may(Right.REACTION_EDIT) and not archived

    def _arrange(self) -> None:
        """One thing at a time: the form takes the place of the list."""
        opened = self.entry.is_open()
        self.list.setVisible(not opened)
        self.detail.setVisible(not opened and self.detail.record is not None)

    @Slot()
    def _show_marks(self) -> None:
        """Mark what is tapped or typed, and the reactions on record with their numbers."""
        if self._page is None:
            return
        marks: list[Mark] = []
        numbers: list[UUID | None] = []
        for at, each in enumerate(self._page.reactions, start=1):
            chosen = self.detail.record is not None and each.id == self.detail.record.id
            if not each.counts or each.id == self.entry.changed_id:
                continue
            for place in each.fields.places:
                if place.sex is self._page.sex:
                    kind = MarkKind.CHOSEN if chosen else MarkKind.KNOWN
                    marks.append(Mark(_point(place), kind, str(at)))
                    numbers.append(each.id)
        for place in self._tapped:
            if place.sex is self._page.sex:
                marks.append(Mark(_point(place), MarkKind.NEW))
                numbers.append(None)
        self._numbers = tuple(numbers)
        self.map.show_marks(marks)

    # Tapping

    @Slot(object)
    def _on_skin(self, skin: SurfacePoint) -> None:
        if self._page is None or self.map.atlas is None:
            return
        region = self.map.atlas.region_of(skin).key
        place = ReactionPlace(self._page.sex, skin.triangle, skin.u, skin.v, region)
        if self.entry.is_open():
            self.entry.put_places(place_added(self.entry.form.places, place))
        else:
            self._tapped = (place,)
            self._look()

    @Slot(int)
    def _on_mark(self, at: int) -> None:
        """Take a new place back; show what is on record of another."""
        if self._page is None:
            return
        wanted = self._numbers[at]
        if wanted is None:
            own = [number for number, each in enumerate(self._numbers) if each is None]
            nth = own.index(at)
            left = tuple(each for n, each in enumerate(self._tapped) if n != nth)
            if self.entry.is_open():
                self.entry.put_places(left)
            else:
                self._tapped = left
                self._look()
        elif not self.entry.is_open():
            record = next(each for each in self._page.reactions if each.id == wanted)
            self._show_detail(record)

    def _look(self) -> None:
        """Find what lies under what is marked now."""
        self._show_marks()
        if not self._tapped or self._file is None:
            self.under.hide()
            return
        regions = [each.region for each in self._tapped if each.region]
        self.under.say_reading(regions)
        work = partial(
            _under, self._context.desk, self._file.patient.id, self._tapped, self.entry.changed_id
        )
        self._looking.run(work, partial(self._found, self._tapped))

    def _found(self, places: tuple[ReactionPlace, ...], under: UnderPlace) -> None:
        if places != self._tapped:
            return
        records = self._page is not None and bool(self._page.sessions) and self._may_record()
        regions = [each.region for each in places if each.region]
        self.under.show_under(under, regions, offers=records and not self.entry.is_open())
        if self.entry.is_open() and under.fields:
            self._take_from(under)

    def _take_from(self, under: UnderPlace) -> None:
        """Let the form follow what lies under, where nothing else was said yet."""
        form = self.entry.form
        if not form.suspects.value():
            session = self._session_of(under)
            if session is not None and self.entry.changed_id is None:
                form.choose_session(session)
            nearest = under.fields[0]
            form.suspect(part.lot_id for part in nearest.parts)

    def _session_of(self, under: UnderPlace) -> UUID | None:
        if self._page is None:
            return None
        number = under.fields[0].session_number
        return next((each.id for each in self._page.sessions if each.number == number), None)

    @Slot()
    def _untapped(self) -> None:
        if not self.entry.is_open():
            self._tapped = ()
            self._show_marks()

    # Recording

    @Slot()
    def _record_here(self) -> None:
        """Record one where was tapped, or nowhere yet."""
        session_id = None if self._page is None else self._page.sessions[0].id
        self.entry.begin(ReactionFields(session_id=session_id, places=self._tapped))
        self._arrange()
        self.entry.form.first_focus().setFocus()

    @Slot(object)
    def _change(self, record: ReactionRecord) -> None:
        self.entry.change(record)
        self._arrange()
        self.entry.form.first_focus().setFocus()

    @Slot()
    def _places_moved(self) -> None:
        self._tapped = self.entry.form.places
        self._arrange()
        if self._tapped:
            self.map.go_to(_point(self._tapped[0]))
        self._look()

    @Slot()
    def _entry_closed(self) -> None:
        self._tapped = ()
        self.under.hide()
        self._arrange()
        self._show_marks()

    @Slot(object)
    def _recorded(self, record: ReactionRecord) -> None:
        fields = record.fields
        grave = (fields.grade or 0) >= LEAST_GRADE or fields.serious is Answer.YES
        self.list.say_recorded(demanded=grave)
        if self._file is not None:
            self.show_file(self._file)

    @Slot(object)
    def _show_detail(self, record: ReactionRecord) -> None:
        self.detail.show_record(record)
        if record.fields.places:
            self.map.go_to(_point(record.fields.places[0]))
        self._show_marks()
        self._scroll.ensureWidgetVisible(self.detail)

    # Asked for from elsewhere

    def record_from(self, follow_up_id: UUID | None, *, begin: bool) -> None:
        """Say that a reaction is to be recorded: from the answers of a check, or just so."""
        self._asked, self._begin = follow_up_id, begin

    def _begin_what_was_asked(self) -> None:
        asked, begin = self._asked, self._begin
        self._asked, self._begin = None, False
        if not self._may_record() or self._page is None or not self._page.sessions:
            return
        if asked is not None:
            work = partial(_from_check, asked, self._page.sessions)
            self._context.run(self, work, self._begin_from)
        elif begin:
            self._record_here()

    def _begin_from(self, start: tuple[ReactionFields, FromCheck]) -> None:
        self.entry.begin(*start)
        self._arrange()
        self.entry.form.first_focus().setFocus()

    def first_focus(self) -> QWidget | None:
        """Return where typing begins."""
        if self.entry.is_open():
            return self.entry.form.first_focus()
        return self.map.map

    def flush(self) -> None:
        """Write down what is being typed."""
        self.entry.flush()


def _point(place: ReactionPlace) -> SurfacePoint:
    return SurfacePoint(place.triangle, place.u, place.v)


def _read(desk: Desk, patient_id: UUID) -> _Read:
    return _Read(
        desk.reactions.page(patient_id),
        desk.exposure.for_patient(patient_id),
        half_typed(desk, patient_id),
    )


def _under(
    desk: Desk, patient_id: UUID, places: tuple[ReactionPlace, ...], besides: UUID | None
) -> UnderPlace:
    return desk.reactions.under(patient_id, places, besides)


def _from_check(
    follow_up_id: UUID, sessions: tuple[TreatedSession, ...], desk: Desk
) -> tuple[ReactionFields, FromCheck]:
    """Return what the answers of a check that call for action say of a reaction."""
    check = desk.follow_ups.get(follow_up_id)
    items = tuple(each.item_id for each in desk.follow_ups.red_flags(follow_up_id))
    given = [check.fields.items[item] for item in items if item in check.fields.items]
    onset = min((each.onset_on for each in given if each.onset_on is not None), default=None)
    number = check.session_number
    fields = ReactionFields(
        session_id=next((each.id for each in sessions if each.number == number), None),
        kind=load_reaction_terms().kind_of_items(map(_asked_about, items)),
        onset=When() if onset is None else When(Precision.DAY, onset),
        note=" ".join(each.note for each in given if each.note),
    )
    return fields, FromCheck(follow_up_id, items)


def _asked_about(item: str) -> str:
    """Return what an item is about; a line of the diary is called as the item of that name."""
    return item.split(".")[1] if item.startswith("diary.") else item
