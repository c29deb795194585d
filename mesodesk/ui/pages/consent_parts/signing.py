"""What a patient has in hand to read and sign a consent: all there is of the window meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.domain.rights import Right
from mesodesk.domain.strokes import unpack
from mesodesk.domain.texts import LocalText
from mesodesk.ui.frame.handed import HandedPage, HandingWindow
from mesodesk.ui.frame.status import StatusStrip
from mesodesk.ui.jobs import explain
from mesodesk.ui.pages.consent_parts.pad import SignaturePad
from mesodesk.ui.pages.consent_parts.sheet import ConsentSheet
from mesodesk.ui.theme import Role
from mesodesk.ui.tokens import Kind, Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import Notice
from mesodesk.ui.widgets.layouts import nest, row
from mesodesk.ui.widgets.text import ElidedLabel, Label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from mesodesk.domain.records.consent import ConsentRecord
    from mesodesk.ui.context import Context

_SCROLLS: Final = {
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Space: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}
# What the patient presses is in the language of the text, as the patient reads it.
_GIVE_BACK: Final = LocalText.of(
    {"en": "Give it back", "fr": "Rendre", "it": "Restituisci", "es": "Devolver"}
)
_CLEAR: Final = LocalText.of(
    {
        "en": "Clear the signature",
        "fr": "Effacer la signature",
        "it": "Cancella la firma",
        "es": "Borrar la firma",
    }
)
_TAKE: Final = LocalText.of(
    {
        "en": "Take the consent",
        "fr": "Enregistrer le consentement",
        "it": "Registra il consenso",
        "es": "Registrar el consentimiento",
    }
)
_SIGN_HERE: Final = LocalText.of(
    {"en": "Sign here", "fr": "Signez ici", "it": "Firmi qui", "es": "Firme aquí"}
)


class SigningPage(HandedPage):
    """The text, large, and the area to sign beside it. What was drawn is kept by who made it.

    The button that gives it back stands far from the hand that signs.
    """

    #: It is given back: the desk is to be seen again.
    given_back = Signal()

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("consent_signing")
        self.setAccessibleName(self.tr("Read and sign"))
        self._context = context
        self.clinic = ElidedLabel("", Role.HEADING, "muted")
        self.sheet = ConsentSheet("consent_sheet", large=True)
        self.pad = SignaturePad()
        self.back = Button(_GIVE_BACK.get(), "consent_back", icon_name="arrow-left")
        self.clear = Button(_CLEAR.get(), "consent_clear", icon_name="eraser")
        self.sign = Button(_TAKE.get(), "consent_sign", ButtonKind.PRIMARY, "check-bold")
        words = self.tr("It is signed on paper. Take it when the paper is signed.")
        self.on_paper = Label(words, Role.READING, wrap=True)
        self.trouble = Notice(object_name="consent_trouble")
        self.refusal = Notice(object_name="consent_refusal", closable=True)
        if not context.may(Right.CONSENT_SIGN):
            self.sign.hide()
        self._lay_out()
        self.back.clicked.connect(self.given_back)
        status = context.status
        self._strip = status if isinstance(status, StatusStrip) else None
        if self._strip is not None:
            self._strip.failing.connect(self._say_failing)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self.clinic, 1)
        head.addWidget(self.back)
        side = QVBoxLayout()
        side.setSpacing(Space.M)
        side.addWidget(self.refusal)
        side.addWidget(self.pad, 1)
        nest(side, row(self.clear, stretch=True))
        side.addStretch(0)
        side.addWidget(self.on_paper)
        side.addWidget(self.sign)
        line = QHBoxLayout()
        line.setSpacing(Space.L)
        line.addWidget(self.sheet, 1)
        nest(line, side, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Space.PAGE, Space.M, Space.PAGE, Space.PAGE)
        whole.setSpacing(Space.M)
        nest(whole, head)
        whole.addWidget(self.trouble)
        nest(whole, line, 1)

    # Going to the patient and back

    def hand_over(self) -> None:
        """Be all there is of the window, from the beginning of the text."""
        window = self.window()
        if not isinstance(window, HandingWindow):
            return
        self.clinic.setText(self._context.clinic.fields.name)
        self.refusal.hide()
        self._say_failing("" if self._strip is None else self._strip.failure())
        window.loss_near.connect(self._stay_open, Qt.ConnectionType.UniqueConnection)
        self.sheet.verticalScrollBar().setValue(0)
        window.hand_over(self)

    def is_handed_over(self) -> bool:
        """Tell whether it is all there is of the window."""
        window = self.window()
        return isinstance(window, HandingWindow) and window.content() is self

    def take_back(self) -> None:
        """Give the window back to the desk."""
        window = self.window()
        if isinstance(window, HandingWindow) and self.is_handed_over():
            window.take_back()

    def take_away(self) -> None:
        """Lock: there is nothing to sign any more, and nobody gave it back."""
        window = self.window()
        if isinstance(window, HandingWindow) and self.is_handed_over():
            window.take_away()

    # What it shows

    def show_record(self, record: ConsentRecord, *, on_paper: bool) -> None:
        """Show the text, what was drawn under it, and whether it can be taken."""
        self.sheet.show_text(record.shown)
        language = record.fields.language
        for button, words in ((self.back, _GIVE_BACK), (self.clear, _CLEAR), (self.sign, _TAKE)):
            button.setText(words.get(language))
            button.setAccessibleName(words.get(language))
        self.pad.set_words(_SIGN_HERE.get(language))
        self.pad.set_strokes(None if record.strokes is None else unpack(record.strokes))
        self.pad.setVisible(not on_paper)
        self.on_paper.setVisible(on_paper)
        self.clear.setVisible(not on_paper)
        self.clear.setEnabled(record.strokes is not None)
        self.sign.setEnabled(not record.missing)

    def refuse(self, headline: str, error: Exception) -> None:
        """Say why it was not taken."""
        self.refusal.show_notice(Kind.STOP, headline, explain(error))

    @Slot(str)
    def _say_failing(self, sentence: str) -> None:
        headline = self.tr("Something is not kept yet") if sentence else ""
        self.trouble.show_notice(Kind.STOP, headline, sentence)

    @Slot()
    def _stay_open(self) -> None:
        """Say why the window does not close."""
        if self.isVisible() and self._strip is not None:
            headline = self.tr(
                "The window stays open: something is not kept yet. To close it all the same, "
                "give it back first."
            )
            self.trouble.show_notice(Kind.STOP, headline, self._strip.failure())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll the text, and let nothing else happen."""
        action = _SCROLLS.get(Qt.Key(event.key()))
        if action is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.sheet.verticalScrollBar().triggerAction(action)
