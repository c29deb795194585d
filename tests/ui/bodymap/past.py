"""Earlier sessions for the chart under test, without a database behind it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.records.chart import EarlierChart
from mesodesk.domain.records.session import ComponentRecord, SyringeRecord
from mesodesk.domain.records.stock import ActiveFields
from mesodesk.domain.strength import Strength, StrengthUnit


def drawn(number, digit, label, name, mg_per_ml):
    """Return a syringe of 2 mL of a product and 2 mL of saline, as `conftest.syringe` makes it."""
    active = ActiveFields(name.lower(), name, Strength(Decimal(mg_per_ml), StrengthUnit.MG_PER_ML))
    parts = [(f"{name} {mg_per_ml}", (active,)), ("Saline", ())]
    return SyringeRecord(
        UUID(int=number),
        digit,
        label,
        tuple(
            ComponentRecord(
                new_id(), new_id(), new_id(), product, "", "L9", date(2027, 1, 1), False,
                Decimal(2), actives,
            )
            for product, actives in parts
        ),
        None,
        None,
    )  # fmt: skip


LAST = drawn(7, 1, "Belly", "Caffeine", "50")
OTHER = drawn(8, 2, "", "Procaine", "20")


class Read(QObject):
    """Stands for the database: gives what a test laid in it."""

    failed = Signal(str)

    def __init__(self, charts, parent):
        super().__init__(parent)
        self.charts, self.session_id, self.asked = tuple(charts), new_id(), 0

    def ask(self, done, most=6):
        self.asked += 1
        done(self.charts[:most])

    def aside(self, _owner, work, done):
        done(work())


def earlier(number, day, places, *, volume_ul=50, drawable=True, zone=False, syringe=LAST, laid=()):
    """Return an earlier session with a point of one syringe at each place."""
    fields = [
        ChartField(
            new_id(), syringe.id, "papule", Decimal(4), "30g_4",
            points=PackedPoints([ChartPoint(at.triangle, at.u, at.v, volume_ul, 4000)]),
        )
        for at in places
    ]  # fmt: skip
    fields += laid
    if zone:
        fields.append(ChartField(new_id(), syringe.id, "papule", Decimal(4), "30g_4", Pattern.ZONE))
    drawn_up = (LAST, OTHER)
    return EarlierChart(
        new_id(), number, day, drawn_up, tuple(fields) if drawable else (), drawable,
        height_cm=Decimal(168),
    )  # fmt: skip
