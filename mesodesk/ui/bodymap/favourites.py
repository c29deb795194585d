"""Favourites on the chart: fields or a mixture are saved as one, and one is taken, on the key W."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from mesodesk.domain.bodymap.resizing import SpacingError
from mesodesk.domain.favourites import favourite_of, mixture_of
from mesodesk.ui.bodymap.canvas_card import open_card
from mesodesk.ui.bodymap.favourite_card import FavouriteCard, FavouriteLine
from mesodesk.ui.bodymap.favourite_form import ALL, CLINIC, MIXTURE, SELECTED, FavouriteForm
from mesodesk.ui.bodymap.favourite_placing import MOST_SYRINGES, FavouritePlacing
from mesodesk.ui.bodymap.favourite_words import (
    content_line,
    refusal,
    short_line,
    whose_words,
)
from mesodesk.ui.bodymap.placing import unfitting_words
from mesodesk.ui.jobs import explain
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from uuid import UUID

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.favourites import FavouriteContent, Recipe
    from mesodesk.domain.records.favourite import FavouriteRecord
    from mesodesk.domain.records.session import SyringeRecord
    from mesodesk.ui.bodymap.chart_view import ChartView
    from mesodesk.ui.favourite_store import FavouriteStore


class Favourites(QObject):
    """Belongs to a chart's view: a list, a form and a card that asks for syringes."""

    #: Recipe: a syringe is to be prepared from it; `come_back` goes on afterwards.
    prepare_asked = Signal(object)

    def __init__(self, view: ChartView, store: FavouriteStore) -> None:
        super().__init__(view)
        self._canvas = view.canvas
        self._model = view.canvas.model
        self._store = store
        self._session_id: UUID | None = None
        self._syringes: tuple[SyringeRecord, ...] = ()
        self._awaiting: FavouriteRecord | None = None
        self._archived: FavouriteRecord | None = None
        self._round = 0
        self.card = FavouriteCard(self._canvas)
        self.form = FavouriteForm(self._canvas)
        self.placing = FavouritePlacing(view)
        self._button = view.toolbar.favourites
        self._button.show()
        view.toolbar.favourites.clicked.connect(self.start)
        self._canvas.favourites_asked.connect(self.start)
        self._connect()

    def _connect(self) -> None:
        card, form = self.card, self.form
        card.closed.connect(self.close)
        card.used.connect(self.use)
        card.renamed.connect(self._rename)
        card.archived.connect(self._archive)
        card.restored.connect(self._restore)
        card.save_asked.connect(self.start_saving)
        form.closed.connect(self.close)
        form.saved.connect(self._save)
        form.what_chosen.connect(self._show_facts)
        self.placing.prepare_asked.connect(self._prepare)
        self._model.loaded.connect(self.close)
        self._model.read_only_changed.connect(self.close)
        for changed in (self._model.loaded, self._model.read_only_changed):
            changed.connect(self._offer)

    def set_session(self, session_id: UUID, syringes: tuple[SyringeRecord, ...]) -> None:
        """Say whose chart is shown, and what its syringes were drawn up from."""
        if session_id != self._session_id:
            self._session_id, self._awaiting = session_id, None
        self._syringes = syringes

    @Slot()
    def _offer(self) -> None:
        """Offer favourites where they can be laid."""
        self._button.setVisible(not self._model.read_only)

    # Using

    @Slot()
    def start(self) -> None:
        """Show the favourites, or put them away."""
        if not self.card.isHidden():
            self.close()
        elif self._canvas.has_stage and not self._model.refused():
            self._clear_canvas()
            self.card.begin(can_save=bool(self._choices()))
            self._read()

    def _clear_canvas(self) -> None:
        other = open_card(self._canvas)
        if other is not None:
            other.closed.emit()
        self._canvas.cancel_gesture()
        self._canvas.hint.dismiss()
        self._model.drop_pending()

    def _read(self) -> None:
        self._round += 1
        self._store.read(partial(self._show, self._round), self._not_done)

    def _show(self, number: int, records: tuple[FavouriteRecord, ...]) -> None:
        if number == self._round and not self.card.isHidden():
            self.card.show_lines([_line(each) for each in records])

    @Slot(object)
    def use(self, record: FavouriteRecord) -> None:
        """Ask for the syringes of a favourite, or prepare a mixture; or say why that cannot be."""
        atlas = self._model.atlas
        sentence = "" if atlas is None else refusal(record, atlas.atlas_id)
        if sentence:
            self.card.tell(Kind.CAUTION, sentence)
        elif record.content is not None and not self._model.refused():
            self._awaiting = None
            if record.content.fields:
                self._place(record, record.content)
            else:
                self._take_mixture(record.content.recipes[0])

    def _take_mixture(self, recipe: Recipe) -> None:
        if len(self._model.syringes) < MOST_SYRINGES:
            self.close()
            self.prepare_asked.emit(recipe)
        else:
            self.card.tell(
                Kind.CAUTION, _tr("There are nine syringes already: put one away first.")
            )

    def _place(self, record: FavouriteRecord, content: FavouriteContent) -> None:
        try:
            self.placing.start(record, content)
        except SpacingError as error:
            words = _tr("“{name}” cannot be placed here.").format(name=record.name)
            self.card.tell(Kind.CAUTION, f"{words} {unfitting_words(error)}")
        else:
            self.card.hide()

    @Slot(object)
    def _prepare(self, recipe: Recipe) -> None:
        self._awaiting = self.placing.record
        self.placing.close()
        self.prepare_asked.emit(recipe)

    def come_back(self) -> None:
        """Go on with the favourite for which a syringe was prepared, if there is one."""
        record, self._awaiting = self._awaiting, None
        if record is not None and self._canvas.has_stage and not self._model.read_only:
            self.use(record)

    # Saving

    @Slot()
    def start_saving(self) -> None:
        """Ask for a name, and whose it is."""
        if not self._canvas.has_stage or self._model.refused():
            return
        self._clear_canvas()
        choices = self._choices()
        if not choices:
            self._canvas.say(_tr("There are no fields and no syringe yet to save as a favourite."))
            return
        self.form.begin(choices)
        self._show_facts()

    def _choices(self) -> tuple[str, ...]:
        """Return what can be kept now: all fields, the selected one, the mixture in hand."""
        fields, chosen = self._model.fields, self._model.field_model.selected
        can = {
            ALL: bool(fields),
            SELECTED: chosen is not None and len(fields) > 1,
            MIXTURE: self._model.active is not None,
        }
        return tuple(each for each, possible in can.items() if possible)

    def _chosen_fields(self) -> tuple[ChartField, ...]:
        selected = self._model.field_model.selected
        if selected is not None and self.form.what.value() == SELECTED:
            return (selected,)
        return tuple(self._model.fields.values())

    def _content(self) -> FavouriteContent | None:
        atlas, fields = self._model.atlas, self._chosen_fields()
        if atlas is not None and self.form.what.value() == MIXTURE:
            drawn = self._in_hand()
            return None if drawn is None else mixture_of(drawn, atlas.atlas_id)
        if atlas is None or not {each.syringe_id for each in fields} <= {
            each.id for each in self._syringes
        }:
            return None
        scale = self._model.field_model.laying.scale
        return favourite_of(fields, self._syringes, atlas.atlas_id, scale)

    def _in_hand(self) -> SyringeRecord | None:
        active = self._model.active
        return next((one for one in self._syringes if active and one.id == active.id), None)

    @Slot()
    @Slot(str)
    def _show_facts(self, _what: str = "") -> None:
        content = self._content()
        self.form.show_facts("" if content is None else content_line(content))

    @Slot()
    def _save(self) -> None:
        content = self._content()
        if content is None:
            self.form.refuse(_tr("A syringe of it is still being kept. Save once more."))
            return
        self._store.save(
            self.form.name.value(),
            content,
            of_clinic=self.form.whose.value() == CLINIC,
            done=self._saved,
            failed=self._not_saved,
        )

    def _saved(self, record: FavouriteRecord) -> None:
        self.close()
        words = _tr("“{name}” is kept as a favourite. W places it.")
        if record.content is not None and not record.content.fields:
            words = _tr("“{name}” is kept as a favourite. W prepares it.")
        self._canvas.say_at(self._canvas.middle(), words.format(name=record.name))

    def _not_saved(self, error: Exception) -> None:
        self.form.refuse(explain(error))

    # Renaming and archiving

    @Slot(object, str)
    def _rename(self, record: FavouriteRecord, name: str) -> None:
        self._store.rename(record, name, self._renamed, self._not_renamed)

    def _renamed(self, _record: FavouriteRecord) -> None:
        self.card.leave_renaming()
        self._read()

    def _not_renamed(self, error: Exception) -> None:
        self.card.refuse_name(explain(error))

    @Slot(object)
    def _archive(self, record: FavouriteRecord) -> None:
        self._store.archive(record, self._have_archived, self._not_done)

    def _have_archived(self, record: FavouriteRecord) -> None:
        self._archived = record
        words = _tr("“{name}” is archived.").format(name=record.name)
        self.card.tell(Kind.INFO, words, _tr("Bring it back"))
        self.card.search.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self._read()

    @Slot()
    def _restore(self) -> None:
        record, self._archived = self._archived, None
        if record is not None:
            self._store.restore(record, self._restored, self._not_done)

    def _restored(self, _record: FavouriteRecord) -> None:
        self.card.tell(Kind.INFO, "")
        self.card.search.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self._read()

    def _not_done(self, error: Exception) -> None:
        self.card.tell(Kind.CAUTION, explain(error))

    @Slot()
    def close(self) -> None:
        """Leave everything as it is; the keyboard goes back to the body."""
        shown = [each for each in (self.card, self.form) if not each.isHidden()]
        for each in shown:
            each.hide()
        if shown:
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)


def _line(record: FavouriteRecord) -> FavouriteLine:
    content = record.content
    detail = _tr("cannot be read") if content is None else short_line(content)
    return FavouriteLine(record, whose_words(record), detail)


def _tr(text: str) -> str:
    return QCoreApplication.translate("favourites", text)
