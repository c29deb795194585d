"""The fields of a product, for a new one and for one on record alike."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.records.stock import ProductFields, RegulatoryStatus
from mesodesk.domain.stock_rules import load_stock_rules
from mesodesk.domain.texts import fold
from mesodesk.domain.units import plain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.stock_parts.actives import ActivesEditor
from mesodesk.ui.pages.stock_parts.statuses import StatusesEditor
from mesodesk.ui.pages.stock_parts.words import status_words
from mesodesk.ui.widgets.choices import CheckField, ChoiceField, Option, PickList
from mesodesk.ui.widgets.datefield import DateField
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.layouts import column
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.numberfields import NumberField
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

_MIXING: Final = {True: "no", False: "yes", None: "unknown"}
_SINGLE: Final = {True: "single", False: "multi", None: "unknown"}


class ProductForm(QWidget):
    """Shows and reads what a label says. Emits `edited`; keeping is the caller's job.

    Args:
        prefix: put before the objectNames, so that two forms can be told apart.
        language: of the clinical texts.
        today: at the clinic.
    """

    edited = Signal()

    def __init__(
        self, prefix: str, language: str, today: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._language = language
        self._today = today
        self._shown = ProductFields("")
        self._make_fields(prefix)
        self.actives = ActivesEditor(language)
        self.status_notes = Muted("")
        self.status_notes.setObjectName(f"{prefix}status_notes")
        self._lay_out()
        self._connect()
        self.show_fields(ProductFields(""))

    def _make_fields(self, prefix: str) -> None:
        self._make_handling(prefix)
        self._make_status(prefix)
        self.name = TextField(f"{prefix}name", self.tr("Name of the product"))
        self.manufacturer = TextField(f"{prefix}manufacturer", self.tr("Manufacturer"))
        self.product_class = PickList(f"{prefix}class", self.tr("Class"), self._classes())
        self.container = NumberField(
            f"{prefix}container_ml",
            self.tr("Content of a container in mL"),
            places=3,
            unit="mL",
            minimum=Decimal("0.01"),
            maximum=Decimal(10_000),
        )
        self.form = TextField(
            f"{prefix}form", self.tr("Form"), placeholder=self.tr("Solution in ampoules")
        )
        self.route = TextField(
            f"{prefix}route", self.tr("Route on the label"), placeholder=self.tr("Intradermal")
        )
        self.note = MultilineField(f"{prefix}note", self.tr("Note"))

    def _make_handling(self, prefix: str) -> None:
        self.doses = SegmentedControl(
            {
                "single": self.tr("Single-dose"),
                "multi": self.tr("Multi-dose"),
                "unknown": self.tr("Not known"),
            },
            f"{prefix}doses",
            self.tr("How many doses a container holds"),
            least_width=88,
        )
        self.storage = TextField(
            f"{prefix}storage", self.tr("Storage"), placeholder=self.tr("Refrigerator, 2 to 8 °C")
        )
        self.mixing = SegmentedControl(
            {
                "yes": self.tr("Allowed"),
                "no": self.tr("Forbidden"),
                "unknown": self.tr("Not known"),
            },
            f"{prefix}mixing",
            self.tr("Whether the label forbids to mix or dilute it"),
            least_width=88,
        )
        self.open_days = NumberField(
            f"{prefix}open_days",
            self.tr("Days that an opened container is good"),
            places=0,
            unit=self.tr("days"),
            minimum=Decimal(1),
            maximum=Decimal(3650),
        )
        self.low = NumberField(
            f"{prefix}low_ml",
            self.tr("Tell on Today when less is left than, in mL"),
            places=3,
            unit="mL",
            minimum=Decimal("0.01"),
            maximum=Decimal(1_000_000),
        )
        self.diluent = CheckField(self.tr("Used as a diluent"), f"{prefix}diluent")

    def _make_status(self, prefix: str) -> None:
        self.status = ChoiceField(
            f"{prefix}status",
            self.tr("Regulatory status here"),
            [Option(each, status_words(each)) for each in RegulatoryStatus],
        )
        self.status_source = TextField(
            f"{prefix}status_source",
            self.tr("Where the status was looked up"),
            placeholder=self.tr("Register of the agency, 12 March 2026"),
        )
        self.status_on = DateField(
            f"{prefix}status_on", self.tr("Day on which the status was looked up"), self._today,
            maximum=self._today, too_late=self.tr("This day is still to come."),
        )  # fmt: skip
        self.statuses = StatusesEditor(prefix, self._today)

    def _classes(self) -> list[Option]:
        known = load_catalogue().classes.values()
        options = [Option(each.id, each.name.get(self._language)) for each in known]
        return sorted(options, key=lambda option: fold(option.text))

    def _lay_out(self) -> None:
        form = Form(max_width=1500)
        form.add_pair(
            FormRow(self.tr("Name"), self.name),
            FormRow(self.tr("Manufacturer"), self.manufacturer, optional=True),
        )
        form.add_pair(
            FormRow(self.tr("Class"), self.product_class, optional=True),
            FormRow(self.tr("Content of a container"), self.container, optional=True),
        )
        actives = QWidget()
        lines = column(
            Strong(self.tr("Actives, as the label states them")), self.actives, spacing=6
        )
        actives.setLayout(lines)
        form.add(actives)
        self._lay_out_handling(form)
        form.add_pair(
            FormRow(self.tr("Status here, as looked up"), self.status),
            FormRow(self.tr("Source of the status"), self.status_source, optional=True),
        )
        form.add_pair(
            FormRow(self.tr("Looked up on"), self.status_on, optional=True), FormRow("", QWidget())
        )
        form.add(self.statuses)
        form.add(self.status_notes)
        form.add_row(self.tr("Note"), self.note, optional=True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(form)

    def _lay_out_handling(self, form: Form) -> None:
        form.add_pair(
            FormRow(self.tr("Doses in a container"), self.doses),
            FormRow(self.tr("Diluent"), self.diluent),
        )
        form.add_pair(
            FormRow(self.tr("Form"), self.form, optional=True),
            FormRow(self.tr("Route on the label"), self.route, optional=True),
        )
        days = load_stock_rules().open_days
        form.add_pair(
            FormRow(self.tr("Storage"), self.storage, optional=True),
            FormRow(self.tr("Mixing, by the label"), self.mixing),
        )
        form.add_pair(
            FormRow(
                self.tr("Good after opening"),
                self.open_days,
                self.tr("Empty: {days} days, for multi-dose containers.").format(days=days),
                optional=True,
            ),
            FormRow(
                self.tr("Running low below"),
                self.low,
                self.tr("Said on Today, for all lots together."),
                optional=True,
            ),
        )

    def _connect(self) -> None:
        for field in (*self._lines(), self.product_class, self.container, self.status, self.note):
            field.edited.connect(self._tell)
        for other in (self.open_days, self.low, self.status_on):
            other.edited.connect(self._tell)
        self.mixing.chosen.connect(self._tell)
        self.statuses.edited.connect(self._tell)
        self.doses.chosen.connect(self._tell)
        self.diluent.ticked.connect(self._tell)
        self.actives.edited.connect(self._tell)

    def _lines(self) -> tuple[TextField, ...]:
        return (
            self.name, self.manufacturer, self.form, self.route, self.status_source, self.storage,
        )  # fmt: skip

    @Slot()
    def _tell(self) -> None:
        self._show_notes()
        self.edited.emit()

    def show_fields(self, fields: ProductFields) -> None:
        """Show a product; fields that show it already keep their cursor."""
        self._shown = fields
        self.name.set_value(fields.name)
        self.manufacturer.set_value(fields.manufacturer)
        self._show_class(fields.product_class)
        self.container.set_value(fields.container_ml)
        self.form.set_value(fields.form)
        self.route.set_value(fields.route)
        self.doses.set_value(_SINGLE[fields.single_dose])
        self.diluent.setChecked(fields.diluent)
        self.actives.set_actives(fields.actives)
        self.status.set_value(fields.status)
        self.status_source.set_value(fields.status_source)
        self.status_on.set_value(fields.status_on)
        self.statuses.set_statuses(fields.statuses)
        self.storage.set_value(fields.storage)
        self.mixing.set_value(_MIXING[fields.mixing_forbidden])
        self.open_days.set_value(None if fields.open_days is None else Decimal(fields.open_days))
        self.low.set_value(fields.low_ml)
        self.note.set_value(fields.note)
        self._show_notes()

    def _show_class(self, class_id: str) -> None:
        options = self._classes()
        if class_id and class_id not in {option.value for option in options}:
            options.append(Option(class_id, class_id))  # one of the clinic's own
        self.product_class.set_options(options)
        self.product_class.set_value(class_id or None)

    def fields(self) -> ProductFields:
        """Return what was typed."""
        chosen = self.doses.value()
        return replace(
            self._shown,
            name=self.name.value(),
            manufacturer=self.manufacturer.value(),
            product_class=self.product_class.value() or "",
            form=self.form.value(),
            route=self.route.value(),
            container_ml=self.container.value(),
            single_dose={"single": True, "multi": False}.get(chosen or ""),
            diluent=self.diluent.isChecked(),
            actives=self.actives.values(),
            status=self.status.value() or RegulatoryStatus.UNKNOWN,
            status_source=self.status_source.value(),
            status_on=self.status_on.value(),
            statuses=self.statuses.values(),
            storage=self.storage.value(),
            mixing_forbidden={"yes": False, "no": True}.get(self.mixing.value() or ""),
            open_days=_whole(self.open_days.value()),
            low_ml=self.low.value(),
            note=self.note.value(),
        )

    def has_error(self) -> bool:
        """Tell whether something typed cannot be used; its sentence stands beneath it."""
        others = (self.container, self.note, self.open_days, self.low, self.status_on)
        wrong = any(field.error() for field in (*self._lines(), *others))
        return wrong or self.actives.has_error()

    def show_problem(self, place: str, sentence: str) -> None:
        """Show a sentence of the service at the field it speaks of."""
        if place.startswith("actives["):
            number, _, part = place.removeprefix("actives[").partition("].")
            self.actives.show_problem(int(number.rstrip("]")), part, sentence)
            return
        if place.startswith("statuses"):
            self.statuses.show_problem(place, sentence)
            return
        field = {
            "storage": self.storage,
            "open_days": self.open_days,
            "low_ml": self.low,
            "status_on": self.status_on,
            "name": self.name,
            "manufacturer": self.manufacturer,
            "form": self.form,
            "route": self.route,
            "status_source": self.status_source,
            "container_ml": self.container,
            "note": self.note,
        }.get(place)
        if field is not None:
            field.set_error(sentence)

    def draft(self) -> dict[str, object]:
        """Return what was typed, finished or not, as plain values."""
        typed = self.fields()
        container = typed.container_ml
        return {
            "name": typed.name,
            "manufacturer": typed.manufacturer,
            "product_class": typed.product_class,
            "form": typed.form,
            "route": typed.route,
            "container_ml": "" if container is None else plain(container),
            "doses": self.doses.value() or "unknown",
            "diluent": typed.diluent,
            "actives": self.actives.typed(),
            "status": typed.status.value,
            "status_source": typed.status_source,
            "storage": typed.storage,
            "mixing": self.mixing.value() or "unknown",
            "open_days": "" if typed.open_days is None else str(typed.open_days),
            "low_ml": "" if typed.low_ml is None else plain(typed.low_ml),
            "note": typed.note,
        }

    def show_draft(self, draft: Mapping[str, object]) -> None:
        """Show what `draft` returned before."""
        doses = {"single": True, "multi": False}.get(str(draft.get("doses", "")))
        self.show_fields(
            ProductFields(
                name=str(draft.get("name", "")),
                manufacturer=str(draft.get("manufacturer", "")),
                product_class=str(draft.get("product_class", "")),
                form=str(draft.get("form", "")),
                route=str(draft.get("route", "")),
                container_ml=_decimal(draft.get("container_ml")),
                single_dose=doses,
                diluent=bool(draft.get("diluent")),
                status=RegulatoryStatus(str(draft.get("status") or "unknown")),
                status_source=str(draft.get("status_source", "")),
                storage=str(draft.get("storage", "")),
                mixing_forbidden={"yes": False, "no": True}.get(str(draft.get("mixing", ""))),
                open_days=_whole(_decimal(draft.get("open_days"))),
                low_ml=_decimal(draft.get("low_ml")),
                note=str(draft.get("note", "")),
            )
        )
        actives = draft.get("actives")
        if isinstance(actives, list):
            self.actives.set_typed(actives)

    def _show_notes(self) -> None:
        """Quote what sources said of class and actives, with place and date: never a status."""
        catalogue = load_catalogue()
        known = catalogue.classes.get(str(self.product_class.value() or ""))
        notes = list(known.status_notes) if known is not None else []
        for active in self.actives.values():
            ingredient = catalogue.ingredients.get(active.ingredient_id)
            notes += ingredient.status_notes if ingredient is not None else ()
        words = [
            self.tr("{text} ({country}, noted {day})").format(
                text=note.text.get(self._language),
                country=note.jurisdiction,
                day=format_date(note.noted_on),
            )
            for note in dict.fromkeys(notes)
        ]
        self.status_notes.setText("\n".join(words))
        self.status_notes.setVisible(bool(words))


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _decimal(text: object) -> Decimal | None:
    try:
        return Decimal(str(text)) if text else None
    except InvalidOperation:
        return None
