"""The field for the value of a limit: what is not finished or wrong leaves the value before."""

from decimal import Decimal
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mesodesk.ui.widgets.numberfields import NumberField

LEAST: Final = Decimal("0.001")
LARGEST: Final = Decimal(100_000)
_WIDTH: Final = 132


class LimitValue(NumberField):
    """A number above 0, or empty.

    What is typed is kept while it is typed, so 1000 on the way to 1000000 would stay on record as a
    limit that limits nothing: until the field is left with a good number, the one before stands.
    """

    def __init__(
        self,
        object_name: str,
        accessible_name: str,
        unit: str,
        *,
        places: int = 3,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            object_name,
            accessible_name,
            places=places,
            unit=unit,
            minimum=LEAST,
            maximum=LARGEST,
            compact=True,
            parent=parent,
        )
        self._settled: Decimal | None = None
        self.setFixedWidth(_WIDTH)
        self.committed.connect(self._settle)

    def set_value(self, value: Decimal | None) -> None:
        """Show a number without telling of it."""
        super().set_value(value)
        self._settled = value

    def settled(self) -> Decimal | None:
        """Return the number typed; while it cannot be taken, the one before."""
        wrong = self.value() is None and bool(self.input.text().strip())
        return self._settled if wrong else self.value()

    @Slot()
    def _settle(self) -> None:
        self._settled = self.settled()
