"""The call script: what is said before the questions and after them, in the patient's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot

from mesodesk.domain.call_script import ScriptPlace, load_call_script, said
from mesodesk.domain.clock import local_date
from mesodesk.domain.records.followup import PATIENT_RINGS
from mesodesk.domain.texts import LANGUAGES, day_text
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import clear, column, nest
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.followup_parts.loading import Loaded

_NAMES: Final = {"en": "EN", "fr": "FR", "it": "IT", "es": "ES"}


class ScriptCard(Card):
    """Sentences to be read out; the first card offers the language for all of the script."""

    #: Another language was chosen, by its code.
    spoken = Signal(str)

    def __init__(self, place: ScriptPlace, parent: QWidget | None = None) -> None:
        super().__init__(object_name=f"script_{place.value}", parent=parent)
        self._place = place
        self._empty = True
        titles = {
            ScriptPlace.OPENING: self.tr("Say first"),
            ScriptPlace.ANSWERING: self.tr("Say first"),
            ScriptPlace.CLOSING: self.tr("Before you hang up"),
            ScriptPlace.MAILBOX: self.tr("To a mailbox"),
        }
        self.set_title(titles[place])
        self._lines = column(spacing=Space.XS)
        nest(self.body, self._lines)
        self.language = SegmentedControl(
            {each: _NAMES[each] for each in LANGUAGES},
            "script_language",
            self.tr("Language of the call"),
            compact=True,
            parent=self,
        )
        self.language.setVisible(place is ScriptPlace.OPENING)
        if place is ScriptPlace.OPENING:
            self.add_trailing(self.language)
        self.language.chosen.connect(self._chosen)

    def show_script(self, language: str, fields: Mapping[str, str], *, rung: bool = False) -> None:
        """Show the sentences of this place.

        Args:
            rung: the patient has, so that nobody is called.
            language: the code of one of `LANGUAGES`.
            fields: what is filled in, see `call_script.FIELDS`.
        """
        self.language.set_value(language)
        opening = rung and self._place is ScriptPlace.OPENING
        place = ScriptPlace.ANSWERING if opening else self._place
        lines = said(load_call_script(), place, language, fields)
        clear(self._lines)
        for line in lines:
            self._lines.addWidget(Body(line))
        self._empty = not lines

    def is_empty(self) -> bool:
        """Whether there is nothing to say here."""
        return self._empty

    @Slot()
    def _chosen(self) -> None:
        chosen = self.language.value()
        if chosen is not None:
            self.spoken.emit(chosen)


def show_script(
    context: Context, loaded: Loaded, language: str, *cards: ScriptCard
) -> tuple[str, ...]:
    """Fill in the script of a check, and return what may be said to a mailbox.

    Args:
        context: of the window; who is at the desk calls.
        loaded: the check, with its patient and session.
        language: to be spoken.
        cards: that show their places of it.
    """
    clinic, patient = context.clinic.fields, loaded.patient.fields
    day = local_date(loaded.session.started_at, clinic.zone)
    told = {
        "person": context.user.name,
        "clinic": clinic.name,
        "patient": f"{patient.given_names} {patient.family_name}".strip(),
        "day": day_text(day, language),
        "phone": clinic.phone,
    }
    rung = loaded.record.check_id == PATIENT_RINGS
    for card in cards:
        card.show_script(language, told, rung=rung)
    return said(load_call_script(), ScriptPlace.MAILBOX, language, told)
