"""What the audit log can say: one list of actions, each with its group and its plain words.

Whoever adds an action adds it here and in `docs/data-format.md`; a test compares the two with what
the program writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ActionGroup(StrEnum):
    """What kind of thing was done, as the report is filtered by."""

    VIEW = "view"
    CHANGE = "change"
    DISCLOSURE = "disclosure"
    ACCESS = "access"
    SAFETY = "safety"
    CLINIC = "clinic"


@dataclass(frozen=True, slots=True)
class ActionKind:
    """The group of an action, and what it means to people."""

    group: ActionGroup
    words: str


def _kinds(group: ActionGroup, words: Mapping[str, str]) -> dict[str, ActionKind]:
    return {action: ActionKind(group, said) for action, said in words.items()}


_VIEWS = {
    "consent.view": "Looked at a consent",
    "exposure.view": "Looked at the exposure map",
    "follow_up.view": "Looked at a check",
    "intake.view": "Looked at an intake",
    "patient.view": "Looked at the record",
    "photo.view": "Looked at a photograph",
    "plan.view": "Looked at a plan",
    "session.view": "Looked at a session",
    "log.view": "Read the log",
    "lot.view": "Looked at who was treated with a lot",
}
_CHANGES = {
    "chart.edit": "Drew on a chart",
    "chart.redo": "Made a chart gesture again",
    "chart.undo": "Took a chart gesture back",
    "consent.demand": "Asked for a new consent",
    "consent.discard": "Discarded a consent that was not signed",
    "consent.draw": "Took down a signature, or cleared it",
    "consent.save": "Changed a consent",
    "consent.sign": "Took a consent",
    "consent.start": "Began a consent",
    "consent.withdraw": "Recorded that consent was withdrawn",
    "draft.discard": "Discarded a form",
    "draft.keep": "Kept an unfinished form",
    "follow_up.begin": "Began the check of a patient who rang",
    "follow_up.complete": "Completed a check",
    "follow_up.attempt": "Tried to reach a patient",
    "follow_up.end": "Ended a check with its session",
    "follow_up.escalate": "Told what a check calls for",
    "follow_up.handle": "Said what was done about a check",
    "follow_up.missed": "Closed a check as missed",
    "follow_up.shown": "Was shown instructions",
    "follow_up.supersede": "Replaced a check by a later one",
    "follow_up.update": "Changed a check",
    "intake.complete": "Completed an intake",
    "intake.enter_many": "Entered intakes of a demonstration",
    "intake.save": "Changed an intake",
    "intake.start": "Began an intake",
    "measurement.error": "Marked a measurement as entered in error",
    "measurement.record": "Recorded measurements",
    "patient.archive": "Archived a patient",
    "patient.create": "Entered a patient",
    "patient.enter_many": "Entered patients of a demonstration",
    "patient.restore": "Took a patient out of the archive",
    "patient.update": "Changed a patient's details",
    "photo.align": "Laid two photographs over each other",
    "photo.error": "Marked a photograph as entered in error",
    "photo.keep": "Kept a photograph",
    "photo.mark": "Drew over a photograph",
    "photo.unmark": "Took away what was drawn over a photograph",
    "photo.update": "Changed what is said of a photograph",
    "plan.begin": "Began a plan",
    "plan.finish": "Finished a plan",
    "plan.resume": "Took up a plan again",
    "plan.stop": "Stopped a plan",
    "plan.update": "Changed a plan",
    "reaction.change": "Changed what is known of a reaction",
    "reaction.error": "Marked a reaction as entered in error",
    "reaction.record": "Recorded a reaction",
    "reaction.report": "Noted that somebody was told of a reaction",
    "recall.contact": "Noted that a patient was told of a recall",
    "session.accept_broken": "Went on with a session whose seal is broken",
    "session.acknowledge": "Went on in spite of a finding",
    "session.addendum": "Added to a signed session",
    "session.amend": "Amended a signed session",
    "session.amend_begin": "Began to amend a signed session",
    "session.deny_request": "Did not make a change that was asked for",
    "session.discard": "Discarded a session",
    "session.error": "Marked a session as entered in error",
    "session.error_failed": "Could not mark a session as entered in error: wrong password or PIN",
    "session.override": "Overrode a STOP",
    "session.plan": "Put a session into a plan, or out of one",
    "session.sign": "Signed a session",
    "session.sign_failed": "Could not sign: wrong password or PIN",
    "session.start": "Began a session",
    "session.update": "Changed a session",
    "session.withdraw": "Took back a reason given",
    "set_aside.damaged": "Put a damaged file of what had been set aside out of the way",
    "set_aside.discard": "Discarded what had been set aside",
    "set_aside.keep": "Took over what had been set aside",
    "syringe.create": "Prepared a syringe",
    "syringe.remove": "Put a syringe away",
    "syringe.restore": "Took a syringe up again",
    "syringe.update": "Changed a syringe",
}
_DISCLOSURES = {
    "chart.copy": "Copied a chart as text",
    "clinic.export": "Exported everything",
    "consent.print": "Printed a consent",
    "follow_up.print": "Printed the calls of the day",
    "log.export": "Exported the log",
    "log.print": "Printed a day sheet",
    "measurement.copy": "Copied a progress chart",
    "measurement.print": "Printed a progress chart",
    "patient.export": "Exported a patient's record",
    "photo.export": "Exported photographs",
    "photo.print": "Printed photographs",
    "photo.show": "Showed photographs outside the treatment",
    "session.print": "Printed a session",
}
# Not disclosures themselves: how the one before ended.
_RECEIPTS = {
    "clinic.export_end": "The export of everything ended",
    "clinic.export_failed": "Could not export everything: wrong password or PIN",
    "log.export_end": "An export of the log ended",
    "consent.print_end": "A print of a consent ended",
    "patient.export_end": "An export of a record ended",
    "patient.export_failed": "Could not export a record: wrong password or PIN",
    "session.print_end": "A print of a session ended",
}
RECEIPTS: Final = frozenset(_RECEIPTS)
"""Entries that say how something ended that has an entry of its own."""


_DISCLOSURES_OF_LOTS = {
    "lot.export": "Exported who was treated with a lot",
    "recall.letters": "Made letters about a recall",
    "session.label": "Copied or printed labels of syringes",
}
_ACCESS = {
    "access.refuse": "Was refused",
    "desk.lock": "Locked the desk",
    "desk.switch": "Came in, in place of somebody else",
    "desk.switch_failed": "Wrong password, PIN or code at the lock, for somebody else",
    "desk.unlock": "Unlocked the desk",
    "desk.unlock_failed": "Wrong password, PIN or code at the lock",
    "emergency.end": "Closed a record opened in an emergency",
    "emergency.open": "Opened a restricted record in an emergency",
    "emergency.review": "Reviewed an emergency",
    "patient.lift": "Lifted a restriction",
    "patient.restrict": "Restricted who sees a record",
    "user.password_change": "Changed a password",
    "user.password_change_failed": "Could not change a password: the old one was wrong",
    "user.pin_forget": "Gave up the PIN",
    "user.pin_set": "Set a PIN",
    "user.pin_set_failed": "Could not set a PIN: wrong password",
    "user.proof_failed": "Wrong password or PIN where it was asked for again",
    "user.signing_key": "Got a new signing key",
    "vault.open": "Opened the vault",
}
_SAFETY = {
    "backup.confirm": "Confirmed a restored vault",
    "backup.drill": "Rehearsed a restore",
    "backup.make": "Made a backup",
    "backup.place_add": "Added a place for backups",
    "backup.place_leave": "Gave up a place for backups",
    "backup.restored": "Restored a backup beside this vault",
    "backup.run": "Went through the backups",
    "keys.change": "The key file was changed",
    "log.verify": "Verified the log",
    "vault.check": "Examined the whole record",
    "vault.create": "Made the vault",
    "vault.finding": "Was told that something is wrong",
    "vault.finding_seen": "Read what is wrong, and said so",
    "vault.key_change": "Changed the vault's key",
    "vault.kit": "Made a new recovery kit",
    "vault.kit_try": "Tried the recovery kit",
    "vault.restore": "Restored this vault from a backup",
    "vault.salvage": "Saved what could be read of damaged records",
}
_CLINIC = {
    "consent.text": "Wrote a version of a consent text",
    "catalogue.start": "Took over the starter catalogue",
    "clinic.create": "Set up the clinic",
    "clinic.update": "Changed the clinic's settings",
    "favourite.archive": "Archived a favourite",
    "favourite.create": "Kept a favourite",
    "favourite.rename": "Renamed a favourite",
    "favourite.restore": "Took a favourite out of the archive",
    "cluster.note": "Looked into a cluster of reactions",
    "lot.correct": "Corrected a lot",
    "lot.count": "Counted a lot",
    "lot.create": "Entered a lot",
    "lot.finish": "Finished an open container of a lot",
    "lot.hold": "Put a lot in quarantine",
    "lot.open": "Opened a container of a lot",
    "lot.recall": "Recalled a lot",
    "lot.recall_withdraw": "Withdrew the recall of a lot",
    "lot.receive": "Entered a further delivery of a lot",
    "lot.release": "Ended the quarantine of a lot",
    "lot.update": "Changed a lot",
    "lot.waste": "Threw away some of a lot",
    "product.archive": "Archived a product",
    "product.create": "Entered a product",
    "product.restore": "Took a product out of the archive",
    "product.update": "Changed a product",
    "protocol.archive": "Archived a protocol",
    "protocol.change": "Changed a protocol",
    "protocol.create": "Kept a protocol",
    "protocol.restore": "Took a protocol out of the archive",
    "rule.change": "Changed a rule of screening",
    "rule.create": "Wrote a rule of screening",
    "rule.switch_off": "Switched off a rule of screening",
    "rule.switch_on": "Switched on a rule of screening",
    "user.code": "Gave somebody a code to come in with",
    "user.create": "Entered a person",
    "user.leave": "Took away somebody's access",
    "user.return": "Gave somebody access again",
    "user.update": "Changed a person",
}

ACTIONS: Final[Mapping[str, ActionKind]] = MappingProxyType(
    {
        **_kinds(ActionGroup.VIEW, _VIEWS),
        **_kinds(ActionGroup.CHANGE, _CHANGES),
        **_kinds(ActionGroup.DISCLOSURE, _DISCLOSURES),
        **_kinds(ActionGroup.DISCLOSURE, _DISCLOSURES_OF_LOTS),
        **_kinds(ActionGroup.ACCESS, _ACCESS),
        **_kinds(ActionGroup.ACCESS, _RECEIPTS),
        **_kinds(ActionGroup.SAFETY, _SAFETY),
        **_kinds(ActionGroup.CLINIC, _CLINIC),
    }
)


FAILED: Final = frozenset(name for name in ACTIONS if name.endswith("_failed"))
"""Actions that say by their very name that something was tried in vain: wrong passwords, mostly."""


def action_words(action: str) -> str:
    """Return what an action means to people; its own name where a later program wrote it."""
    kind = ACTIONS.get(action)
    return action if kind is None else kind.words


def actions_of(groups: frozenset[ActionGroup]) -> tuple[str, ...]:
    """Return the actions of some groups, in order; of none, none."""
    return tuple(sorted(name for name, kind in ACTIONS.items() if kind.group in groups))
