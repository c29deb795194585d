"""When something was, as exactly as is known: not at all, a month, about a day, a day, a time."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mesodesk.domain.records.reaction import UNKNOWN_WHEN, Precision, When
from mesodesk.ui.pages.reaction_parts.words import time_text
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.choices import ChoiceField
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIME: Final = re.compile(r"(\d{1,2})[:.h ]?(\d{2})")


class WhenField(QWidget):
    """How exactly, the day, and the time if it is known."""

    edited = Signal()

    def __init__(self, object_name: str, accessible_name: str, today: date) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self.how = ChoiceField(
            f"{object_name}_how",
            self.tr("How exactly"),
            [
                Option(Precision.DAY, self.tr("on")),
                Option(Precision.TIME, self.tr("at")),
                Option(Precision.ABOUT, self.tr("about")),
                Option(Precision.MONTH, self.tr("in the month of")),
                Option(Precision.UNKNOWN, self.tr("not known")),
            ],
            compact=True,
        )
        self.how.setFixedWidth(152)
        self.day = DateField(
            f"{object_name}_day",
            accessible_name,
            today,
            maximum=today,
            too_late=self.tr("This day is still to come."),
            compact=True,
        )
        self.time = TextField(
            f"{object_name}_time",
            self.tr("Time"),
            placeholder=self.tr("hh:mm"),
            longest=5,
            compact=True,
        )
        self.time.setFixedWidth(84)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.S)
        line.addWidget(self.how)
        line.addWidget(self.day, 8)
        line.addWidget(self.time)
        line.addStretch(1)
        self.how.edited.connect(self._chosen)
        self.day.edited.connect(self._typed)
        self.time.edited.connect(self._typed)
        self.set_value(UNKNOWN_WHEN)

    def value(self) -> When:
        """Return what was said; a time that cannot be read is missing from it."""
        how = self.how.value() or Precision.UNKNOWN
        day = self.day.value()
        if how is Precision.UNKNOWN:
            return UNKNOWN_WHEN
        if how is Precision.MONTH and day is not None:
            day = day.replace(day=1)
        return When(how, day, self._minute() if how is Precision.TIME else None)

    def set_value(self, when: When) -> None:
        """Show what was said without telling of it."""
        self.how.set_value(when.precision)
        self.day.set_value(when.on)
        self.time.set_value("" if when.minute is None else time_text(when.minute))
        self._show()

    def stop(self) -> QWidget | None:
        """Return what is still open, with a word on it."""
        how = self.how.value()
        if how is Precision.UNKNOWN:
            return None
        if self.day.value() is None:
            self.day.set_error(self.day.error() or self.tr("Type the day, or choose “not known”."))
            return self.day.input
        if how is Precision.TIME and self._minute() is None:
            self.time.set_error(self.tr("Type the time."))
            return self.time.input
        return None

    def is_blank(self) -> bool:
        return self.how.value() in (None, Precision.UNKNOWN)

    def draft(self) -> dict[str, Any]:
        """Return what stands here, exactly as typed."""
        day = self.day.value()
        return {
            "how": str(self.how.value() or Precision.UNKNOWN),
            "day": None if day is None else day.isoformat(),
            "time": self.time.value(),
        }

    def show_draft(self, draft: Mapping[str, Any]) -> None:
        """Show what was typed before."""
        day = draft.get("day")
        how = str(draft.get("how") or "")
        self.how.set_value(Precision(how) if how in set(Precision) else Precision.UNKNOWN)
        self.day.set_value(date.fromisoformat(str(day)) if day else None)
        self.time.set_value(str(draft.get("time") or ""))
        self._show()

    def _minute(self) -> int | None:
        found = _TIME.fullmatch(self.time.value())
        if found is None:
            return None
        hours, minutes = int(found[1]), int(found[2])
        return hours * 60 + minutes if hours < 24 and minutes < 60 else None

    def _show(self) -> None:
        how = self.how.value()
        self.day.setVisible(how is not Precision.UNKNOWN)
        self.time.setVisible(how is Precision.TIME)

    @Slot(object)
    def _chosen(self, _value: object) -> None:
        self._show()
        if not self.day.isHidden() and self.day.value() is None:
            self.day.input.setFocus()
        self.edited.emit()

    @Slot(object)
    def _typed(self, _value: object) -> None:
        self.edited.emit()
