"""One finding of screening as people read it: how grave, what, what to do, on what it rests."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.regions import named
from mesodesk.domain.findings import Severity
from mesodesk.domain.records.screening_rules import OWN_RULE
from mesodesk.domain.rulebook import load_rules
from mesodesk.domain.screening import FindingKind
from mesodesk.ui import theme
from mesodesk.ui.numbers import format_date
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import RADIUS, Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.chips import Chip
from mesodesk.ui.widgets.layouts import FlowLayout, nest
from mesodesk.ui.widgets.text import Body, Label, Muted

if TYPE_CHECKING:
    from mesodesk.domain.findings import Evidence
    from mesodesk.domain.screening import Finding

KINDS: Final = {
    Severity.STOP: Kind.STOP,
    Severity.CAUTION: Kind.CAUTION,
    Severity.INFO: Kind.INFO,
}
_LISTS: Final = frozenset({"medicines", "allergies"})
_TELLS_ITSELF: Final = frozenset(
    {"lot", "jurisdiction", "limit", "planned_day", "plan_interval", "plan_maximum"}
)


class FindingCard(QFrame):
    """A finding with a bar in the colour of its severity; controls go beneath its words.

    The card is called `finding_{rule id}`, so that whatever leads to a finding leads here.
    """

    def __init__(self, finding: Finding, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding = finding
        paint.name(self, f"finding_{finding.rule_id}", finding.message)
        self._kind = KINDS[finding.severity]
        self.message = Label(finding.message, Role.STRONG, wrap=True)
        self.source = Muted(source_words(finding))
        self.source.setObjectName(f"source_text_{finding.rule_id}")
        self.source.hide()
        self.source_button = Button(
            tr("Source"), f"source_{finding.rule_id}", ButtonKind.QUIET, compact=True
        )
        self.source_button.setCheckable(True)
        self.source_button.toggled.connect(self._show_source)
        self.controls = QVBoxLayout()
        self.controls.setSpacing(Space.S)
        self._lay_out(language)

    def _lay_out(self, language: str) -> None:
        chip = Chip(self._kind, severity_word(self.finding))
        head = QHBoxLayout()
        head.setSpacing(Space.S)
        head.addWidget(chip)
        head.addStretch(1)
        head.addWidget(self.source_button)
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        nest(words, head)
        words.addWidget(self.message)
        if self.finding.action:
            words.addWidget(Body(self.finding.action))
        causes = cause_words(self.finding, language)
        if causes:
            here = Body("; ".join(causes))
            here.setObjectName(f"causes_{self.finding.rule_id}")
            words.addWidget(here)
        rests_on = evidence_words(self.finding, language)
        if rests_on:
            basis = Muted(capital("; ".join(rests_on)))
            basis.setObjectName(f"evidence_{self.finding.rule_id}")
            words.addWidget(basis)
        if self.finding.clinic_says:
            says = Muted(self.finding.clinic_says)
            says.setObjectName(f"clinic_says_{self.finding.rule_id}")
            words.addWidget(says)
        words.addWidget(self.source)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.L + 2, Space.XS, Space.S, Space.M)
        whole.setSpacing(Space.S)
        nest(whole, words)
        nest(whole, self.controls)

    def add_control(self, widget: QWidget) -> None:
        """Put something to do beneath the words."""
        self.controls.addWidget(widget)

    @Slot(bool)
    def _show_source(self, shown: bool) -> None:
        self.source.setVisible(shown)

    def paintEvent(self, _event: QPaintEvent) -> None:
        scheme = theme.current()
        bar_box(QPainter(self), paint.inside(self), scheme.foreground(self._kind))


class QuietFinding(QWidget):
    """A finding that somebody has dealt with: one line, who and when, the reason beneath."""

    def __init__(self, title: str, subtitle: str, object_name: str, icon: QWidget) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.title = Body(title)
        self.subtitle = Muted(subtitle)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, Space.XS, 0, Space.XS)
        self._line.setSpacing(Space.S)
        self._line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        nest(self._line, words, 1)

    def add_control(self, widget: QWidget) -> None:
        """Put something to do at the right end."""
        self._line.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)


class ChipFlow(QWidget):
    """Small things side by side that wrap where the width ends."""

    def __init__(self, widgets: list[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = FlowLayout(self, Space.XS)
        for widget in widgets:
            flow.addWidget(widget)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


def bar_box(painter: QPainter, whole: QRectF, bar: str) -> None:
    """Paint a white box with a bar of a colour at its leading edge."""
    scheme = theme.current()
    paint.box(painter, whole, scheme.surface, scheme.border)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(whole, RADIUS, RADIUS)
    painter.setClipPath(outline)
    painter.fillRect(QRectF(whole.left(), whole.top(), 5, whole.height()), QColor(bar))
    painter.restore()


def severity_word(finding: Finding) -> str:
    """Return the word that goes with the icon of a finding."""
    if finding.kind is FindingKind.UNANSWERED:
        return tr("Not asked")
    return {
        Severity.STOP: tr("Stop"),
        Severity.CAUTION: tr("Caution"),
        Severity.INFO: tr("For information"),
    }[finding.severity]


def source_words(finding: Finding) -> str:
    """Return where a finding comes from, with the rule and its version."""
    words = tr("Rule {rule}, version {version}. {source}.")
    if finding.rule_id.startswith(OWN_RULE):
        words = tr("Rule of this clinic, version {version}. {source}.")
    family, _, own = finding.rule_id.partition(".")
    return words.format(
        rule=own if family == "limit" else family,
        version=finding.rule_version,
        source=finding.source.rstrip("."),
    )


def evidence_words(finding: Finding, language: str) -> list[str]:
    """Return what a finding rests on: `Warfarin in medicines`, `age 17`, `diabetes: not asked`."""
    pieces = (_piece(piece, language) for piece in finding.evidence)
    return list(dict.fromkeys(words for words in pieces if words))


def cause_words(finding: Finding, language: str) -> list[str]:
    """Return what in the session brings a finding in: `Syringe 2: Procaine 2 %, lot A12`."""
    regions = [cause.region for cause in finding.causes if cause.region]
    drawn = (
        tr("Syringe {digit}: {product}, lot {lot}").format(
            digit=cause.digit, product=cause.product, lot=cause.lot
        )
        for cause in finding.causes
        if not cause.region
    )
    if not regions:
        return list(drawn)
    charted = ", ".join(named(regions, language))
    return [*drawn, tr("On the chart: {regions}").format(regions=charted)]


def _piece(piece: Evidence, language: str) -> str:
    if piece.item_id in _TELLS_ITSELF and piece.answer is not Answer.NOT_ASKED:
        return ""
    name = item_name(piece.item_id, language)
    if piece.answer is Answer.NOT_ASKED:
        return tr("{name}: not asked").format(name=name)
    if not piece.detail:
        word = tr("no") if piece.answer is Answer.NO else tr("yes")
        return tr("{name}: {answer}").format(name=name, answer=word)
    if piece.item_id in _LISTS:
        return tr("{name} in {list}").format(name=piece.detail, list=name)
    if piece.item_id == "birth_date":
        return tr("age {years}").format(years=piece.detail)
    return tr("{name}: {answer}").format(name=name, answer=_shown(piece.detail))


def _shown(detail: str) -> str:
    """Return a date of the record as people read it, anything else as it is."""
    try:
        return format_date(date.fromisoformat(detail))
    except ValueError:
        return detail


def item_name(item_id: str, language: str) -> str:
    """Return what a questionnaire item or a fact is called; an id that no file knows stays bare."""
    try:
        return load_rules().name_of(item_id, language)
    except KeyError:
        return item_id


def capital(text: str) -> str:
    """Return a text with a large first letter."""
    return text[:1].upper() + text[1:]


def tr(text: str) -> str:
    """Translate what the cards of findings say."""
    return QCoreApplication.translate("findings", text)
