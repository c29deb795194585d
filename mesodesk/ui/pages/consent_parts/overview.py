"""What stands of a patient's consent, to be read in two seconds; and every consent on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.bodymap.area_groups import group_name
from mesodesk.domain.consent_rules import LEAST_GRADE
from mesodesk.domain.records.consent import DemandKind
from mesodesk.domain.rights import Right
from mesodesk.ui.pages.consent_parts.words import (
    LANGUAGES,
    PHOTOS,
    day_of,
    gap_words,
    photo_look,
    standing_words,
)
from mesodesk.ui.pages.consent_parts.words import tr as say
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import FlowLayout, PageScroll, clear, nest, row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.rows import Row, RowList
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Label, Muted

if TYPE_CHECKING:
    from mesodesk.domain.consent_rules import ConsentOverview
    from mesodesk.domain.records.consent import ConsentRecord
    from mesodesk.ui.context import Context

_OTHER = "other"


class ConsentOverviewPage(PageScroll):
    """A card that says how it stands, one to ask for a new consent, and the list."""

    begin_asked = Signal()
    #: A `ConsentRecord` is to be read.
    read_asked = Signal(object)
    #: (kind, grade or None, reason): a new consent is to be asked for.
    demanded = Signal(object, object, str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__("consent_overview", max_width=1_680, margin=0, edge=True, parent=parent)
        self._context = context
        self._shown: ConsentOverview | None = None
        self.begin = Button("", "begin_consent", ButtonKind.PRIMARY, "pencil")
        self.begin.clicked.connect(self.begin_asked)
        self.standing = StandingCard(context, self.begin)
        self.standing.read_asked.connect(self._read_in_force)
        self.add(self.standing)
        self.demand = DemandCard()
        self.demand.demanded.connect(self.demanded)
        self.list = RowList("consents", self.tr("Consents on record"))
        self.list.activated.connect(self._read)
        self.history = Card(self.tr("Consents on record"), object_name="consents_card")
        self.history.add(self.list)
        self.add(self.history)
        self.add(self.demand)
        self.column.addStretch(1)

    def show_overview(self, overview: ConsentOverview, *, archived: bool) -> None:
        """Show how it stands."""
        self._shown = overview
        may = self._context.may(Right.CONSENT_EDIT) and not archived
        self.standing.show_overview(overview)
        words = self._begin_words(overview)
        self.begin.setText(words)
        self.begin.setAccessibleName(words)
        needed = overview.in_force is None or overview.draft is not None
        self.begin.set_kind(ButtonKind.PRIMARY if needed else ButtonKind.SECONDARY)
        self.begin.setVisible(may)
        self.demand.setVisible(may and bool(overview.signed))
        self.history.setVisible(bool(overview.signed))
        self.list.set_rows(self._row(at, each) for at, each in enumerate(overview.signed))

    def _begin_words(self, overview: ConsentOverview) -> str:
        if overview.draft is not None:
            return self.tr("Go on with the consent")
        return self.tr("Begin a new consent") if overview.signed else self.tr("Begin the consent")

    def _row(self, at: int, record: ConsentRecord) -> Row:
        overview, context = self._shown, self._context
        holds = overview is not None and record.id not in overview.against
        language, zone = context.language, context.clinic.fields.zone
        areas = ", ".join(group_name(area, language) for area in record.fields.areas)
        day = "" if record.signed_at is None else day_of(record.signed_at, zone)
        said = "" if overview is None else standing_words(overview, record, language)
        kind = Kind.OK if holds else Kind.NEUTRAL
        return Row(
            f"{day} \u00b7 {areas}",
            said,
            object_name=f"consent_{at}",
            leading=IconLabel(KIND_ICONS[Kind.OK] if holds else "archive-outline", kind.value),
        )

    @Slot(int)
    def _read(self, at: int) -> None:
        if self._shown is not None:
            self.read_asked.emit(self._shown.signed[at])

    @Slot()
    def _read_in_force(self) -> None:
        if self._shown is not None and self._shown.in_force is not None:
            self.read_asked.emit(self._shown.in_force)


class StandingCard(Card):
    """In force or not, since when, for what; what was decided on photographs."""

    read_asked = Signal()

    def __init__(self, context: Context, begin: Button, parent: QWidget | None = None) -> None:
        super().__init__(object_name="consent_standing", parent=parent)
        self._context = context
        self.icon = IconLabel(KIND_ICONS[Kind.OK], Kind.OK.value, 32)
        self.headline = Label("", Role.TITLE, wrap=True)
        self.headline.setObjectName("consent_headline")
        self.read = Button(self.tr("Read it"), "read_consent")
        self.read.clicked.connect(self.read_asked)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.headline, 1)
        head.addWidget(self.read)
        head.addWidget(begin)
        self._why = QVBoxLayout()
        self._why.setSpacing(2)
        nest(self.body, head)
        nest(self.body, self._why)
        self._photos = QWidget()
        flow = FlowLayout(self._photos, level=True)
        self._chips = {
            purpose: Chip(Kind.NEUTRAL, "", f"photo_chip_{purpose.value}") for purpose in PHOTOS
        }
        flow.addWidget(Muted(self.tr("Photographs"), wrap=False))
        for chip in self._chips.values():
            flow.addWidget(chip)
        self.body.addWidget(self._photos)

    def show_overview(self, overview: ConsentOverview) -> None:
        """Show how it stands."""
        record, language = overview.in_force, self._context.language
        kind = Kind.OK if record is not None else self._kind(overview)
        self.icon.set_icon(KIND_ICONS[kind], kind.value)
        self.headline.setText(self._headline(overview))
        self.headline.set_tone(kind.value)
        clear(self._why)
        lines = [gap_words(gap, language) for gap in overview.standing.gaps]
        for words in self._facts(record) if record is not None else lines:
            self._why.addWidget(Body(words))
        self.read.setVisible(record is not None)
        self._photos.setVisible(bool(overview.signed))
        for purpose, chip in self._chips.items():
            look, icon, words = photo_look(overview.photos[purpose])
            chip.set_kind(look, icon)
            chip.set_text(f"{say(PHOTOS[purpose])}: {words}")

    def _kind(self, overview: ConsentOverview) -> Kind:
        return Kind.CAUTION if overview.required else Kind.NEUTRAL

    def _headline(self, overview: ConsentOverview) -> str:
        record, zone = overview.in_force, self._context.clinic.fields.zone
        if record is not None and record.signed_at is not None:
            words = self.tr("Consent in force since {day}")
            return words.format(day=day_of(record.signed_at, zone))
        if overview.signed:
            return self.tr("A new consent is needed")
        if overview.required:
            return self.tr("No consent: no session can be signed")
        return self.tr("No consent")

    def _facts(self, record: ConsentRecord) -> list[str]:
        areas = ", ".join(group_name(one, self._context.language) for one in record.fields.areas)
        products = ", ".join(each.name for each in record.products)
        words = self.tr("Informed by {name}, signed in: {language}")
        return [
            self.tr("For: {areas}").format(areas=areas),
            self.tr("With: {products}").format(products=products),
            words.format(name=record.informer, language=LANGUAGES[record.text.language]),
        ]


class DemandCard(Card):
    """Asks for a new consent: a reaction, or another reason."""

    demanded = Signal(object, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(object_name="consent_demand", parent=parent)
        grades = {str(grade): self.tr("Grade {n}").format(n=grade) for grade in range(1, 6)}
        self.kind = SegmentedControl(
            {**grades, _OTHER: self.tr("No reaction")},
            "demand_kind",
            self.tr("What asks for it"),
            tints={key: "caution" for key in grades if int(key) >= LEAST_GRADE},
        )
        self.reason = MultilineField("demand_reason", self.tr("Reason"), least_lines=1)
        self.ask = Button(self.tr("Ask for a new consent"), "demand_consent")
        self.ask.setEnabled(False)
        more = Disclosure(self.tr("Ask for a new consent"), "demand_more")
        words = self.tr(
            "A reaction from grade {grade} on, or any other reason: what was signed before stands"
            " no more. Photographs stay as decided."
        )
        more.add(Muted(words.format(grade=LEAST_GRADE)))
        more.add(FormRow(self.tr("What asks for it"), self.kind))
        more.add(FormRow(self.tr("Reason"), self.reason))
        line = QWidget()
        line.setLayout(row(self.ask, stretch=True))
        more.add(line)
        self.more = more
        self.add(more)
        self.kind.chosen.connect(self._typed)
        self.reason.edited.connect(self._typed)
        self.ask.clicked.connect(self._ask)

    def start_afresh(self) -> None:
        self.kind.set_value(None)
        self.reason.set_value("")
        self.more.set_open(False)
        self.ask.setEnabled(False)

    @Slot(object)
    def _typed(self, _what: object) -> None:
        self.ask.setEnabled(self.kind.value() is not None and bool(self.reason.value()))

    @Slot()
    def _ask(self) -> None:
        value = self.kind.value()
        is_other = value in (None, _OTHER)
        kind = DemandKind.OTHER if is_other else DemandKind.REACTION
        self.demanded.emit(kind, None if is_other else int(value or 0), self.reason.value())
