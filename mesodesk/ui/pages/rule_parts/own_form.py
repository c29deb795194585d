"""A rule of the clinic: what it says, how grave it is, when it speaks, and its source."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mesodesk.domain.catalogue import load_catalogue
from mesodesk.domain.findings import Override, Severity
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.screening_rules import OwnRuleFields
from mesodesk.domain.words import load_words
from mesodesk.ui.finding_card import capital
from mesodesk.ui.pages.plan_parts.regions_field import RegionsField
from mesodesk.ui.pages.rule_parts.rule_form import NEW, RuleForm
from mesodesk.ui.pages.rule_parts.words import severity_name, tr
from mesodesk.ui.widgets.choices import CheckField, Option
from mesodesk.ui.widgets.chosen import ChosenField
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Muted, Strong
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from mesodesk.domain.records.screening_rules import RuleChange
    from mesodesk.domain.rulebook import Rule
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context
    from mesodesk.ui.widgets.field import Field

_ITEM: Final = "item:"
_GROUP: Final = "group:"
_CLASS: Final = "class:"
_INGREDIENT: Final = "active:"
_EMPTY: Final = OwnRuleFields(message="")


class OwnForm(RuleForm):
    """Everything of the rule can be changed; each time makes a further version of it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("own_rule", context, parent)
        self._rule: Rule | None = None
        self._make_fields(context.language)
        self._fill_form()
        self.lay_out()
        self._connect()

    def _make_fields(self, language: str) -> None:
        self.message = MultilineField("own_rule_message", tr("What the rule says"), least_lines=2)
        self.action = TextField("own_rule_action", tr("What to do"))
        self.source = TextField(
            "own_rule_source",
            tr("Source"),
            placeholder=tr("Our own practice, a label, a course book"),
        )
        self.severity = SegmentedControl(
            {each.value: severity_name(each) for each in reversed(Severity)},
            "own_rule_severity",
            tr("How grave"),
            compact=True,
        )
        self.prescriber = CheckField(
            tr("Only a prescriber or the owner goes on"), "own_rule_prescriber"
        )
        self._make_causes(language)

    def _make_causes(self, language: str) -> None:
        names = _names(language)
        self.told = ChosenField(
            "own_rule_items",
            tr("Answered with yes"),
            _options(_items(), names),
            names.__getitem__,
            tr("Keloid, epilepsy ..."),
        )
        self.medicines = ChosenField(
            "own_rule_medicines",
            tr("Takes a medicine of"),
            _options(_groups(), names),
            names.__getitem__,
            tr("Anticoagulants ..."),
        )
        self.allergies = ChosenField(
            "own_rule_allergies",
            tr("Allergy to"),
            _options(_groups(), names),
            names.__getitem__,
            tr("Sulfites ..."),
        )
        self.medicine_words = TextField(
            "own_rule_medicine_words",
            tr("Or words of a medicine"),
            placeholder=tr("ibuprofen, naprox*"),
        )
        self.allergy_words = TextField(
            "own_rule_allergy_words",
            tr("Or words of an allergy"),
            placeholder=tr("lidocaine, bee venom"),
        )
        self.products = ChosenField(
            "own_rule_products",
            tr("In a syringe"),
            _options((*_ingredients(), *_classes()), names),
            names.__getitem__,
            tr("Procaine, hyaluronidase ..."),
        )
        self.regions = RegionsField("own_rule_region", language)

    def _fill_form(self) -> None:
        form = self.form
        form.add_row(tr("What the rule says"), self.message)
        form.add_row(tr("What to do"), self.action, optional=True)
        form.add_row(tr("How grave"), self.severity)
        form.add(self.prescriber)
        form.add(Strong(tr("It speaks if one of these is told")))
        form.add(
            Muted(
                tr(
                    "Commas stand between words. A word with a * at its end stands for all that"
                    " begin with it."
                )
            )
        )
        form.add_row(tr("Answered with yes"), self.told, optional=True)
        form.add_pair(
            FormRow(tr("Takes a medicine of"), self.medicines, optional=True),
            FormRow(tr("Or words of a medicine"), self.medicine_words, optional=True),
        )
        form.add_pair(
            FormRow(tr("Allergy to"), self.allergies, optional=True),
            FormRow(tr("Or words of an allergy"), self.allergy_words, optional=True),
        )
        form.add(Strong(tr("And only for")))
        form.add(
            Muted(
                tr(
                    "Left empty, for every session. With both, it speaks of the product until the"
                    " chart shows that it goes elsewhere."
                )
            )
        )
        form.add_pair(
            FormRow(tr("In a syringe"), self.products, optional=True),
            FormRow(tr("On the chart"), self.regions, optional=True),
        )
        form.add_row(tr("Source"), self.source, tr("It is shown with every finding."))

    def _connect(self) -> None:
        for field in (
            self.message,
            self.action,
            self.source,
            self.medicine_words,
            self.allergy_words,
            self.told,
            self.medicines,
            self.allergies,
            self.products,
            self.regions,
        ):
            field.edited.connect(self.typed)
        self.severity.chosen.connect(self.typed)
        self.prescriber.ticked.connect(self.typed)

    def show_rule(self, rule: Rule | None, history: tuple[RuleChange, ...]) -> None:
        """Show a rule of the clinic; None begins a new one."""
        self._rule = rule
        self.set_title(
            tr("New rule of the clinic")
            if rule is None
            else tr("Rule of the clinic, version {number}").format(number=rule.version)
        )
        self.begin(NEW if rule is None else rule.id, history)

    def first_focus(self) -> QWidget:
        """Return the field to begin with."""
        return self.message.input

    def _own(self) -> OwnRuleFields:
        change = None if self._rule is None else self._rule.change
        return _EMPTY if change is None or change.own is None else change.own

    def show_kept(self) -> None:
        self._show(self._own(), active=self._rule is None or not self._rule.is_off)

    def _show(self, own: OwnRuleFields, *, active: bool) -> None:
        self.message.set_value(own.message)
        self.action.set_value(own.action)
        self.source.set_value(own.source)
        self.severity.set_value(own.severity.value)
        self.prescriber.setChecked(own.override is Override.PRESCRIBER)
        self.told.set_value(_marked(_ITEM, own.items))
        self.medicines.set_value(_marked(_GROUP, own.medicine_groups))
        self.allergies.set_value(_marked(_GROUP, own.allergy_groups))
        self.medicine_words.set_value(", ".join(own.medicine_words))
        self.allergy_words.set_value(", ".join(own.allergy_words))
        self.products.set_value(
            (*_marked(_INGREDIENT, own.ingredients), *_marked(_CLASS, own.classes))
        )
        self.regions.set_value(own.regions)
        self.active.setChecked(active)

    def fields(self) -> OwnRuleFields:
        """Return what is typed."""
        severity = Severity(self.severity.value() or Severity.CAUTION)
        led = self.prescriber.isChecked() and severity is Severity.STOP
        return OwnRuleFields(
            message=self.message.value(),
            action=self.action.value(),
            source=self.source.value(),
            severity=severity,
            override=Override.PRESCRIBER if led else Override.ALLOWED,
            items=_bare(_ITEM, self.told.value()),
            medicine_groups=_bare(_GROUP, self.medicines.value()),
            medicine_words=_split(self.medicine_words.value()),
            allergy_groups=_bare(_GROUP, self.allergies.value()),
            allergy_words=_split(self.allergy_words.value()),
            classes=_bare(_CLASS, self.products.value()),
            ingredients=_bare(_INGREDIENT, self.products.value()),
            regions=self.regions.value(),
        )

    def show_state(self) -> None:
        super().show_state()
        self.prescriber.setVisible(self.severity.value() == Severity.STOP)

    def may_keep(self) -> bool:
        typed = self.fields()
        if not typed.message.strip() or not typed.source.strip():
            return False
        if not (typed.asks or typed.is_scoped) or self.form.first_wrong() is not None:
            return False
        active = self._rule is None or not self._rule.is_off
        return self._rule is None or (typed, self.active.isChecked()) != (self._own(), active)

    def payload(self) -> dict[str, Any]:
        return {"own": self.fields().to_plain(), "active": self.active.isChecked()}

    def show_payload(self, payload: Mapping[str, Any]) -> None:
        self._show(OwnRuleFields.from_plain(payload["own"]), active=bool(payload["active"]))

    def work(self) -> Callable[[Desk], RuleChange]:
        rule = self._rule
        return partial(
            _keep,
            None if rule is None else rule.id,
            0 if rule is None else rule.version,
            self.fields(),
            self.reason.value(),
            active=self.active.isChecked(),
        )

    def show_problem(self, place: str, sentence: str) -> None:
        fields: dict[str, Field | ChosenField] = {
            "message": self.message,
            "action": self.action,
            "source": self.source,
            "medicine_words": self.medicine_words,
            "allergy_words": self.allergy_words,
            "items": self.told,
            "regions": self.regions,
        }
        if place in fields:
            fields[place].set_error(sentence)
        else:
            super().show_problem(place, sentence)


def _keep(
    rule_id: str | None, number: int, own: OwnRuleFields, reason: str, desk: Desk, *, active: bool
) -> RuleChange:
    return desk.rules.keep_own(rule_id, number, own, reason, active=active)


def _items() -> tuple[str, ...]:
    items = load_questionnaire().items
    return tuple(f"{_ITEM}{each.id}" for each in items if each.kind is ItemKind.YES_NO)


def _groups() -> tuple[str, ...]:
    return _marked(_GROUP, tuple(load_words()))


def _classes() -> tuple[str, ...]:
    return _marked(_CLASS, tuple(load_catalogue().classes))


def _ingredients() -> tuple[str, ...]:
    return _marked(_INGREDIENT, tuple(load_catalogue().ingredients))


class _Names(dict[str, str]):
    """Names by marked id; one that the files do not know any more keeps its id."""

    def __missing__(self, key: str) -> str:
        return key.partition(":")[2]


def _names(language: str) -> _Names:
    catalogue, groups = load_catalogue(), load_words()
    found = _Names()
    for item in load_questionnaire().items:
        found[f"{_ITEM}{item.id}"] = capital(item.short.get(language))
    for key, group in groups.items():
        found[f"{_GROUP}{key}"] = capital(group.name.get(language) if group.name else key)
    for key, active in catalogue.ingredients.items():
        found[f"{_INGREDIENT}{key}"] = capital(active.name.get(language))
    for key, kind in catalogue.classes.items():
        found[f"{_CLASS}{key}"] = tr("{product} (class)").format(
            product=capital(kind.name.get(language))
        )
    return found


def _options(keys: tuple[str, ...], names: Mapping[str, str]) -> list[Option]:
    ordered = sorted(keys, key=lambda key: names[key].casefold())
    return [Option((key,), names[key]) for key in ordered]


def _marked(mark: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{mark}{each}" for each in ids)


def _bare(mark: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each.removeprefix(mark) for each in keys if each.startswith(mark))


def _split(typed: str) -> tuple[str, ...]:
    return tuple(clean for each in typed.split(",") if (clean := each.strip()))
