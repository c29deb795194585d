"""The program ends at every call of a change of who can come in: the old or the new, never none."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from ending import Ended, ending_at

from mesodesk.domain.records.clinic import ClinicFields
from mesodesk.domain.records.staff import PersonFields
from mesodesk.services.desk import open_desk
from mesodesk.vault import attempts
from mesodesk.vault.errors import VaultError
from mesodesk.vault.keys import KdfCost
from mesodesk.vault.owner import NewOwner
from mesodesk.vault.recovery import RecoveryKey
from mesodesk.vault.vault import create_vault, open_vault
from mesodesk.vault.ways_in import WaysIn

OWNERS = "plain tea in the morning"
BENS = "eleven loud geese at dusk"
LATER = "a heron stands in shallow water"
OLD_KIT, NEW_KIT = RecoveryKey(bytes(range(16))), RecoveryKey(bytes(range(16, 32)))


@dataclass(frozen=True)
class Clinic:
    """A closed vault with its owner and Ben; Zoe has left."""

    folder: Path
    ben: UUID
    zoe: UUID


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    """Lets no pause follow a wrong password."""
    monkeypatch.setattr(attempts, "pause_after", lambda _failures: 0.0)


@pytest.fixture(scope="module")
def template(quick_place):
    folder = quick_place / "people" / "vault"
    folder.parent.mkdir()

    def populate(vault):
        open_desk(vault).clinic.create(ClinicFields("Luz"), "Olga Owner", "OO", vault.user_id)

    create_vault(
        folder,
        owner=NewOwner("Olga Owner"),
        password=OWNERS,
        cost=KdfCost.for_tests(),
        recovery_key=OLD_KIT,
        populate=populate,
    ).close()
    with contextlib.closing(open_desk(open_vault(folder, password=OWNERS))) as desk:
        ben = desk.people.add(PersonFields("Ben Okafor"), OWNERS)
        zoe = desk.people.add(PersonFields("Zoe Zhu"), OWNERS).person.user
        desk.people.leave(zoe.id, zoe.version, OWNERS)
    with contextlib.closing(open_desk(open_vault(folder, code=ben.code))) as desk:
        desk.access.set_password(BENS)
    return Clinic(folder, ben.person.user.id, zoe.id)


@pytest.fixture
def clinics(template, place):
    """Makes copies of the clinic, one after the other."""
    counted = iter(range(10_000))

    def copy():
        folder = place / f"{next(counted)}" / "vault"
        return Clinic(Path(shutil.copytree(template.folder, folder)), template.ben, template.zoe)

    return copy


def user_of(desk, user_id):
    return next(one.user for one in desk.people.all() if one.user.id == user_id)


def add(desk, _clinic):
    return desk.people.add(PersonFields("Nia New"), OWNERS)


def give_code(desk, clinic):
    return desk.people.give_code(clinic.ben, OWNERS)


def leave(desk, clinic):
    return desk.people.leave(clinic.ben, user_of(desk, clinic.ben).version, OWNERS)


def come_back(desk, clinic):
    return desk.people.come_back(clinic.zoe, user_of(desk, clinic.zoe).version, OWNERS)


def rename(desk, clinic):
    fields = PersonFields("Benjamin Okafor")
    return desk.people.change(clinic.ben, user_of(desk, clinic.ben).version, fields)


def new_kit(desk, _clinic):
    return desk.people.new_kit(NEW_KIT, NEW_KIT.text, OWNERS)


def own_password(desk, _clinic):
    return desk.access.change_password(OWNERS, LATER)


CHANGES = {
    change.__name__: change
    for change in (add, give_code, leave, come_back, rename, new_kit, own_password)
}


def opens(clinic, **credential):
    try:
        open_vault(clinic.folder, **credential).close()
    except VaultError:
        return False
    return True


def ended_at(step, clinic, change):
    """Do a change that ends at a call; return the number of calls if it came to its own end."""
    desk = open_desk(open_vault(clinic.folder, password=OWNERS))
    try:
        with ending_at(step) as calls:
            change(desk, clinic)
            return len(calls)
    except Ended:
        return None
    finally:
        desk.store.vault.abandon()


def broken_promises(clinic, change):
    """Return what is wrong with who can come in, after the owner has opened the vault once."""
    wrong = []
    passwords = [one for one in (OWNERS, LATER) if opens(clinic, password=one)]
    if len(passwords) != 1:
        wrong.append(f"the owner opens with {len(passwords)} passwords")
        return wrong
    if change is not own_password and passwords != [OWNERS]:
        wrong.append("the owner has another password")
    with contextlib.closing(open_desk(open_vault(clinic.folder, password=passwords[0]))) as desk:
        key_file = desk.store.vault.key_file
        for person in desk.people.all():
            can = key_file.slots_of(person.user.id) or key_file.codes_of(person.user.id)
            if bool(can) is not person.user.active:
                wrong.append(f"{person.user.name}: active is {person.user.active}")
            if any(slot.name != person.user.name for slot in can):
                wrong.append(f"{person.user.name} is called otherwise at the door")
        on_record = {person.user.id for person in desk.people.all()}
        if not key_file.people().keys() <= on_record:
            wrong.append("somebody comes in who is not on record")
        bens = bool(key_file.slots_of(clinic.ben))
    kits = [one for one in (OLD_KIT, NEW_KIT) if opens(clinic, recovery_key=one)]
    if len(kits) != 1:
        wrong.append(f"{len(kits)} recovery kits open")
    if opens(clinic, password=BENS, user_id=clinic.ben) is not bens:
        wrong.append("Ben opens otherwise than the key file says")
    return wrong


def swept(clinics, change, every=1, *, until_found=False):
    """End at every call in turn; return what was found at each place, and the number of places."""
    found, step = {}, 1
    while True:
        clinic = clinics()
        calls = ended_at(step, clinic, change)
        if wrong := broken_promises(clinic, change):
            found[step] = wrong
        shutil.rmtree(clinic.folder.parent)
        if calls is not None or (found and until_found):
            return found, calls
        step += every


@pytest.mark.parametrize("name", ["add", "give_code"])
def test_a_change_of_who_comes_in_is_made_or_not_made_wherever_it_ends(clinics, name):
    found, calls = swept(clinics, CHANGES[name], every=3)
    assert found == {}
    assert calls > 5


@pytest.mark.long
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_who_comes_in_may_end_at_every_call(clinics, name):
    found, _calls = swept(clinics, CHANGES[name])
    assert found == {}


def test_an_opening_that_looks_for_nobody_is_found(clinics, monkeypatch):
    """The control: what is left by an interruption stays, if no opening brings it in line."""
    monkeypatch.setattr("mesodesk.vault.opening.bring_in_line", lambda _vault, _now: [])
    found, _calls = swept(clinics, add, until_found=True)
    assert any("not on record" in str(wrong) for wrong in found.values())


def test_a_key_file_that_goes_before_the_new_one_stands_is_found(clinics, monkeypatch):
    """The control: taking the old kit out first leaves a moment with none."""

    def in_two_steps(ways, key):
        none = tuple(slot for slot in ways.slots if slot.user_id is not None)
        ways.put_back(none)
        replace_kit(ways, key)

    replace_kit = WaysIn.replace_kit
    monkeypatch.setattr(WaysIn, "replace_kit", in_two_steps)
    found, _calls = swept(clinics, new_kit, until_found=True)
    assert any("0 recovery kits" in str(wrong) for wrong in found.values())
