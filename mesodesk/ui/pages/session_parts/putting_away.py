"""Puts a syringe of a session away, and brings it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot

from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.ui.pages.session_parts.typed_syringe import put_syringe, remove_syringe
from mesodesk.ui.tokens import Kind

if TYPE_CHECKING:
    from mesodesk.domain.records.session import SessionRecord
    from mesodesk.ui.pages.session_parts.prepare import PrepareStation
    from mesodesk.ui.pages.session_parts.syringe_editor import SyringeEditor


class PuttingAway(QObject):
    """Belongs to the station that shows the syringes; remembers the one put away last."""

    def __init__(self, station: PrepareStation) -> None:
        super().__init__(station)
        self._station = station
        self._fields: SyringeFields | None = None

    @Slot(object)
    def put(self, editor: SyringeEditor) -> None:
        """Put the syringe of a card away."""
        station = self._station
        station.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        if not editor.on_record and editor.fields() is None:
            station.state.withdraw(syringe_key(editor.digit))
            station.drop(editor)
            station.keep_waiting()
            station.show_tools()
            return
        station.state.run_write(
            partial(remove_syringe, session_id=station.state.record.id, digit=editor.digit),
            done=partial(self._removed, editor.digit, self._kept_fields(editor.digit)),
            failed=partial(self._not_removed, editor.digit),
        )

    def _kept_fields(self, digit: int) -> SyringeFields | None:
        for syringe in self._station.state.record.syringes:
            if syringe.digit == digit:
                parts = tuple(
                    ComponentFields(part.lot_id, part.volume_ml) for part in syringe.components
                )
                return SyringeFields(
                    digit, syringe.label, parts, syringe.wasted_ml, syringe.left_ml
                )
        return None

    def _removed(self, digit: int, fields: SyringeFields | None, _record: SessionRecord) -> None:
        station = self._station
        editor = station.editor(digit)
        if editor is not None:
            station.drop(editor)
        station.state.withdraw(syringe_key(digit))
        station.keep_waiting()
        station.show_tools()
        self._fields = fields
        words = _tr("Syringe {digit} was put away; what was drawn is back in its lots.")
        action = _tr("Bring it back") if fields is not None else ""
        station.notice.show_notice(Kind.INFO, words.format(digit=digit), "", action)

    def _not_removed(self, digit: int, error: Exception) -> None:
        editor = self._station.editor(digit)
        if editor is not None:
            sentence = str(getattr(error, "sentence", ""))
            editor.notice.show_notice(Kind.CAUTION, _tr("Not put away"), sentence)

    @Slot()
    def bring_back(self) -> None:
        """Draw up again what was put away last."""
        fields, self._fields = self._fields, None
        station = self._station
        station.notice.hide()
        if fields is not None:
            station.state.run_write(
                partial(put_syringe, session_id=station.state.record.id, typed=fields),
                failed=self._not_brought_back,
            )

    def _not_brought_back(self, error: Exception) -> None:
        sentence = str(getattr(error, "sentence", ""))
        self._station.notice.show_notice(Kind.CAUTION, _tr("Not brought back"), sentence)

    def forget(self) -> None:
        """Remember nothing: another session is shown."""
        self._fields = None


def syringe_key(digit: int) -> tuple[str, int]:
    """Return what the writes of a syringe are known by."""
    return ("syringe", digit)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PrepareStation", text)
