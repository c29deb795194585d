"""What to know before a needle comes near the patient, in words, gravest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.findings import Severity
from mesodesk.domain.rights import Right
from mesodesk.domain.screening import FindingKind, unasked_words
from mesodesk.domain.unasked import unasked
from mesodesk.ui.finding_card import capital, item_name
from mesodesk.ui.tokens import KIND_ICONS, Kind, Space
from mesodesk.ui.widgets.buttons import Button
from mesodesk.ui.widgets.cards import Card, IconLabel
from mesodesk.ui.widgets.layouts import clear, nest
from mesodesk.ui.widgets.text import Body, Muted, Strong

if TYPE_CHECKING:
    from mesodesk.domain.screening import Finding
    from mesodesk.ui.context import Context
    from mesodesk.ui.pages.patient_parts.file import PatientFile

_MOST_INFO: Final = 4


class KnowCard(Card):
    """Findings of screening with what to do, allergies, and the note of the record."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="know_card", parent=parent)
        self.set_title(self.tr("Know before you start"))
        self._context = context
        self._shown: tuple[object, ...] | None = None
        self._lines = QVBoxLayout()
        self._lines.setSpacing(Space.M)
        self.intake = Button("", "know_open_intake", compact=True)
        nest(self.body, self._lines)
        self.add(self.intake)
        self.body.setAlignment(self.intake, Qt.AlignmentFlag.AlignLeft)

    def show_findings(self, file: PatientFile, findings: tuple[Finding, ...]) -> None:
        """Show what screening says of a patient as it is on record."""
        shown = (file.patient.fields.note, file.intakes[:1], findings, file.recalls)
        if shown == self._shown:
            return
        self._shown = shown
        clear(self._lines)
        for line in [*self._recalls(file), *self._grave(file, findings), *self._allergies(file)]:
            self._add(*line)
        self._add_information(file, findings)
        if not self._lines.count():
            self._add(Kind.OK, self.tr("Nothing stands against what was asked."), "")
        self._offer_intake(file, bool(unasked(findings).stopping))

    def _grave(
        self, file: PatientFile, findings: tuple[Finding, ...]
    ) -> list[tuple[Kind, str, str]]:
        """Return what stops, what was not asked and could, and what calls for caution."""
        said = [each for each in findings if each.kind is not FindingKind.UNANSWERED]
        by_severity = {
            severity: [
                (Kind(severity.value), each.message, each.action)
                for each in said
                if each.severity is severity
            ]
            for severity in (Severity.STOP, Severity.CAUTION)
        }
        items = unasked(findings).stopping
        words = [(Kind.STOP, *self._unasked_words(items, file.intake is None))]
        return [
            *by_severity[Severity.STOP],
            *(words if items else []),
            *by_severity[Severity.CAUTION],
        ]

    def _recalls(self, file: PatientFile) -> list[tuple[Kind, str, str]]:
        """Return the recalled lots that the patient was given without being told yet."""
        words = self.tr("Was given {product}, lot {number}, which is recalled; not told yet.")
        return [
            (
                Kind.STOP,
                words.format(product=each.product_name, number=each.lot_number),
                each.reason,
            )
            for each in file.recalls
            if not each.told
        ]

    def _allergies(self, file: PatientFile) -> list[tuple[Kind, str, str]]:
        known = file.intake.fields.allergies if file.intake else ()
        words = self.tr("Allergy: {name}")
        return [(Kind.CAUTION, words.format(name=each.substance), each.reaction) for each in known]

    def _add_information(self, file: PatientFile, findings: tuple[Finding, ...]) -> None:
        said = [each for each in findings if each.kind is not FindingKind.UNANSWERED]
        other = [each for each in said if each.severity is Severity.INFO]
        for finding in other[:_MOST_INFO]:
            self._add(Kind.INFO, finding.message, finding.action)
        if file.patient.fields.note:
            self._add(Kind.INFO, self.tr("Note"), file.patient.fields.note)
        if len(other) > _MOST_INFO:
            more = self.tr("{count} more for information in the intake.")
            self._lines.addWidget(Muted(more.format(count=len(other) - _MOST_INFO)))

    def _unasked_words(self, items: tuple[str, ...], never: bool) -> tuple[str, str]:
        if never:
            return (
                self.tr("Nothing has been asked yet"),
                self.tr("What was not asked counts as unknown, never as no."),
            )
        language = self._context.language
        names = "; ".join(item_name(item_id, language) for item_id in items)
        return unasked_words(len(items), language), capital(names)

    def _offer_intake(self, file: PatientFile, asking: bool) -> None:
        words = self.tr("Begin with the intake") if not file.intakes else self.tr("Ask them now")
        self.intake.setText(words)
        self.intake.setAccessibleName(words)
        self.intake.setVisible(
            asking
            and bool(file.intakes)
            and not file.archived
            and self._context.may(Right.INTAKE_EDIT)
        )

    def _add(self, kind: Kind, headline: str, text: str) -> None:
        line = QHBoxLayout()
        line.setSpacing(Space.M)
        icon = IconLabel(KIND_ICONS[kind], kind.value)
        words = QVBoxLayout()
        words.setSpacing(1)
        headline_label = Strong(headline)
        headline_label.setWordWrap(True)
        words.addWidget(headline_label)
        if text:
            words.addWidget(Body(text))
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        nest(line, words, 1)
        nest(self._lines, line)
