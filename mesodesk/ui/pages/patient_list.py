"""The rows of the patient list."""

from datetime import date
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from mesodesk.domain.records.patient import PatientHit
from mesodesk.ui.numbers import format_age, format_date
from mesodesk.ui.widgets.rows import RowRole

_Index = QModelIndex | QPersistentModelIndex


class PatientListModel(QAbstractListModel):
    """Patients found, as ready-made strings, so that painting a page of rows costs nothing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[PatientHit, ...] = ()
        self._rows: list[dict[int, str]] = []

    def show_hits(self, hits: tuple[PatientHit, ...], today: date) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._hits = hits
        self._rows = [_strings(hit, today) for hit in hits]
        self.endResetModel()

    def patient_id(self, row: int) -> UUID | None:
        """Return the patient of a row, or None beyond the end."""
        return self._hits[row].id if 0 <= row < len(self._hits) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole:
            row = self._rows[index.row()]
            return ". ".join((row[RowRole.TITLE], row[RowRole.SUBTITLE], row[RowRole.TRAILING]))
        return self._rows[index.row()].get(role)


def _strings(hit: PatientHit, today: date) -> dict[int, str]:
    born = "" if hit.birth_date is None else _born(hit.birth_date, today)
    if hit.restricted:
        born = QCoreApplication.translate("PatientList", "restricted record")
    return {
        int(RowRole.TITLE): hit.name,
        int(RowRole.SUBTITLE): f"{born} · {hit.phone}" if hit.phone else born,
        int(RowRole.TRAILING): hit.record_number,
        int(RowRole.ICON): _icon(hit),
    }


def _icon(hit: PatientHit) -> str:
    if hit.restricted:
        return "lock-outline"
    return "archive-outline" if hit.archived else "account-outline"


def _born(birth_date: date, today: date) -> str:
    return f"{format_date(birth_date)} · {format_age(birth_date, today)}"
