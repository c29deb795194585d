"""The chart in words, in one of four languages, to read and to copy."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.chart_text import ChartText, TextSyringe, chart_text
from mesodesk.domain.records.session import SessionState as RecordState
from mesodesk.domain.texts import LANGUAGES
from mesodesk.ui.bodymap.syringes import chart_syringe
from mesodesk.ui.numbers import NO_BREAK, format_moment
from mesodesk.ui.pages.session_parts.aftercare import language_name
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.bodymap.fields import ChartField
    from mesodesk.domain.records.session import SyringeRecord
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.session_parts.state import SessionState

_ICON: Final = "content-copy"
_SHORT: Final = 16
"""So many digits of a seal tell it apart."""
_COPIED_MS: Final = 2_500
_LEAST_SEGMENT: Final = 72
_BEFORE_UNIT: Final = re.compile(r"(?<=\d) (?=(?:mL|mm|mg|IU|UI)\b)")


class ChartTextCard(Card):
    """Writes the text when it comes into sight, and again when chart or syringes change."""

    def __init__(self, context: Context, object_name: str) -> None:
        super().__init__(object_name=object_name)
        self.set_title(self.tr("The chart in words"))
        self._context = context
        self._state: SessionState | None = None
        self._shown_of: UUID | None = None
        self._told_of: object = None
        self._text = ""
        language = context.language if context.language in LANGUAGES else "en"
        self.language = SegmentedControl(
            {each: language_name(each) for each in LANGUAGES},
            f"{object_name}_language",
            self.tr("Language of the text"),
            compact=True,
            least_width=_LEAST_SEGMENT,
        )
        self.language.set_value(language)
        self.copy = Button(
            self.tr("Copy"), f"{object_name}_copy", ButtonKind.SECONDARY, _ICON, compact=True
        )
        self.words = Body()
        self.words.setObjectName(f"{object_name}_words")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_COPIED_MS)
        self.add_trailing(self.copy)
        nest(self.body, row(self.language, stretch=True))
        self.add(self.words)
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        self.language.chosen.connect(self._write)
        self._calm.timeout.connect(self._offer_copy)

    def show_session(self, state: SessionState) -> None:
        """Tell of the session's chart; costs nothing while the card is not in sight."""
        self._state = state
        if self._shown_of != state.record.id:
            self._forget(state.record.id)
        # What was entered in error is to be read here, and to go nowhere.
        self.copy.setVisible(state.record.state is not RecordState.ENTERED_IN_ERROR)
        if self.isVisible():
            self._write()

    def _forget(self, session_id: UUID) -> None:
        """Show nothing until the text of another session is written."""
        self._shown_of, self._told_of, self._text = session_id, None, ""
        self.words.setText("")
        self.copy.setEnabled(False)
        self._offer_copy()

    def stops(self) -> tuple[QWidget, ...]:
        """Return what Tab comes to, in reading order."""
        return self.copy, *(self.language.segment(each) for each in LANGUAGES)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._write()

    @Slot(str)
    def _write(self, _language: str = "") -> None:
        state = self._state
        if state is None or not state.is_open():
            return
        fields = state.chart.fields if state.chart is not None else ()
        told_of = (fields, state.record.syringes, self.language.value())
        if told_of == self._told_of:
            return
        self._told_of = told_of
        sex = state.record.body_sex.value
        work = partial(_written, fields, state.record.syringes, sex, self.language.value() or "en")
        self._context.jobs.run_aside(self, work, partial(self._show, told_of))

    def _show(self, told_of: object, written: ChartText) -> None:
        if told_of is self._told_of:
            self._text = written.text
            # To look at, not to copy: other programs find "3.0 mL" with an ordinary blank only.
            self.words.setText(_BEFORE_UNIT.sub(NO_BREAK, written.text))
            self.copy.setEnabled(True)
            self._offer_copy()

    @Slot()
    def _copy(self) -> None:
        """Copy once it is on the log: from the clipboard any program takes it."""
        if self._state is not None:
            noted = partial(_note_copied, self._state.record.id)
            self._context.run(self, noted, self._noted)

    def _noted(self, _nothing: object) -> None:
        QGuiApplication.clipboard().setText(self._signed(self._text))
        self._show_button(self.tr("Copied"), "check")
        self._calm.start()

    def _signed(self, text: str) -> str:
        """Return the text with whose words they are: which version, by whom, the seal in short."""
        state = self._state
        seal = state.record.seal if state is not None and state.is_open() else None
        if state is None or seal is None:
            return text
        version = state.history.version_of(state.record.id) if state.history else None
        line = self.tr(
            "Session {number}, version {version}, signed by {name}, {moment}, seal {seal}"
        )
        told = line.format(
            number=state.record.number,
            version=1 if version is None else version.number,
            name=seal.signed_by,
            moment=format_moment(seal.signed_at, self._context.clinic.fields.zone),
            seal=seal.sha256[:_SHORT],
        )
        if state.record.state is RecordState.AMENDED:
            told = self.tr("{line}. Not the current version").format(line=told)
        if not seal.holds:
            told = self.tr("{line}. The seal is broken").format(line=told)
        return f"{text}\n\n{told}."

    @Slot()
    def _offer_copy(self) -> None:
        self._calm.stop()
        self._show_button(self.tr("Copy"), _ICON)

    def _show_button(self, text: str, icon_name: str) -> None:
        self.copy.setText(text)
        self.copy.setAccessibleName(text)
        self.copy.set_icon_name(icon_name)


def _written(
    fields: Sequence[ChartField], syringes: Sequence[SyringeRecord], sex: str, language: str
) -> ChartText:
    return chart_text(fields, [_syringe(each) for each in syringes], load_atlas(sex), language)


def _syringe(record: SyringeRecord) -> TextSyringe:
    made = chart_syringe(record)
    return TextSyringe(
        made.id, made.digit, made.label, made.mixture, record.wasted_ml, record.left_ml
    )


def _note_copied(session_id: UUID, desk: Desk) -> None:
    desk.exports.note_copied(session_id)
