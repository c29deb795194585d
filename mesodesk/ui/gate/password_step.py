"""The password: typed twice, its strength in words, a passphrase for the asking."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mesodesk.ui.gate.step import Step
from mesodesk.ui.tokens import Space
from mesodesk.ui.widgets.buttons import Button, ButtonKind
from mesodesk.ui.widgets.cards import ProgressBar
from mesodesk.ui.widgets.forms import Form
from mesodesk.ui.widgets.layouts import nest
from mesodesk.ui.widgets.text import Muted
from mesodesk.ui.widgets.textfields import PasswordField


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
        nest(strength, line)
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
