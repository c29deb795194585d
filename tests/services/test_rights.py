"""The table of rights, cell by cell, through the services that ask for them."""

import inspect
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import pytest
from sqlalchemy import select, text, update

import mesodesk.services.desk as desk_module
from mesodesk.db.models.audit import AuditEntryRow
from mesodesk.db.models.clinic import UserRow
from mesodesk.domain.alignment import Alignment, Place
from mesodesk.domain.bodymap.edits import Edit, EditLabel
from mesodesk.domain.changes import Topic
from mesodesk.domain.favourites import FavouriteContent
from mesodesk.domain.ids import new_id
from mesodesk.domain.protocols import ProtocolContent
from mesodesk.domain.records.audit import LogFormat, LogQuery
from mesodesk.domain.records.clinic import ClinicFields, Role
from mesodesk.domain.records.consent import (
    ConsentFields,
    ConsentTextFields,
    DemandKind,
    PhotoPurpose,
    TextKey,
    TextOrigin,
    WithdrawalScope,
)
from mesodesk.domain.records.export import ExportEnd, ExportFormat, ExportHead, ExportScope
from mesodesk.domain.records.followup import (
    AttemptFields,
    AttemptOutcome,
    Channel,
    FollowUpFields,
)
from mesodesk.domain.records.intake import IntakeFields
from mesodesk.domain.records.limits import LimitSettings
from mesodesk.domain.records.measurement import MeasuringFields
from mesodesk.domain.records.patient import BodySex, PatientFields
from mesodesk.domain.records.photo import (
    MarkFields,
    MarkKind,
    PhotoFields,
    PhotoFormat,
    PreparedPhoto,
)
from mesodesk.domain.records.plan import PlanFields
from mesodesk.domain.records.reaction import ReactionFields, ReportFields
from mesodesk.domain.records.recall import ContactChannel, ContactFields, RecallFields
from mesodesk.domain.records.screening_rules import OwnRuleFields
from mesodesk.domain.records.session import SessionFields, SyringeFields
from mesodesk.domain.records.set_aside import SetAside, Waiting
from mesodesk.domain.records.staff import PersonFields
from mesodesk.domain.records.stock import Counted, LotFields, ProductFields
from mesodesk.domain.rights import ROLES, Right, may
from mesodesk.services.backup_work import BackupJob
from mesodesk.services.desk import Desk, open_desk
from mesodesk.services.errors import NotAllowedError, NotFoundError, ServiceError
from mesodesk.services.export_work import ExportJob
from mesodesk.services.log_work import LogExport
from mesodesk.vault.drilling import Drill
from mesodesk.vault.errors import VaultError
from mesodesk.vault.findings import alarm
from mesodesk.vault.recovery import RecoveryKey, RecoveryKeyError
from mesodesk.vault.reset_code import ResetCode
from mesodesk.vault.vault import open_vault

PASSWORD = "plain tea in the morning"
NOBODY = new_id()
NO_CONTENT = FavouriteContent("", (), ())

TABLE = """
                  owner prescriber therapist assistant auditor
record_read       x     x          x         x         x
clinic_read       x     x          x         x         x
own               x     x          x         x         x
vault_check       x     x          x         x         x
backup_make       x     x          x         x         x
emergency_open    x     x          x         x         x
patient_edit      x     x          x         x         -
intake_edit       x     x          x         x         -
session_edit      x     x          x         x         -
follow_up_edit    x     x          x         x         -
measurement_edit  x     x          x         x         -
reaction_edit     x     x          x         x         -
photo_edit        x     x          x         x         -
stock_edit        x     x          x         x         -
consent_edit      x     x          x         x         -
consent_sign      x     x          x         -         -
consent_text      x     x          -         -         -
intake_complete   x     x          x         -         -
chart_edit        x     x          x         -         -
acknowledge       x     x          x         -         -
session_sign      x     x          x         -         -
session_add       x     x          x         -         -
session_amend     x     x          x         -         -
session_error     x     x          x         -         -
session_discard   x     x          x         -         -
follow_up_close   x     x          x         -         -
favourite_clinic  x     x          x         -         -
plan_edit         x     x          x         -         -
patient_restrict  x     x          x         -         -
export            x     x          x         -         -
export_clinic     x     -          -         -         -
print             x     x          x         -         -
recall            x     x          x         -         -
catalogue_edit    x     x          -         -         -
protocol_edit     x     x          -         -         -
limits_edit       x     x          -         -         -
rules_edit        x     x          -         -         -
who_saw           x     x          x         -         x
audit_read        x     -          -         -         x
drill             x     -          -         -         x
clinic_edit       x     -          -         -         -
people            x     -          -         -         -
reset_code        x     -          -         -         -
rotate            x     -          -         -         -
kit               x     -          -         -         -
backup_places     x     -          -         -         -
restore           x     -          -         -         -
emergency_review  x     -          -         -         -
setup             -     -          -         -         -
"""

Call = Callable[[Desk], object]

# What is named does not exist, so that who is let in is told so, and nothing is changed.
CALLS: dict[str, tuple[Right, Call]] = {
    "access.lock": (Right.OWN, lambda desk: desk.access.lock()),
    "access.unlock": (Right.OWN, lambda desk: desk.access.unlock("not the password")),
    "access.unlock_by_pin": (Right.OWN, lambda desk: desk.access.unlock_by_pin("902817")),
    "access.has_pin": (Right.OWN, lambda desk: desk.access.has_pin()),
    "access.set_pin": (Right.OWN, lambda desk: desk.access.set_pin("", "no PIN")),
    "access.forget_pin": (Right.OWN, lambda desk: desk.access.forget_pin()),
    "access.who_can_come_in": (Right.OWN, lambda desk: desk.access.who_can_come_in()),
    "access.switch": (Right.OWN, lambda desk: desk.access.switch(NOBODY, "any")),
    "access.prove": (Right.OWN, lambda desk: desk.access.prove(NOBODY, "any")),
    "access.prove_by_pin": (Right.OWN, lambda desk: desk.access.prove_by_pin(NOBODY, "902817")),
    "access.prove_by_key": (
        Right.OWN,
        lambda desk: desk.access.prove_by_key(NOBODY, ResetCode.new().text),
    ),
    "access.switch_by_pin": (Right.OWN, lambda desk: desk.access.switch_by_pin(NOBODY, "902817")),
    "access.set_password": (Right.OWN, lambda desk: desk.access.set_password("short")),
    "access.change_password": (Right.OWN, lambda desk: desk.access.change_password("", "short")),
    "amending.history": (Right.RECORD_READ, lambda desk: desk.amending.history(NOBODY)),
    "amending.broken": (Right.RECORD_READ, lambda desk: desk.amending.broken(NOBODY)),
    "amending.begin": (Right.SESSION_AMEND, lambda desk: desk.amending.begin(NOBODY, "Wrong")),
    "amending.accept_broken": (
        Right.SESSION_AMEND,
        lambda desk: desk.amending.accept_broken(NOBODY),
    ),
    "amending.enter_in_error": (
        Right.SESSION_ERROR,
        lambda desk: desk.amending.enter_in_error(NOBODY, "Never happened", PASSWORD),
    ),
    "amending.deny_request": (
        Right.SESSION_ADD,
        lambda desk: desk.amending.deny_request(NOBODY, "Other words", "It was so"),
    ),
    "audit_log.page": (Right.AUDIT_READ, lambda desk: desk.audit_log.page(LogQuery())),
    "audit_log.who_saw": (Right.WHO_SAW, lambda desk: desk.audit_log.who_saw(NOBODY)),
    "audit_log.unusual": (Right.AUDIT_READ, lambda desk: desk.audit_log.unusual()),
    "audit_log.people": (Right.AUDIT_READ, lambda desk: desk.audit_log.people()),
    "audit_log.standing": (Right.AUDIT_READ, lambda desk: desk.audit_log.standing()),
    "audit_log.plan_verify": (Right.AUDIT_READ, lambda desk: desk.audit_log.plan_verify()),
    "audit_log.note_verified": (
        Right.AUDIT_READ,
        lambda desk: desk.audit_log.note_verified(1, 0),
    ),
    "audit_log.end_export": (Right.OWN, lambda desk: _end_log(desk)),
    "audit_log.plan_export": (
        Right.AUDIT_READ,
        lambda desk: desk.audit_log.plan_export(LogQuery(), LogFormat.CSV, PASSWORD),
    ),
    "audit_log.day_sheet": (Right.AUDIT_READ, lambda desk: desk.audit_log.day_sheet(PASSWORD)),
    "backups.places": (Right.VAULT_CHECK, lambda desk: desk.backups.places()),
    "backups.standing": (Right.VAULT_CHECK, lambda desk: desk.backups.standing()),
    "backups.runs": (Right.VAULT_CHECK, lambda desk: desk.backups.runs()),
    "backups.add_folder": (
        Right.BACKUP_PLACES,
        lambda desk: desk.backups.add_folder(Path("/nowhere/at/all")),
    ),
    "backups.add_stick": (
        Right.BACKUP_PLACES,
        lambda desk: desk.backups.add_stick(Path("/nowhere/at/all")),
    ),
    "backups.leave_place": (
        Right.BACKUP_PLACES,
        lambda desk: desk.backups.leave_place(NOBODY, 1),
    ),
    "backups.confirm_restored": (Right.RESTORE, lambda desk: desk.backups.confirm_restored()),
    "backups.plan": (Right.BACKUP_MAKE, lambda desk: desk.backups.plan("asked")),
    "backups.keep": (Right.BACKUP_MAKE, lambda desk: desk.backups.keep(_no_job(), ())),
    "backups.back_up_now": (Right.BACKUP_MAKE, lambda desk: desk.backups.back_up_now("asked")),
    "backups.note_drill": (Right.DRILL, lambda desk: desk.backups.note_drill(_failed_drill())),
    "backups.allow_restore": (Right.RESTORE, lambda desk: desk.backups.allow_restore(PASSWORD)),
    "backups.note_restore": (Right.RESTORE, lambda desk: desk.backups.note_restore(1, "any")),
    "catalogue.products": (Right.CLINIC_READ, lambda desk: desk.catalogue.products()),
    "catalogue.product": (Right.CLINIC_READ, lambda desk: desk.catalogue.product(NOBODY)),
    "catalogue.lots": (Right.CLINIC_READ, lambda desk: desk.catalogue.lots()),
    "catalogue.find_lots": (
        Right.CLINIC_READ,
        lambda desk: desk.catalogue.find_lots("A", limit=3),
    ),
    "catalogue.lot": (Right.CLINIC_READ, lambda desk: desk.catalogue.lot(NOBODY)),
    "catalogue.add_product": (
        Right.CATALOGUE_EDIT,
        lambda desk: desk.catalogue.add_product(ProductFields(name="", product_class="")),
    ),
    "catalogue.update_product": (
        Right.CATALOGUE_EDIT,
        lambda desk: desk.catalogue.update_product(
            NOBODY, 1, ProductFields(name="Any", product_class="")
        ),
    ),
    "catalogue.archive_product": (
        Right.CATALOGUE_EDIT,
        lambda desk: desk.catalogue.archive_product(NOBODY, 1),
    ),
    "catalogue.restore_product": (
        Right.CATALOGUE_EDIT,
        lambda desk: desk.catalogue.restore_product(NOBODY, 1),
    ),
    "catalogue.add_lot": (Right.STOCK_EDIT, lambda desk: desk.catalogue.add_lot(NOBODY, _lot())),
    "catalogue.update_lot": (
        Right.STOCK_EDIT,
        lambda desk: desk.catalogue.update_lot(NOBODY, 1, _lot()),
    ),
    "catalogue.correct_lot": (
        Right.STOCK_EDIT,
        lambda desk: desk.catalogue.correct_lot(NOBODY, 1, Decimal(1), "Counted"),
    ),
    "charts.has_laid_fields": (
        Right.RECORD_READ,
        lambda desk: desk.charts.has_laid_fields(NOBODY),
    ),
    "charts.load": (Right.RECORD_READ, lambda desk: desk.charts.load(NOBODY)),
    "charts.earlier": (Right.RECORD_READ, lambda desk: desk.charts.earlier(NOBODY)),
    "charts.append": (Right.CHART_EDIT, lambda desk: desk.charts.append(NOBODY, 0, _edit())),
    "charts.undo": (Right.CHART_EDIT, lambda desk: desk.charts.undo(NOBODY, 1)),
    "charts.redo": (Right.CHART_EDIT, lambda desk: desk.charts.redo(NOBODY, 1)),
    "checks.check_all": (Right.VAULT_CHECK, lambda desk: desk.checks.check_all()),
    "checks.walk": (Right.VAULT_CHECK, lambda desk: list(desk.checks.walk())),
    "consents.overview": (Right.RECORD_READ, lambda desk: desk.consents.overview(NOBODY)),
    "consents.standing": (Right.RECORD_READ, lambda desk: desk.consents.standing(NOBODY)),
    "consents.photo_decisions": (
        Right.RECORD_READ,
        lambda desk: desk.consents.photo_decisions(NOBODY),
    ),
    "consents.get": (Right.RECORD_READ, lambda desk: desk.consents.get(NOBODY)),
    "consents.start": (Right.CONSENT_EDIT, lambda desk: desk.consents.start(NOBODY)),
    "consents.save": (
        Right.CONSENT_EDIT,
        lambda desk: desk.consents.save(NOBODY, 1, ConsentFields()),
    ),
    "consents.draw": (Right.CONSENT_EDIT, lambda desk: desk.consents.draw(NOBODY, 1, None, "")),
    "consents.sign": (Right.CONSENT_SIGN, lambda desk: desk.consents.sign(NOBODY, 1, "")),
    "consents.discard": (Right.CONSENT_EDIT, lambda desk: desk.consents.discard(NOBODY, 1)),
    "consents.withdraw": (
        Right.CONSENT_EDIT,
        lambda desk: desk.consents.withdraw(
            NOBODY, WithdrawalScope.ALL, "No more", date(2026, 3, 10)
        ),
    ),
    "consents.demand": (
        Right.CONSENT_EDIT,
        lambda desk: desk.consents.demand(NOBODY, DemandKind.OTHER, "Another area"),
    ),
    "consents.texts": (Right.CLINIC_READ, lambda desk: desk.consents.texts()),
    "consents.text_versions": (
        Right.CLINIC_READ,
        lambda desk: desk.consents.text_versions("mesotherapy", "en"),
    ),
    "consents.keep_text": (
        Right.CONSENT_TEXT,
        lambda desk: desk.consents.keep_text(
            "no such text",
            "en",
            TextKey("no such text", TextOrigin.SHIPPED, 1, "en"),
            ConsentTextFields("Title", "Body"),
        ),
    ),
    "clinic.record": (Right.CLINIC_READ, lambda desk: desk.clinic.record()),
    "clinic.users": (Right.CLINIC_READ, lambda desk: desk.clinic.users()),
    "clinic.user": (Right.CLINIC_READ, lambda desk: desk.clinic.user(NOBODY)),
    "clinic.update, limits": (
        Right.LIMITS_EDIT,
        lambda desk: _change(desk, limits=LimitSettings(total_volume_ml=_other())),
    ),
    "clinic.update, name": (Right.CLINIC_EDIT, lambda desk: _change(desk, name=f"No. {_other()}")),
    "clinic.create": (
        Right.SETUP,
        lambda desk: desk.clinic.create(ClinicFields(name="Another"), "Eve", "E", NOBODY),
    ),
    "drafts.put": (Right.OWN, lambda desk: desk.drafts.put("any", "", {})),
    "drafts.get": (Right.OWN, lambda desk: desk.drafts.get("any", "")),
    "drafts.discard": (Right.OWN, lambda desk: desk.drafts.discard("any", "")),
    "drafts.subjects": (Right.OWN, lambda desk: desk.drafts.subjects("any")),
    "drafts.all_mine": (Right.OWN, lambda desk: desk.drafts.all_mine()),
    "set_aside.mine": (Right.OWN, lambda desk: desk.set_aside.mine()),
    "set_aside.put_out_of_the_way": (
        Right.OWN,
        lambda desk: desk.set_aside.put_out_of_the_way([Path("/nowhere/set-aside-0.json")]),
    ),
    "set_aside.settle": (
        Right.OWN,
        lambda desk: desk.set_aside.settle(
            SetAside(Path("/nowhere"), datetime.now(UTC), Waiting("any", "", {})), kept=False
        ),
    ),
    "exports.plan_patient": (
        Right.EXPORT,
        lambda desk: desk.exports.plan_patient(NOBODY, ExportFormat.JSON, PASSWORD),
    ),
    "exports.plan_consent": (Right.PRINT, lambda desk: desk.exports.plan_consent(NOBODY)),
    "exports.plan_session": (Right.PRINT, lambda desk: desk.exports.plan_session(NOBODY)),
    "exports.plan_clinic": (
        Right.EXPORT_CLINIC,
        lambda desk: desk.exports.plan_clinic(ExportFormat.JSON, "not the password"),
    ),
    "exports.end": (Right.OWN, lambda desk: _end(desk)),
    "exports.note_copied": (
        Right.RECORD_READ,
        lambda desk: desk.exports.note_copied(NOBODY),
    ),
    "exports.find": (Right.EXPORT, lambda desk: desk.exports.find("any")),
    "exports.left_out": (Right.EXPORT_CLINIC, lambda desk: desk.exports.left_out()),
    "exposure.for_patient": (Right.RECORD_READ, lambda desk: desk.exposure.for_patient(NOBODY)),
    "timeline.page": (Right.RECORD_READ, lambda desk: desk.timeline.page(NOBODY)),
    "timeline.photo_thumbnails": (
        Right.RECORD_READ,
        lambda desk: desk.timeline.photo_thumbnails((NOBODY,)),
    ),
    "measurements.progress": (
        Right.RECORD_READ,
        lambda desk: desk.measurements.progress(NOBODY),
    ),
    "measurements.last_weight": (
        Right.RECORD_READ,
        lambda desk: desk.measurements.last_weight(NOBODY),
    ),
    "measurements.record": (
        Right.MEASUREMENT_EDIT,
        lambda desk: desk.measurements.record(NOBODY, MeasuringFields(date(2026, 3, 1))),
    ),
    "measurements.enter_in_error": (
        Right.MEASUREMENT_EDIT,
        lambda desk: desk.measurements.enter_in_error(NOBODY, 1, "Wrong patient"),
    ),
    "measurements.note_copied": (
        Right.RECORD_READ,
        lambda desk: desk.measurements.note_copied(NOBODY),
    ),
    "measurements.note_printed": (
        Right.PRINT,
        lambda desk: desk.measurements.note_printed(NOBODY),
    ),
    "reactions.for_patient": (
        Right.RECORD_READ,
        lambda desk: desk.reactions.for_patient(NOBODY),
    ),
    "reactions.page": (Right.RECORD_READ, lambda desk: desk.reactions.page(NOBODY)),
    "reactions.under": (Right.RECORD_READ, lambda desk: desk.reactions.under(NOBODY, ())),
    "reactions.record": (
        Right.REACTION_EDIT,
        lambda desk: desk.reactions.record(NOBODY, ReactionFields()),
    ),
    "reactions.change": (
        Right.REACTION_EDIT,
        lambda desk: desk.reactions.change(NOBODY, 1, ReactionFields(), "It grew"),
    ),
    "reactions.report": (
        Right.REACTION_EDIT,
        lambda desk: desk.reactions.report(NOBODY, 1, ReportFields("authority", date(2026, 3, 1))),
    ),
    "reactions.enter_in_error": (
        Right.REACTION_EDIT,
        lambda desk: desk.reactions.enter_in_error(NOBODY, 1, "Wrong patient"),
    ),
    "favourites.all": (Right.OWN, lambda desk: desk.favourites.all()),
    "favourites.save, own": (
        Right.OWN,
        lambda desk: desk.favourites.save("", NO_CONTENT, of_clinic=False),
    ),
    "favourites.save, of the clinic": (
        Right.FAVOURITE_CLINIC,
        lambda desk: desk.favourites.save("", NO_CONTENT, of_clinic=True),
    ),
    "favourites.rename": (Right.OWN, lambda desk: desk.favourites.rename(NOBODY, 1, "Any")),
    "favourites.archive": (Right.OWN, lambda desk: desk.favourites.archive(NOBODY, 1)),
    "favourites.restore": (Right.OWN, lambda desk: desk.favourites.restore(NOBODY, 1)),
    "follow_ups.get": (Right.RECORD_READ, lambda desk: desk.follow_ups.get(NOBODY)),
    "follow_ups.open_on": (
        Right.RECORD_READ,
        lambda desk: desk.follow_ups.open_on(desk.store.clock.now()),
    ),
    "follow_ups.due": (Right.RECORD_READ, lambda desk: desk.follow_ups.due()),
    "follow_ups.overdue": (Right.RECORD_READ, lambda desk: desk.follow_ups.overdue()),
    "follow_ups.for_session": (Right.RECORD_READ, lambda desk: desk.follow_ups.for_session(NOBODY)),
    "follow_ups.for_patient": (Right.RECORD_READ, lambda desk: desk.follow_ups.for_patient(NOBODY)),
    "follow_ups.outstanding": (
        Right.RECORD_READ,
        lambda desk: desk.follow_ups.outstanding(NOBODY, missed=3),
    ),
    "follow_ups.red_flags": (Right.RECORD_READ, lambda desk: desk.follow_ups.red_flags(NOBODY)),
    "follow_ups.record_shown": (
        Right.RECORD_READ,
        lambda desk: desk.follow_ups.record_shown(NOBODY, 1, ()),
    ),
    "follow_ups.save": (
        Right.FOLLOW_UP_EDIT,
        lambda desk: desk.follow_ups.save(NOBODY, 1, FollowUpFields()),
    ),
    "follow_ups.complete": (
        Right.FOLLOW_UP_CLOSE,
        lambda desk: desk.follow_ups.complete(NOBODY, 1),
    ),
    "calls.record_attempt": (
        Right.FOLLOW_UP_EDIT,
        lambda desk: desk.calls.record_attempt(
            NOBODY, AttemptFields(Channel.PHONE, AttemptOutcome.NO_ANSWER)
        ),
    ),
    "calls.begin": (Right.FOLLOW_UP_EDIT, lambda desk: desk.calls.begin(NOBODY)),
    "calls.handle": (Right.FOLLOW_UP_CLOSE, lambda desk: desk.calls.handle(NOBODY, "Seen")),
    "calls.print_list": (Right.PRINT, lambda desk: desk.calls.print_list()),
    "follow_ups.mark_missed": (
        Right.FOLLOW_UP_CLOSE,
        lambda desk: desk.follow_ups.mark_missed(NOBODY, 1, "Away"),
    ),
    "intakes.latest": (Right.RECORD_READ, lambda desk: desk.intakes.latest(NOBODY)),
    "intakes.history": (Right.RECORD_READ, lambda desk: desk.intakes.history(NOBODY)),
    "intakes.get": (Right.RECORD_READ, lambda desk: desk.intakes.get(NOBODY)),
    "intakes.facts": (Right.RECORD_READ, lambda desk: desk.intakes.facts(NOBODY)),
    "intakes.start": (Right.INTAKE_EDIT, lambda desk: desk.intakes.start(NOBODY)),
    "intakes.save": (Right.INTAKE_EDIT, lambda desk: desk.intakes.save(NOBODY, 1, IntakeFields())),
    "intakes.complete": (Right.INTAKE_COMPLETE, lambda desk: desk.intakes.complete(NOBODY, 1)),
    "patients.search": (Right.RECORD_READ, lambda desk: desk.patients.search("any")),
    "patients.count": (Right.RECORD_READ, lambda desk: desk.patients.count()),
    "patients.get": (Right.RECORD_READ, lambda desk: desk.patients.get(NOBODY)),
    "patients.create": (Right.PATIENT_EDIT, lambda desk: desk.patients.create(_nameless())),
    "patients.update": (
        Right.PATIENT_EDIT,
        lambda desk: desk.patients.update(NOBODY, 1, _nameless()),
    ),
    "patients.archive": (Right.PATIENT_EDIT, lambda desk: desk.patients.archive(NOBODY, 1)),
    "patients.restore": (Right.PATIENT_EDIT, lambda desk: desk.patients.restore(NOBODY, 1)),
    "patients.duplicates": (
        Right.RECORD_READ,
        lambda desk: desk.patients.duplicates("Any", "One", None, ""),
    ),
    "keys.back_up_first": (Right.ROTATE, lambda desk: desk.keys.back_up_first("any")),
    "keys.change": (Right.ROTATE, lambda desk: desk.keys.change("any")),
    "people.all": (Right.PEOPLE, lambda desk: desk.people.all()),
    "people.add": (
        Right.PEOPLE,
        lambda desk: desk.people.add(PersonFields("Zoe Zhu"), "not the password"),
    ),
    "people.change": (
        Right.PEOPLE,
        lambda desk: desk.people.change(NOBODY, 1, PersonFields("Zoe Zhu")),
    ),
    "people.leave": (Right.PEOPLE, lambda desk: desk.people.leave(NOBODY, 1, "any")),
    "people.come_back": (Right.PEOPLE, lambda desk: desk.people.come_back(NOBODY, 1, "any")),
    "people.backups_open_for": (
        Right.PEOPLE,
        lambda desk: desk.people.backups_open_for(NOBODY),
    ),
    "people.give_code": (Right.RESET_CODE, lambda desk: desk.people.give_code(NOBODY, "any")),
    "people.new_kit": (
        Right.KIT,
        lambda desk: desk.people.new_kit(RecoveryKey.new(), RecoveryKey.new().text, "any"),
    ),
    "plans.for_patient": (Right.RECORD_READ, lambda desk: desk.plans.for_patient(NOBODY)),
    "plans.get": (Right.RECORD_READ, lambda desk: desk.plans.get(NOBODY)),
    "plans.of_session": (Right.RECORD_READ, lambda desk: desk.plans.of_session(NOBODY)),
    "plans.begin": (Right.PLAN_EDIT, lambda desk: desk.plans.begin(NOBODY, PlanFields())),
    "plans.update": (Right.PLAN_EDIT, lambda desk: desk.plans.update(NOBODY, 1, PlanFields())),
    "plans.finish": (Right.PLAN_EDIT, lambda desk: desk.plans.finish(NOBODY, 1)),
    "plans.stop": (Right.PLAN_EDIT, lambda desk: desk.plans.stop(NOBODY, 1, "Moved away")),
    "plans.resume": (Right.PLAN_EDIT, lambda desk: desk.plans.resume(NOBODY, 1)),
    "plans.begin_session": (
        Right.SESSION_EDIT,
        lambda desk: desk.plans.begin_session(NOBODY),
    ),
    "plans.put_session": (
        Right.SESSION_EDIT,
        lambda desk: desk.plans.put_session(NOBODY, 1, None),
    ),
    "photos.for_patient": (Right.RECORD_READ, lambda desk: desk.photos.for_patient(NOBODY)),
    "photos.picture": (Right.RECORD_READ, lambda desk: desk.photos.picture(NOBODY)),
    "photos.before": (Right.RECORD_READ, lambda desk: desk.photos.before(NOBODY)),
    "photos_waiting.put": (
        Right.PHOTO_EDIT,
        lambda desk: desk.photos_waiting.put(NOBODY, "IMG_1.jpg", _picture()),
    ),
    "photos_waiting.of_patient": (
        Right.OWN,
        lambda desk: desk.photos_waiting.of_patient(NOBODY),
    ),
    "photos_waiting.discard": (
        Right.OWN,
        lambda desk: desk.photos_waiting.discard(NOBODY, NOBODY),
    ),
    "photos.pair": (Right.RECORD_READ, lambda desk: desk.photos.pair(NOBODY, NOBODY)),
    "photos.keep": (
        Right.PHOTO_EDIT,
        lambda desk: desk.photos.keep(NOBODY, _picture(), _photo()),
    ),
    "photos.update": (Right.PHOTO_EDIT, lambda desk: desk.photos.update(NOBODY, 1, _photo())),
    "photos.enter_in_error": (
        Right.PHOTO_EDIT,
        lambda desk: desk.photos.enter_in_error(NOBODY, 1, "Wrong patient"),
    ),
    "photos.mark": (
        Right.PHOTO_EDIT,
        lambda desk: desk.photos.mark(NOBODY, MarkFields(MarkKind.ARROW, Place(0, 0), Place(1, 1))),
    ),
    "photos.unmark": (Right.PHOTO_EDIT, lambda desk: desk.photos.unmark(NOBODY)),
    "photos.align": (
        Right.PHOTO_EDIT,
        lambda desk: desk.photos.align(NOBODY, NOBODY, Alignment(_APART, _APART)),
    ),
    "photos.export": (
        Right.EXPORT,
        lambda desk: desk.photos.export((NOBODY,), PhotoPurpose.RECORD),
    ),
    "photos.show": (
        Right.EXPORT,
        lambda desk: desk.photos.show((NOBODY,), PhotoPurpose.RECORD),
    ),
    "photos.print_out": (
        Right.PRINT,
        lambda desk: desk.photos.print_out((NOBODY,), PhotoPurpose.RECORD),
    ),
    "rules.book": (Right.CLINIC_READ, lambda desk: desk.rules.book()),
    "rules.changes": (Right.CLINIC_READ, lambda desk: desk.rules.changes()),
    "rules.history": (Right.CLINIC_READ, lambda desk: desk.rules.history("any")),
    "rules.change_shipped": (
        Right.RULES_EDIT,
        lambda desk: desk.rules.change_shipped("any", 0, "Any", active=False, severity=None),
    ),
    "rules.keep_own": (
        Right.RULES_EDIT,
        lambda desk: desk.rules.keep_own(None, 0, OwnRuleFields(message=""), "Any", active=True),
    ),
    "protocols.all": (Right.CLINIC_READ, lambda desk: desk.protocols.all()),
    "protocols.versions": (Right.CLINIC_READ, lambda desk: desk.protocols.versions(NOBODY)),
    "protocols.create": (
        Right.PROTOCOL_EDIT,
        lambda desk: desk.protocols.create("", ProtocolContent()),
    ),
    "protocols.change": (
        Right.PROTOCOL_EDIT,
        lambda desk: desk.protocols.change(NOBODY, 1, "Any", ProtocolContent()),
    ),
    "protocols.archive": (Right.PROTOCOL_EDIT, lambda desk: desk.protocols.archive(NOBODY, 1)),
    "protocols.restore": (Right.PROTOCOL_EDIT, lambda desk: desk.protocols.restore(NOBODY, 1)),
    "stock.receive": (
        Right.STOCK_EDIT,
        lambda desk: desk.stock.receive(NOBODY, 1, Decimal(1)),
    ),
    "stock.waste": (
        Right.STOCK_EDIT,
        lambda desk: desk.stock.waste(NOBODY, 1, Decimal(1), "Fell down"),
    ),
    "stock.open": (
        Right.STOCK_EDIT,
        lambda desk: desk.stock.open(NOBODY, 1, date(2026, 3, 1), Decimal(0)),
    ),
    "stock.finish": (
        Right.STOCK_EDIT,
        lambda desk: desk.stock.finish(NOBODY, 1, Decimal(0), "Empty"),
    ),
    "stock.hold": (Right.STOCK_EDIT, lambda desk: desk.stock.hold(NOBODY, 1, "Cloudy")),
    "stock.release": (Right.RECALL, lambda desk: desk.stock.release(NOBODY, 1, "Clear")),
    "stock.history": (Right.CLINIC_READ, lambda desk: desk.stock.history(NOBODY)),
    "stock.take_labels": (Right.SESSION_EDIT, lambda desk: desk.stock.take_labels(NOBODY, (1,))),
    "stock.take_stock": (
        Right.STOCK_EDIT,
        lambda desk: desk.stock.take_stock([Counted(NOBODY, 1, Decimal(1))]),
    ),
    "recalls.trace": (Right.RECORD_READ, lambda desk: desk.recalls.trace(NOBODY)),
    "recalls.places": (Right.RECORD_READ, lambda desk: desk.recalls.places(NOBODY)),
    "recalls.recall": (
        Right.RECALL,
        lambda desk: desk.recalls.recall(NOBODY, 1, RecallFields("Glass", date(2026, 3, 1))),
    ),
    "recalls.withdraw": (Right.RECALL, lambda desk: desk.recalls.withdraw(NOBODY, 1, "Other lot")),
    "recalls.standing": (Right.CLINIC_READ, lambda desk: desk.recalls.standing()),
    "recalls.of_patient": (Right.RECORD_READ, lambda desk: desk.recalls.of_patient(NOBODY)),
    "recalls.note_contact": (
        Right.FOLLOW_UP_EDIT,
        lambda desk: desk.recalls.note_contact(
            NOBODY, NOBODY, ContactFields(ContactChannel.PHONE, True, date(2026, 3, 1))
        ),
    ),
    "recalls.list_to_leave": (Right.EXPORT, lambda desk: desk.recalls.list_to_leave(NOBODY)),
    "recalls.letters": (Right.PRINT, lambda desk: desk.recalls.letters(NOBODY)),
    "recalls.clusters": (Right.RECORD_READ, lambda desk: desk.recalls.clusters()),
    "recalls.note_cluster": (
        Right.RECALL,
        lambda desk: desk.recalls.note_cluster(NOBODY, None, "Looked into"),
    ),
    "restricted.standing": (Right.RECORD_READ, lambda desk: desk.restricted.standing(NOBODY)),
    "restricted.running": (Right.RECORD_READ, lambda desk: desk.restricted.running()),
    "restricted.restrict": (
        Right.PATIENT_RESTRICT,
        lambda desk: desk.restricted.restrict(NOBODY, "At his wish", ()),
    ),
    "restricted.lift": (Right.PATIENT_RESTRICT, lambda desk: desk.restricted.lift(NOBODY)),
    "restricted.open_emergency": (
        Right.EMERGENCY_OPEN,
        lambda desk: desk.restricted.open_emergency(NOBODY, "Collapsed"),
    ),
    "restricted.end_emergency": (
        Right.EMERGENCY_OPEN,
        lambda desk: desk.restricted.end_emergency(NOBODY),
    ),
    "restricted.meanwhile": (
        Right.EMERGENCY_REVIEW,
        lambda desk: desk.restricted.meanwhile(NOBODY),
    ),
    "restricted.to_review": (Right.EMERGENCY_REVIEW, lambda desk: desk.restricted.to_review()),
    "restricted.review": (
        Right.EMERGENCY_REVIEW,
        lambda desk: desk.restricted.review(NOBODY, 1, "It was right"),
    ),
    "safety.standing": (Right.VAULT_CHECK, lambda desk: desk.safety.standing()),
    "safety.note_check": (Right.VAULT_CHECK, lambda desk: desk.safety.note_check(0, 0)),
    "safety.acknowledge": (
        Right.RESTORE,
        lambda desk: desk.safety.acknowledge(alarm("keys", "Any.")),
    ),
    "safety.unread_alarms": (Right.RESTORE, lambda desk: desk.safety.unread_alarms()),
    "safety.try_kit": (Right.KIT, lambda desk: desk.safety.try_kit("not a key at all")),
    "sessions.start": (Right.SESSION_EDIT, lambda desk: desk.sessions.start(NOBODY)),
    "sessions.get": (Right.RECORD_READ, lambda desk: desk.sessions.get(NOBODY)),
    "sessions.open": (Right.RECORD_READ, lambda desk: desk.sessions.open(NOBODY)),
    "sessions.read_ahead": (Right.RECORD_READ, lambda desk: desk.sessions.read_ahead(NOBODY)),
    "sessions.look": (Right.RECORD_READ, lambda desk: desk.sessions.look(NOBODY)),
    "sessions.for_patient": (Right.RECORD_READ, lambda desk: desk.sessions.for_patient(NOBODY)),
    "sessions.summary": (Right.RECORD_READ, lambda desk: desk.sessions.summary(NOBODY)),
    "sessions.drafts": (Right.RECORD_READ, lambda desk: desk.sessions.drafts()),
    "sessions.previous": (Right.RECORD_READ, lambda desk: desk.sessions.previous(NOBODY)),
    "sessions.screening": (Right.RECORD_READ, lambda desk: desk.sessions.screening(NOBODY)),
    "sessions.missing": (Right.RECORD_READ, lambda desk: desk.sessions.missing(NOBODY)),
    "sessions.standing": (Right.RECORD_READ, lambda desk: desk.sessions.standing(NOBODY)),
    "sessions.save": (
        Right.SESSION_EDIT,
        lambda desk: desk.sessions.save(NOBODY, 1, SessionFields()),
    ),
    "sessions.put_syringe": (
        Right.SESSION_EDIT,
        lambda desk: desk.sessions.put_syringe(NOBODY, 1, SyringeFields(1, "", ())),
    ),
    "sessions.remove_syringe": (
        Right.SESSION_EDIT,
        lambda desk: desk.sessions.remove_syringe(NOBODY, 1, NOBODY),
    ),
    "sessions.acknowledge": (
        Right.ACKNOWLEDGE,
        lambda desk: desk.sessions.acknowledge(NOBODY, 1, "any", 1, "Why not", False),
    ),
    "sessions.withdraw_acknowledgement": (
        Right.ACKNOWLEDGE,
        lambda desk: desk.sessions.withdraw_acknowledgement(NOBODY, 1, "any"),
    ),
    "sessions.sign": (Right.SESSION_SIGN, lambda desk: desk.sessions.sign(NOBODY, 1, PASSWORD)),
    "sessions.add_addendum": (
        Right.SESSION_ADD,
        lambda desk: desk.sessions.add_addendum(NOBODY, "Later"),
    ),
    "sessions.discard_draft": (
        Right.SESSION_DISCARD,
        lambda desk: desk.sessions.discard_draft(NOBODY, 1, "By mistake"),
    ),
    "today.cut_off_in": (Right.RECORD_READ, lambda desk: desk.today.cut_off_in()),
    "today.overview": (Right.RECORD_READ, lambda desk: desk.today.overview()),
}
"""A call of each public method of each service, with the right that it needs."""

DOOR = {
    "access.lock", "access.who_can_come_in", "access.switch", "access.switch_by_pin",
    "access.prove", "access.prove_by_pin", "access.prove_by_key",
}  # fmt: skip
"""What asks for no right: whoever is here locks the desk, and others come in in their place."""

AWAITED: frozenset[Right] = frozenset()
"""Rights that no service asks for yet."""


def _end(desk: Desk) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    head = ExportHead(ExportScope.PATIENT, NOBODY, "0004", "0.1.0", moment, "Olga Owner", "Clinic")
    job = ExportJob(head, ExportFormat.JSON, NOBODY, lambda: nullcontext())  # type: ignore[arg-type]
    desk.exports.end(job, ExportEnd.FAILED)


def _end_log(desk: Desk) -> None:
    job = LogExport(lambda: nullcontext(), LogQuery(), LogFormat.CSV, NOBODY)  # type: ignore[arg-type]
    desk.audit_log.end_export(job, ExportEnd.FAILED)


def _no_job() -> BackupJob:
    return BackupJob(SimpleNamespace(), (), "asked")  # type: ignore[arg-type]


def _failed_drill() -> Drill:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return Drill(Path("any.mesobackup"), None, moment, 1.0, None, None, ("It is damaged.",))


_APART = (Place(0, 0), Place(1, 0))


def _picture() -> PreparedPhoto:
    return PreparedPhoto(b"any", PhotoFormat.JPEG, 1, 1, b"any", 3, bytes(32))


def _photo() -> PhotoFields:
    return PhotoFields("abdomen", "front", date(2026, 3, 1))


def _lot() -> LotFields:
    return LotFields(number="", expires_on=date(2027, 1, 31), received_on=date(2026, 3, 1))


def _nameless() -> PatientFields:
    return PatientFields("", "", date(1985, 4, 12), BodySex.FEMALE)


def _edit() -> Edit:
    drawn: Any = SimpleNamespace(syringe_id=NOBODY)
    return Edit(EditLabel.PLACE, ((NOBODY, None, drawn),))


_numbers = iter(range(10, 10_000))


def _other() -> Decimal:
    """Return a number that was not used before."""
    return Decimal(next(_numbers))


def _change(desk: Desk, **fields: Any) -> None:
    clinic = desk.clinic.record()
    desk.clinic.update(clinic.version, replace(clinic.fields, **fields))


def take_role(desk: Desk, role: Role, *, active: bool = True) -> None:
    """Let who is at the desk have another role from now on."""
    with desk.store.write(Right.OWN) as tx:
        tx.db.execute(update(UserRow).values(role=role, active=active))
        tx.audit("user.role", "app_user", tx.actor.id)
        tx.touch(Topic.CLINIC)


@pytest.fixture(scope="module")
def desks(
    vault_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Role], Desk]]:
    """One desk for each role, on a vault of its own."""
    known: dict[Role, Desk] = {}

    def desk_of(role: Role) -> Desk:
        if role not in known:
            folder = tmp_path_factory.mktemp("role") / "vault"
            shutil.copytree(vault_template, folder)
            known[role] = open_desk(open_vault(folder, password=PASSWORD))
            take_role(known[role], role)
        return known[role]

    yield desk_of
    for desk in known.values():
        desk.close()


def refused(desk: Desk, call: Call) -> bool:
    """Tell whether a call is refused for want of a right, whatever else it says."""
    try:
        call(desk)
    except NotAllowedError:
        return True
    except (ServiceError, VaultError, RecoveryKeyError):
        return False
    return False


def written(desk: Desk) -> list[int]:
    """Return how many rows each table has, the audit chain and its spans left out."""
    with desk.store.vault.engine.connect() as connection:
        names = connection.execute(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND name NOT IN ('audit_entry', 'audit_span')"
            )
        ).scalars()
        return [
            connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608
            for name in names.all()
        ]


def last_entry(desk: Desk) -> Any:
    with desk.store.vault.engine.connect() as connection:
        columns = AuditEntryRow.__table__
        return connection.execute(columns.select().order_by(text("seq DESC")).limit(1)).one()


def cells() -> Iterator[tuple[Right, Role, bool]]:
    head, *lines = TABLE.strip("\n").splitlines()
    for line in lines:
        right, *marks = line.split()
        for role, mark in zip(head.split(), marks, strict=True):
            yield Right(right), Role(role), mark == "x"


@pytest.mark.parametrize(("right", "role", "allowed"), list(cells()))
def test_a_role_does_what_the_table_says(desks, right, role, allowed):
    desk = desks(role)
    calls = {name: call for name, (needed, call) in CALLS.items() if needed is right}
    if right in AWAITED:
        calls = {"store.need": lambda desk: desk.store.need(right)}
    assert calls
    before = written(desk)
    let_in = {name for name, call in calls.items() if not refused(desk, call)}
    assert let_in == (set(calls) if allowed else set())
    if not allowed:
        assert written(desk) == before


def test_every_cell_is_in_the_table():
    assert [(right, role) for right, role, _ in cells()] == [
        (right, role) for right in Right for role in Role
    ]
    assert {(right, role) for right, role, allowed in cells() if allowed} == {
        (right, role) for right in Right for role in Role if may(role, right)
    }
    assert list(ROLES) == list(Right)


def test_every_method_of_every_service_is_in_a_cell():
    hints = {
        name: get_type_hints(part.func, vars(desk_module) | _services())["return"]
        for name, part in vars(Desk).items()
        if isinstance(part, cached_property)
    }
    methods = {
        f"{name}.{method}"
        for name, service in hints.items()
        for method, _ in inspect.getmembers(service, inspect.isfunction)
        if not method.startswith("_")
    }
    assert {name.split(",")[0] for name in CALLS} == methods
    assert {right for right, _ in CALLS.values()} | AWAITED == set(Right)
    assert not {right for right, _ in CALLS.values()} & AWAITED


def _services() -> dict[str, Any]:
    """Return the classes that the desk names for the type checker alone."""
    desk = Desk(SimpleNamespace())  # type: ignore[arg-type]
    made = (
        getattr(desk, name)
        for name, part in vars(Desk).items()
        if isinstance(part, cached_property)
    )
    return {type(service).__name__: type(service) for service in made}


def test_whoever_has_left_does_nothing_any_more(desk):
    take_role(desk, Role.OWNER, active=False)
    before = written(desk)
    let_in = {name for name, (_, call) in CALLS.items() if not refused(desk, call)}
    assert let_in == DOOR
    assert written(desk) == before
    with pytest.raises(NotAllowedError, match="no access to this desk any more"):
        desk.patients.search("")


def test_somebody_who_is_not_on_record_does_nothing(desk):
    with desk.store.write(Right.OWN) as tx:
        other = UserRow(id=new_id(), name="Other", initials="O", role=Role.OWNER, colour=1)
        tx.db.add(other)
        tx.db.flush()
        tx.db.execute(update(UserRow).where(UserRow.id != other.id).values(active=False))
        tx.audit("user.leave", "app_user", tx.actor.id)
        tx.touch(Topic.CLINIC)
    with pytest.raises(NotAllowedError):
        desk.clinic.record()


def test_a_refusal_is_kept_with_who_was_refused_and_what(desk):
    take_role(desk, Role.ASSISTANT)
    with pytest.raises(NotAllowedError, match="Ask a therapist"):
        desk.sessions.sign(NOBODY, 1, PASSWORD)
    entry = last_entry(desk)
    assert (entry.action, entry.outcome, entry.actor_role) == (
        "access.refuse", "refused", "assistant",
    )  # fmt: skip
    assert (entry.object_id, entry.details) == (entry.actor_id, '{"right":"session_sign"}')


def test_each_refused_change_is_kept_but_a_refused_look_once_until_the_desk_is_locked(desk):
    def refusals() -> int:
        with desk.store.vault.engine.connect() as connection:
            return connection.execute(
                text("SELECT count(*) FROM audit_entry WHERE action = 'access.refuse'")
            ).scalar_one()

    def look() -> None:
        with pytest.raises(NotAllowedError), desk.store.read(Right.AUDIT_READ):
            pass

    def change() -> None:
        with pytest.raises(NotAllowedError), desk.store.write(Right.PEOPLE):
            pass

    take_role(desk, Role.THERAPIST)
    counted = []
    for act in (look, look, change, change, desk.access.lock, look, look):
        act()
        counted.append(refusals())
    assert counted == [1, 1, 2, 3, 3, 4, 4]


def test_a_role_changed_by_the_owner_holds_from_the_next_call(desk, typed_patient):
    desk.patients.create(typed_patient())
    take_role(desk, Role.AUDITOR)
    with pytest.raises(NotAllowedError, match="does not enter or change patients"):
        desk.patients.create(typed_patient())
    assert desk.patients.count() == 1


def test_who_prescribes_changes_limits_and_nothing_else_of_the_clinic(desk):
    take_role(desk, Role.PRESCRIBER)
    _change(desk, limits=LimitSettings(total_volume_ml=Decimal(15)))
    for others in ({"name": "Mine"}, {"name": "Mine", "limits": LimitSettings()}):
        with pytest.raises(NotAllowedError, match="Ask the owner"):
            _change(desk, **others)
    kept = desk.clinic.record().fields
    assert (kept.name, kept.limits.total_volume_ml) == ("Clinic of the tests", Decimal(15))


def test_an_assistant_leaves_the_favourites_of_the_clinic_alone(desk):
    shared = desk.favourites.save("Shared", NO_CONTENT, of_clinic=True)
    take_role(desk, Role.ASSISTANT)
    own = desk.favourites.save("Own", NO_CONTENT, of_clinic=False)
    desk.favourites.archive(own.id, own.version)
    with pytest.raises(NotAllowedError):
        desk.favourites.rename(shared.id, shared.version, "Taken")
    with pytest.raises(NotAllowedError):
        desk.favourites.archive(shared.id, shared.version)
    assert [each.name for each in desk.favourites.all()] == ["Shared"]


def test_the_door_cannot_be_forgotten(desk):
    with pytest.raises(TypeError):
        desk.store.write()
    with pytest.raises(TypeError):
        desk.store.read()


def test_what_was_refused_half_way_is_lost_whole(desk):
    def half_way() -> None:
        with desk.store.write(Right.OWN) as tx:
            tx.db.scalars(select(UserRow)).one().name = "Half done"
            tx.audit("user.update", "app_user", tx.actor.id)
            tx.need(Right.PEOPLE)

    take_role(desk, Role.THERAPIST)
    with pytest.raises(NotAllowedError):
        half_way()
    assert desk.user.name == "Olga Owner"
    assert last_entry(desk).action == "access.refuse"


def test_an_unknown_record_is_no_matter_of_rights(desk):
    with pytest.raises(NotFoundError):
        desk.patients.get(NOBODY)
