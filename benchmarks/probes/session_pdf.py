"""`python -m benchmarks.probes.session_pdf`: ms for a session as PDF, and for a raw page."""

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QMarginsF, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPageSize, QPainter, QPdfWriter, QPen

from benchmarks.probes.reporting import report
from mesodesk.documents.record_pdf import record_pdf
from mesodesk.domain.bodymap.atlas import load_atlas
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.export import ExportHead, ExportScope
from mesodesk.domain.records.patient import BodySex, PatientFields, PatientRecord
from mesodesk.domain.records.printing import PrintedRecord, PrintedSession
from mesodesk.domain.records.session import (
    ComponentRecord,
    SealRecord,
    SessionFields,
    SessionRecord,
    SessionState,
    SyringeRecord,
)
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.strength import Strength, StrengthUnit

POINTS = 60
_LINES = 45
_TURNS = 9
_AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def main() -> None:
    """Make the first of each, then some in turn."""
    application = QGuiApplication([])
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as scratch:
        raw = _Raw(Path(scratch) / "raw.pdf", chance)
        ours = _Ours(Path(scratch) / "ours.pdf", chance)
        first = {"first raw": [_ms(raw.write)], "first session": [_ms(ours.write)]}
        turns = [(_ms(raw.write), _ms(ours.write)) for _ in range(_TURNS)]
    report({**first, "raw": [one for one, _ in turns], "session": [one for _, one in turns]})
    del application


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


class _Raw:
    """A page of lines and points by Qt alone."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self._path = path
        self._chance = chance

    def write(self) -> None:
        writer = QPdfWriter(str(self._path))
        writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        writer.setResolution(600)
        writer.setPageMargins(QMarginsF(0, 0, 0, 0))
        painter = QPainter(writer)
        painter.setFont(QFont("DejaVu Sans", 10))
        for line in range(_LINES):
            words = f"Line {line}: session of 2026-01-{line % 28 + 1:02} product A 0.05 mL 4 mm"
            painter.drawText(QPointF(100, 200 + 90 * line), words)
        painter.setPen(QPen(Qt.GlobalColor.black, 2))
        for point in range(POINTS):
            painter.setBrush(QColor.fromHsv(point * 7 % 360, 200, 220))
            x, y = 3000 + self._chance.random() * 1500, 300 + self._chance.random() * 3000
            painter.drawEllipse(QPointF(x, y), 12, 12)
        painter.end()


class _Ours:
    """A signed session, another each time."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self._path = path
        self._chance = chance
        atlas = load_atlas("female")
        self._atlas_id = atlas.atlas_id
        self._skin = atlas.triangles_of(["abdomen_upper.midline"]).tolist()
        self._turn = 0

    def write(self) -> None:
        self._turn += 1
        self._path.write_bytes(record_pdf(self._record()))

    def _record(self) -> PrintedRecord:
        syringe = _syringe()
        points = PackedPoints(
            ChartPoint(triangle, 0.3, 0.3, 50, 4000)
            for triangle in self._chance.sample(self._skin, POINTS)
        )
        field = ChartField(
            new_id(), syringe.id, "papule", Decimal(4), "30g_4mm", Pattern.STAGGERED, points=points
        )
        session = self._session(syringe)
        printed = PrintedSession(record=session, zone="UTC", chart=(field,), entries=())
        patient = PatientFields("Rossi", "Anna", date(1985, 4, 12), BodySex.FEMALE)
        head = ExportHead(
            ExportScope.SESSION, new_id(), "0004", "0", _AT, "Olga Owner", "Clinic", "00001"
        )
        return PrintedRecord(
            head=head,
            clinic=ClinicFields(name="Clinic"),
            patient=PatientRecord(new_id(), 1, "00001", patient, None, _AT, _AT),
            sessions=(printed,),
            alone=True,
        )

    def _session(self, syringe: SyringeRecord) -> SessionRecord:
        typed = replace(SessionFields(), note=f"The {self._turn}th of them", pain=2)
        return SessionRecord(
            id=new_id(),
            version=2,
            patient_id=new_id(),
            number=self._turn,
            state=SessionState.SIGNED,
            therapist_id=new_id(),
            therapist="Olga Owner",
            started_at=_AT,
            atlas_id=self._atlas_id,
            body_sex=BodySex.FEMALE,
            height_cm=Decimal(168),
            fields=typed,
            syringes=(syringe,),
            acknowledgements=(),
            addenda=(),
            seal=SealRecord("0" * 64, "Olga Owner", _AT, holds=True),
        )


def _syringe() -> SyringeRecord:
    active = ActiveFields("procaine", "Procaine", Strength(Decimal(2), StrengthUnit.PERCENT))
    part = ComponentRecord(
        id=new_id(),
        lot_id=new_id(),
        product_id=new_id(),
        product_name="Procaine 2 %",
        product_class="local_anaesthetic",
        lot_number="L1",
        expires_on=date(2027, 1, 31),
        diluent=False,
        volume_ml=Decimal(3),
        actives=(active,),
    )
    return SyringeRecord(new_id(), 1, "", (part,), Decimal(0), Decimal(0))


if __name__ == "__main__":
    main()
