"""The clinic's own consent texts: each change is a version, and what was signed stays as it was."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mesodesk.domain.consent_text import NEEDED
from mesodesk.domain.records.consent import ConsentTextFields, TextOrigin
from mesodesk.domain.rights import Right
from mesodesk.ui.jobs import explain
from mesodesk.ui.numbers import format_date
from mesodesk.ui.pages.consent_parts.words import LANGUAGES
from mesodesk.ui.tokens import Kind
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Card, Notice
from mesodesk.ui.widgets.choices import CheckField, ChoiceField
from mesodesk.ui.widgets.disclosure import Disclosure
from mesodesk.ui.widgets.forms import FormRow
from mesodesk.ui.widgets.layouts import row
from mesodesk.ui.widgets.multiline import MultilineField
from mesodesk.ui.widgets.options import Option
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import TextField

if TYPE_CHECKING:
    from mesodesk.domain.records.consent import ConsentText
    from mesodesk.services.desk import Desk
    from mesodesk.ui.context import Context

_LONGEST = 20_000


class ConsentTextCard(Card):
    """A language, its text, and a button that makes a new version of it."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(object_name="consent_text_card", parent=parent)
        self.set_title(self.tr("Texts of consent"))
        self._context = context
        self._texts: dict[str, ConsentText] = {}
        self.standing = Muted("")
        self.notice = Notice(object_name="consent_text_notice", closable=True)
        options = [Option(key, name) for key, name in LANGUAGES.items()]
        self.language = ChoiceField("consent_text_language", self.tr("Language"), options)
        self.headline = TextField("consent_text_title", self.tr("Title"))
        self.body_field = MultilineField(
            "consent_text_body",
            self.tr("Text"),
            longest=_LONGEST,
            least_lines=8,
            most_lines=20,
        )
        self.anew = CheckField(
            self.tr("Whoever signed the version before is asked anew"), "consent_text_anew"
        )
        self.keep = Button(
            self.tr("Keep as a new version"), "keep_consent_text", ButtonKind.PRIMARY
        )
        self._lay_out()
        self.language.edited.connect(self._show)
        self.headline.edited.connect(self._typed)
        self.body_field.edited.connect(self._typed)
        self.keep.clicked.connect(self._keep)
        self.more.handle.toggled.connect(self._opened)

    def _lay_out(self) -> None:
        fields = ", ".join(f"{{{name}}}" for name in NEEDED)
        words = self.tr(
            "A line that begins with # is a heading. These merge fields must be in it: {fields}"
        )
        self.more = Disclosure(self.tr("Read or change a text"), "consent_text_more")
        self.more.add(FormRow(self.tr("Language"), self.language))
        self.more.add(self.standing)
        self.more.add(self.notice)
        self.more.add(FormRow(self.tr("Title"), self.headline))
        self.more.add(FormRow(self.tr("Text"), self.body_field, words.format(fields=fields)))
        may = self._context.may(Right.CONSENT_TEXT)
        line = QWidget()
        line.setLayout(row(self.keep, stretch=True))
        for widget in (self.anew, line):
            self.more.add(widget)
            widget.setVisible(may)
        self.body_field.input.setReadOnly(not may)
        self.headline.input.setReadOnly(not may)
        self.add(Muted(self.tr("Each change is a version; what was signed stays as it was.")))
        self.add(self.more)

    @Slot(bool)
    def _opened(self, opened: bool) -> None:
        if opened and not self._texts:
            self._context.run(self, _read, self._came)

    def _came(self, texts: tuple[ConsentText, ...]) -> None:
        self._texts = {each.key.language: each for each in texts}
        if self.language.value() is None:
            self.language.set_value(self._context.language)
        self._show(None)

    @Slot(object)
    def _show(self, _language: object) -> None:
        text = self._texts.get(self.language.value() or "")
        if text is None:
            return
        self.headline.set_value(text.title)
        self.body_field.set_value(text.body)
        self.anew.setChecked(True)
        self.keep.setEnabled(False)
        if text.key.origin is TextOrigin.SHIPPED or text.made_at is None:
            words = self.tr("In force: the text that came with the program, version {number}.")
            self.standing.setText(words.format(number=text.key.version))
        else:
            words = self.tr("In force: your version {number}, by {name}, {day}.")
            day = format_date(text.made_at.date())
            self.standing.setText(words.format(number=text.key.version, name=text.made_by, day=day))

    @Slot(object)
    def _typed(self, _what: object) -> None:
        text = self._texts.get(self.language.value() or "")
        now = (self.headline.value(), self.body_field.value())
        self.keep.setEnabled(text is not None and now != (text.title, text.body))

    @Slot()
    def _keep(self) -> None:
        text = self._texts.get(self.language.value() or "")
        if text is None:
            return
        self.keep.setEnabled(False)
        typed = ConsentTextFields(
            self.headline.value(), self.body_field.value(), self.anew.isChecked()
        )
        self._context.write(self, partial(_keep_text, text, typed), self._kept, self._not_kept)

    def _kept(self, text: ConsentText) -> None:
        self._texts[text.key.language] = text
        self._show(None)
        words = self.tr("Kept as version {number}. New consents are given with it.")
        self.notice.show_notice(Kind.OK, words.format(number=text.key.version))

    def _not_kept(self, error: Exception) -> None:
        self.keep.setEnabled(True)
        self.notice.show_notice(Kind.STOP, self.tr("The text was not kept"), explain(error))


def _read(desk: Desk) -> tuple[ConsentText, ...]:
    return desk.consents.texts()


def _keep_text(text: ConsentText, typed: ConsentTextFields, desk: Desk) -> ConsentText:
    return desk.consents.keep_text(text.key.id, text.key.language, text.key, typed)
