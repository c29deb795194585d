"""A window on a real encrypted vault, with one page under test in it."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from added import add_patient
from consenting import cover
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QWidget
from typed_sessions import finished_fields

from mesodesk.domain.answers import Answer
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.bodymap.fields import ChartField, Pattern
from mesodesk.domain.bodymap.packing import ChartPoint, PackedPoints
from mesodesk.domain.ids import new_id
from mesodesk.domain.questionnaire import ItemKind, load_questionnaire
from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.intake import IntakeFields, ItemAnswer
from mesodesk.domain.records.session import ComponentFields, SyringeFields
from mesodesk.domain.records.stock import ActiveFields, LotFields, ProductFields
from mesodesk.domain.strength import Strength, StrengthUnit
from mesodesk.services.desk import open_desk
from mesodesk.ui.context import Context
from mesodesk.ui.frame.page import Page
from mesodesk.ui.jobs import Jobs
from mesodesk.ui.shell import MainWindow
from mesodesk.ui.turns import Turns
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import create_vault, open_vault

PASSWORD = "plain tea in the morning"
START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


class HandClock:
    """10 March 2026, 10:00 in Madrid, standing still until it is moved."""

    def __init__(self):
        self.moment = START

    def now(self):
        return self.moment

    def move(self, **passed):
        self.moment += timedelta(**passed)


class Elsewhere(Page):
    """Stands for a page that is not under test, and notes how it was asked for."""

    def __init__(self, page_id):
        self.page_id = page_id
        super().__init__()
        self.asked = []

    def shown(self, **arguments):
        self.asked.append(arguments)


def set_up_clinic(vault):
    fields = ClinicFields(name="Clinic of the tests", jurisdiction="ES", zone="Europe/Madrid")
    open_desk(vault, HandClock()).clinic.create(fields, "Olga Owner", "OO", vault.user_id)


@pytest.fixture(autouse=True)
def _prints_of_its_own(tmp_path_factory, monkeypatch):
    """Let no test remove the pages that another, on another processor, has just set."""
    place = tmp_path_factory.mktemp("run")
    place.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))


@pytest.fixture(scope="session")
def vault_template(tmp_path_factory):
    """A closed vault with a clinic, its owner and the starter catalogue; not to be opened."""
    folder = tmp_path_factory.mktemp("template") / "vault"
    create_vault(
        folder,
        owner=NewOwner("Olga Owner"),
        password=PASSWORD,
        cost=KdfCost.for_tests(),
        recovery_key=RecoveryKey.new(),
        populate=set_up_clinic,
        clock=HandClock(),
    ).close()
    return folder


class Workplace:
    """The window, the desk behind it, and short words for what a test does with them."""

    def __init__(self, folder, clock, qtbot, size=(1366, 768)):
        self.folder, self.clock, self.qtbot, self._size = folder, clock, qtbot, size
        self.window = None
        self.open()

    def open(self):
        """Open the vault with a window of its own."""
        self.jobs = Jobs()
        self.window = MainWindow(self.jobs)
        self.window.resize(*self._size)
        self.desk = open_desk(
            open_vault(self.folder, password=PASSWORD, clock=self.clock), self.clock
        )
        clinic, user = self.desk.clinic.record(), self.desk.user
        self.context = Context(
            self.desk, self.jobs, self.window.status, self.clock, clinic, user, self.window
        )
        self.context.navigation_asked.connect(self.window.navigate)
        with self.qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def add(self, make, *others):
        """Put the page under test into the window, and stand-ins for others."""
        for page_id in others:
            self.window.add_page(Elsewhere(page_id))
        page = make(self.context)
        self.window.add_page(page)
        return page

    def close(self, *, gently=True):
        """Close the window; not gently: as when the power fails, with nothing flushed."""
        if self.window is None:
            return
        if gently:
            self.window.leave_page()
            self.settle()
        else:
            self.jobs.drain()
        self.window.hide()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.jobs.run(self.jobs, self.desk.close)
        self.jobs.close()
        self.window = None

    def run(self, work):
        """Do `work(desk)` on the database thread as the page under test would not."""
        found = []
        self.context.run(self.window, work, found.append)
        self.jobs.drain()
        return found[0]

    def settle(self):
        """Have everything written that waits, every answer delivered, and every page brought."""
        self.window.status.ask_flush()
        while True:
            self.jobs.drain()
            self.qtbot.waitUntil(self.is_at_rest)
            QCoreApplication.processEvents()  # what was brought is laid out
            if not self.window.status._failures:  # else it is the test that tries again
                self.window.status.ask_flush()  # an answer may ask for something to be written
            if self.is_at_rest() and not self.jobs.is_busy():
                return

    def is_at_rest(self):
        """Whether nothing is under way that takes turns."""
        return not any(each.is_running() for each in self.window.findChildren(Turns))

    def find(self, name, kind=QWidget):
        """Return the widget of that object name in the page in sight."""
        found = self.window.findChild(kind, name)
        assert found is not None, name
        return found

    def click(self, name):
        self.qtbot.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def type(self, name, text):
        self.find(name).setFocus()
        self.qtbot.keyClicks(self.find(name), text)

    def press(self, key, modifier=Qt.KeyboardModifier.NoModifier):
        """Press a key where the focus is."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            self.qtbot.waitUntil(self.window.isActiveWindow)
        self.qtbot.keyClick(self.window.focusWidget(), key, modifier)

    def patient(self, *names, **others):
        return self.run(lambda desk: add_patient(desk, *names, **others))


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def workplace(qtbot, vault_template, tmp_path, clock):
    """A clinic in Madrid without patients, in a window of 1366 x 768."""
    folder = shutil.copytree(vault_template, tmp_path / "vault")
    place = Workplace(folder, clock, qtbot)
    yield place
    place.close()


class Preparations:
    """Vaults in which something was done beforehand: once for all tests that begin with it."""

    def __init__(self, template, folder):
        self._template, self._folder, self._made = template, folder, {}

    def of(self, prepare):
        """Return a closed vault after `prepare(desk, clock)`, when that was, and its result."""
        if prepare not in self._made:
            folder = shutil.copytree(self._template, self._folder / str(len(self._made)))
            clock = HandClock()
            desk = open_desk(open_vault(folder, password=PASSWORD, clock=clock), clock)
            try:
                result = prepare(desk, clock)
            finally:
                desk.close()
            self._made[prepare] = folder, clock.moment, result
        return self._made[prepare]


@pytest.fixture(scope="session")
def preparations(vault_template, tmp_path_factory):
    return Preparations(vault_template, tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def prepared(qtbot, preparations, tmp_path, clock):
    """Returns a workplace in which `prepare(desk, clock)` was done, and what came of it.

    It is kept by the function, which therefore is one of a module.
    """
    places = []

    def begin(prepare):
        folder, clock.moment, result = preparations.of(prepare)
        places.append(Workplace(shutil.copytree(folder, tmp_path / "vault"), clock, qtbot))
        return places[0], result

    yield begin
    for place in places:
        place.close()


def answer_intake(desk, patient_id):
    """Complete an intake in which nothing stands against a session."""
    draft = desk.intakes.start(patient_id)
    answers = {
        item.id: ItemAnswer(Answer.NO)
        for item in load_questionnaire().items
        if item.kind is ItemKind.YES_NO
    }
    typed = IntakeFields(
        answers=answers,
        medicines_asked=True,
        allergies_asked=True,
        height_cm=Decimal(168),
        weight_kg=Decimal(62),
        skin_type=2,
    )
    kept = desk.intakes.save(draft.id, draft.version, typed)
    desk.intakes.complete(kept.id, kept.version)


def sign_session(desk, patient_id, *, region="abdomen_upper.midline", **others):
    """Chart five points of one lot and sign; `others` replaces what is typed at the end."""
    answer_intake(desk, patient_id)
    procaine = ActiveFields("procaine", "Procaine", Strength(Decimal(2), StrengthUnit.PERCENT))
    number = len(desk.catalogue.lots())
    product = desk.catalogue.add_product(
        ProductFields(f"Procaine {number}", product_class="local_anaesthetic", actives=(procaine,))
    )
    lot = desk.catalogue.add_lot(
        product.id, LotFields(f"L{number}", date(2027, 1, 31), date(2026, 3, 1))
    )
    session = desk.sessions.start(patient_id)
    drawn = (ComponentFields(lot.id, Decimal("0.5")),)
    session = desk.sessions.put_syringe(session.id, session.version, SyringeFields(1, "", drawn))
    field = ChartField(
        id=new_id(),
        syringe_id=session.syringes[0].id,
        technique="papule",
        depth_mm=Decimal(2),
        needle="30g_4mm",
        pattern=Pattern.STAGGERED,
        dose_per_point_ml=Decimal("0.1"),
        points=PackedPoints(ChartPoint(10 + at, 0.25, 0.5, 100, 2000) for at in range(5)),
    )
    placing = Edit(EditLabel.PLACE, ((field.id, None, field),))
    desk.charts.append(session.id, 0, placing, {field.id: (region,)})
    cover(desk, session)
    typed = replace(finished_fields(), **others)
    session = desk.sessions.save(session.id, session.version, typed)
    for finding in desk.sessions.screening(session.id):
        if finding.severity == "caution":
            rule = (finding.rule_id, finding.rule_version)
            session = desk.sessions.acknowledge(session.id, session.version, *rule, "Seen", False)
    return desk.sessions.sign(session.id, session.version, PASSWORD)


@pytest.fixture
def sign(workplace):
    """Signs a session of a patient: `sign(patient, region=..., next_session_on=...)`."""

    def sign_it(patient, **others):
        return workplace.run(lambda desk: sign_session(desk, patient.id, **others))

    return sign_it


@pytest.fixture
def screened_patient(workplace):
    """A patient with a complete intake, and nothing else."""
    patient = workplace.patient()
    workplace.run(lambda desk: answer_intake(desk, patient.id))
    return patient
