"""The four steps of the first start: clinic, owner, password, recovery key."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QLocale, QStandardPaths, QTimeZone, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.records.clinic import ClinicFields, LengthUnit, WeightUnit
from mesodesk.ui.recovery_sheet import RecoverySheet, draw_qr, write_pdf
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets import paint
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice, ProgressBar
from mesodesk.ui.widgets.choices import ChoiceField, Option, PickList
from mesodesk.ui.widgets.forms import Form, FormRow
from mesodesk.ui.widgets.segments import SegmentedControl
from mesodesk.ui.widgets.text import Body, Label, Muted
from mesodesk.ui.widgets.textfields import PasswordField, TextField

LANGUAGES = (
    Option("en", "English"),
    Option("fr", "Français"),
    Option("it", "Italiano"),
    Option("es", "Español"),
)


class Step(QWidget):
    """One step. `problem` says in a sentence what still keeps it from being left forwards."""

    title = ""
    lead = ""

    def problem(self) -> str:
        """Return "" when the step is complete; puts the cursor where the problem is."""
        return ""

    def begin(self) -> None:
        """Called when the step is shown."""


def countries() -> tuple[Option, ...]:
    """Return all countries by name, each with its ISO 3166 code as value."""
    found = {}
    for territory in QLocale.Country:
        code = QLocale.territoryToCode(territory)
        if len(code) == 2 and code.isalpha():
            found[code] = QLocale.territoryToString(territory)
    return tuple(Option(code, name) for code, name in sorted(found.items(), key=lambda p: p[1]))


class ClinicStep(Step):
    """Name, country, units and language of the clinic."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("Your clinic")
        self.lead = self.tr("Everything here can be changed later in Settings.")
        here = QLocale.system()
        self.clinic_name = TextField("clinic_name", self.tr("Clinic name"))
        self.jurisdiction = PickList("jurisdiction", self.tr("Country"), countries())
        self.jurisdiction.set_value(QLocale.territoryToCode(here.territory()))
        self.language = ChoiceField("clinic_language", self.tr("Clinical texts in"), LANGUAGES)
        code = here.name()[:2]
        self.language.set_value(code if code in {"en", "fr", "it", "es"} else "en")
        imperial = here.measurementSystem() is QLocale.MeasurementSystem.ImperialUSSystem
        self.weight_unit = SegmentedControl(
            {"kg": self.tr("kg"), "lb": self.tr("lb")}, "weight_unit", self.tr("Weights in")
        )
        self.weight_unit.set_value("lb" if imperial else "kg")
        self.length_unit = SegmentedControl(
            {"cm": self.tr("cm"), "in": self.tr("inches")}, "length_unit", self.tr("Lengths in")
        )
        self.length_unit.set_value("in" if imperial else "cm")
        self._lay_out()

    def _lay_out(self) -> None:
        form = Form()
        form.add_row(self.tr("Name of the clinic"), self.clinic_name)
        form.add_pair(
            FormRow(
                self.tr("Country"),
                self.jurisdiction,
                self.tr("Decides which classes are forbidden."),
            ),
            FormRow(
                self.tr("Clinical texts in"),
                self.language,
                self.tr("Questions, rules and aftercare."),
            ),
        )
        form.add_pair(
            FormRow(self.tr("Weights in"), self.weight_unit),
            FormRow(self.tr("Lengths in"), self.length_unit),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)

    def begin(self) -> None:
        self.clinic_name.setFocus()

    def problem(self) -> str:
        if self.clinic_name.value():
            self.clinic_name.set_error("")
            return self.clinic_name.error()
        sentence = self.tr("Type the name of the clinic; it stands on what you print.")
        self.clinic_name.set_error(sentence)
        self.clinic_name.setFocus()
        return sentence

    def fields(self) -> ClinicFields:
        """Return what was typed; the time zone is this computer's."""
        zone = bytes(QTimeZone.systemTimeZoneId().data()).decode()
        return ClinicFields(
            name=self.clinic_name.value(),
            jurisdiction=self.jurisdiction.value() or "",
            language=self.language.value() or "en",
            zone=zone or "UTC",
            weight_unit=WeightUnit(self.weight_unit.value() or "kg"),
            length_unit=LengthUnit(self.length_unit.value() or "cm"),
        )


class OwnerStep(Step):
    """Who owns the desk: name and initials."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = self.tr("You")
        self.lead = self.tr("Your name stands under every session that you sign.")
        self.owner_name = TextField(
            "owner_name", self.tr("Your name"), placeholder=self.tr("Dr Claire Moreau")
        )
        self.initials = TextField("owner_initials", self.tr("Initials"), longest=4)
        self.initials.setMaximumWidth(120)
        self._typed_initials = False
        form = Form()
        form.add_row(self.tr("Your name, as you sign"), self.owner_name)
        form.add_row(
            self.tr("Initials"), self.initials, self.tr("Shown in the corner, on your badge.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        self.owner_name.edited.connect(self._suggest)
        self.initials.edited.connect(self._keep_initials)

    def begin(self) -> None:
        self.owner_name.setFocus()

    def problem(self) -> str:
        for field, sentence in (
            (self.owner_name, self.tr("Type your name; it stands under what you sign.")),
            (self.initials, self.tr("Type your initials, one to four letters.")),
        ):
            if not field.value():
                field.set_error(sentence)
                field.setFocus()
            if field.error():
                return field.error()
        return ""

    @Slot(object)
    def _suggest(self, _name: object) -> None:
        if not self._typed_initials:
            titles = {"dr", "dr.", "dre", "dra", "dra.", "prof", "prof.", "dott.", "dott.ssa"}
            words = [w for w in self.owner_name.value().split() if w.lower() not in titles]
            letters = [words[0][0], words[-1][0]] if len(words) > 1 else [w[0] for w in words]
            self.initials.set_value("".join(letters).upper())

    @Slot(object)
    def _keep_initials(self, _initials: object) -> None:
        self._typed_initials = bool(self.initials.value())


class PasswordStep(Step):
    """The owner's password, its strength in words, and a passphrase for the asking."""

    def __init__(
        self, own_words: Callable[[], tuple[str, ...]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = self.tr("Your password")
        self.lead = self.tr(
            "It encrypts every record. Nobody can look it up or reset it from outside; the "
            "recovery key of the next step is the only other way in."
        )
        self._own_words = own_words
        self.password = PasswordField("password", self.tr("Password"))
        self.again = PasswordField("password_again", self.tr("The same password again"))
        self.bar = ProgressBar(self.tr("Strength of the password"))
        self.words = Muted("")
        self.words.setObjectName("password_strength")
        self.suggest = Button(
            self.tr("Suggest a passphrase"), "suggest_passphrase", ButtonKind.QUIET, compact=True
        )
        self._lay_out()
        self.password.edited.connect(self._judge)
        self.suggest.clicked.connect(self._suggest)

    def _lay_out(self) -> None:
        form = Form()
        form.add_row(
            self.tr("Password"),
            self.password,
            self.tr("At least 10 characters, better 15. Several words are easy to keep."),
        )
        strength = QVBoxLayout()
        strength.setSpacing(Space.XS)
        strength.addWidget(self.bar)
        line = QHBoxLayout()
        line.addWidget(self.words, 1)
        line.addWidget(self.suggest)
        strength.addLayout(line)
        holder = QWidget()
        holder.setLayout(strength)
        strength.setContentsMargins(0, 0, 0, 0)
        form.add(holder)
        form.add_row(self.tr("The same again"), self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)

    def begin(self) -> None:
        self.password.setFocus()

    def problem(self) -> str:
        from mesodesk.vault.passwords import strength

        judged = strength(self.password.value(), self._own_words())
        if not judged.acceptable:
            self.password.set_error(judged.sentence)
            self.password.setFocus()
            return judged.sentence
        if self.again.value() != self.password.value():
            sentence = self.tr("The two passwords differ. Type the same one in both fields.")
            self.again.set_error(sentence)
            self.again.setFocus()
            return sentence
        return ""

    @Slot()
    def _suggest(self) -> None:
        from mesodesk.vault.passwords import suggest_passphrase

        self.password.input.setText(suggest_passphrase())
        self.password.reveal.setChecked(True)
        self.password.set_error("")
        self._judge()
        self.again.clear()
        self.again.setFocus()

    @Slot()
    def _judge(self) -> None:
        from mesodesk.vault.passwords import strength

        typed = self.password.value()
        if not typed:
            self.bar.set_share(0)
            self.words.setText("")
            return
        judged = strength(typed, self._own_words())
        colour = "ok" if judged.level >= 3 else "caution" if judged.acceptable else "stop"
        self.bar.set_share((judged.level + 1) / 5, colour)
        self.words.setText(judged.sentence)


class QrCode(QWidget):
    """A QR code on white, whatever the scheme, so that every reader can read it."""

    def __init__(self, text: str, side: int = 148, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setFixedSize(side, side)
        self.setAccessibleName(self.tr("The recovery key as a QR code"))

    def set_text(self, text: str) -> None:
        """Show another code."""
        self._text = text
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._text:
            draw_qr(QPainter(self), paint.inside(self), self._text)


class RecoveryStep(Step):
    """Shows the recovery key, prints it, and has it typed back."""

    printed = Signal()

    def __init__(
        self, sheet: Callable[[str], RecoverySheet], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = self.tr("Your recovery key")
        self.lead = self.tr(
            "If every password is lost, this key opens the records. If it is lost too, nobody can: "
            "not you, and not us. Print it, and lock it away outside this room."
        )
        self._sheet = sheet
        self._key = ""
        self.groups = QGridLayout()
        self.qr = QrCode("")
        self.print_button = Button(self.tr("Print…"), "recovery_print", compact=True)
        self.save_button = Button(self.tr("Save as PDF…"), "recovery_save", compact=True)
        self.notice = Notice(object_name="recovery_notice")
        self.typed = TextField("recovery_typed", self.tr("The recovery key typed back"), longest=60)
        self._lay_out()
        self.print_button.clicked.connect(self._print)
        self.save_button.clicked.connect(self._save)

    def _lay_out(self) -> None:
        self.key_text = Label("", Role.TITLE, "accent")
        self.key_text.setObjectName("recovery_key_text")
        self.key_text.setAccessibleName(self.tr("Recovery key"))
        words = QVBoxLayout()
        words.setSpacing(Space.S)
        words.addWidget(self.key_text)
        words.addWidget(Body(self.tr("7 groups of 4. It has no letter O, I, L or U.")))
        buttons = QHBoxLayout()
        buttons.addWidget(self.print_button)
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        words.addLayout(buttons)
        words.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(Space.L)
        top.addLayout(words, 1)
        top.addWidget(self.qr)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.L)
        column.addLayout(top)
        column.addWidget(self.notice)
        column.addWidget(
            FormRow(
                self.tr("Type it back from the paper"),
                self.typed,
                self.tr("So that it is certain that the paper can be read."),
            )
        )

    def set_key(self, key: str) -> None:
        """Show a key, e.g. `7K2M-....`; what was typed back before is forgotten."""
        if key != self._key:
            self._key = key
            groups = key.split("-")
            self.key_text.setText("  ".join(groups[:4]) + "\n" + "  ".join(groups[4:]))
            self.qr.set_text(key)
            self.typed.set_value("")

    def begin(self) -> None:
        self.print_button.setFocus()

    def problem(self) -> str:
        from mesodesk.vault.recovery import RecoveryKeyError, parse

        sentence = ""
        try:
            if parse(self.typed.value()).text != self._key:
                sentence = self.tr("This is another recovery key than the one shown above.")
        except RecoveryKeyError as error:
            sentence = error.sentence
        self.typed.set_error(sentence)
        if sentence:
            self.typed.setFocus()
        return sentence

    @Slot()
    def _save(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._dialog = QFileDialog(self, self.tr("Save the recovery sheet"), folder)
        self._dialog.setObjectName("recovery_save_dialog")
        self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._dialog.setDefaultSuffix("pdf")
        self._dialog.setNameFilter(self.tr("PDF (*.pdf)"))
        self._dialog.selectFile("recovery-sheet.pdf")
        self._dialog.fileSelected.connect(self.save_to)
        self._dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the sheet as a PDF and say where it is, or that it could not be written."""
        if write_pdf(path, self._sheet(self._key)):
            self.notice.show_notice(
                Kind.INFO,
                self.tr("Saved to {path}").format(path=path),
                self.tr("Print it, then delete the file: it opens every record."),
            )
        else:
            self.notice.show_notice(
                Kind.CAUTION,
                self.tr("The file could not be written."),
                self.tr("Nothing was saved. Choose another folder, or print the sheet."),
            )

    @Slot()
    def _print(self) -> None:
        from mesodesk.ui.printing import SheetPrinter

        self._printer = SheetPrinter(self, self._sheet(self._key))
        self._printer.said.connect(self._say)
        self._printer.open()

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.notice.show_notice(Kind.INFO, sentence)


def today() -> date:
    """Return the day to stand on the sheet."""
    return date.today()  # noqa: DTZ011 - the paper carries the day of this room's wall
