"""Add what the calls after a session leave: attempts, diary, and what was done about answers.

Of the checks that a patient's own call begins there may be several of one session, so the index that
held them apart is made anew.
"""

import sqlalchemy as sa
from alembic import op

from mesodesk.db import types

TRIGGERS = (
    "CREATE TRIGGER follow_up_diary_closed_insert BEFORE INSERT ON follow_up_diary FOR EACH ROW WHEN (SELECT state FROM follow_up WHERE id = NEW.follow_up_id) IN ('done', 'superseded') BEGIN SELECT RAISE(ABORT, 'a completed check is closed'); END",
    "CREATE TRIGGER follow_up_diary_closed_update BEFORE UPDATE ON follow_up_diary FOR EACH ROW WHEN (SELECT state FROM follow_up WHERE id = OLD.follow_up_id) IN ('done', 'superseded') OR (SELECT state FROM follow_up WHERE id = NEW.follow_up_id) IN ('done', 'superseded') BEGIN SELECT RAISE(ABORT, 'a completed check is closed'); END",
    "CREATE TRIGGER follow_up_diary_closed_delete BEFORE DELETE ON follow_up_diary FOR EACH ROW WHEN (SELECT state FROM follow_up WHERE id = OLD.follow_up_id) IN ('done', 'superseded') BEGIN SELECT RAISE(ABORT, 'a completed check is closed'); END",
    "CREATE TRIGGER follow_up_attempt_no_update BEFORE UPDATE ON follow_up_attempt FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'follow_up_attempt is append-only'); END",
    "CREATE TRIGGER follow_up_attempt_no_delete BEFORE DELETE ON follow_up_attempt FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'follow_up_attempt is append-only'); END",
    "CREATE TRIGGER follow_up_escalation_kept_update BEFORE UPDATE OF follow_up_id, band, items, raised_at ON follow_up_escalation FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what a check called for stays on record'); END",
    "CREATE TRIGGER follow_up_escalation_handled_once BEFORE UPDATE ON follow_up_escalation FOR EACH ROW WHEN OLD.handled_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'what was done is said once'); END",
    "CREATE TRIGGER follow_up_escalation_no_delete BEFORE DELETE ON follow_up_escalation FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what a check called for stays on record'); END",
)


def upgrade() -> None:
    op.drop_index("uq_follow_up_session_check", "follow_up")
    op.create_index(
        "uq_follow_up_session_check",
        "follow_up",
        ["session_id", "check_id"],
        unique=True,
        sqlite_where=sa.text("check_id <> 'any_time'"),
    )
    op.create_index(
        "ix_follow_up_missed_due",
        "follow_up",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'missed'"),
    )
    op.create_table('follow_up_attempt',
    sa.Column('id', types.Uuid(), nullable=False),
    sa.Column('follow_up_id', types.Uuid(), nullable=False),
    sa.Column('channel', sa.Enum('visit', 'phone', 'message', name='attempt_channel', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('outcome', sa.Enum('no_answer', 'left_message', 'asked_later', 'wrong_number', name='attempt_outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('next_at', types.UtcDateTime(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('tried_at', types.UtcDateTime(), nullable=False),
    sa.Column('tried_by', types.Uuid(), nullable=False),
    sa.Column('tried_by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['follow_up_id'], ['follow_up.id'], name=op.f('fk_follow_up_attempt_follow_up_id_follow_up'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['tried_by'], ['app_user.id'], name=op.f('fk_follow_up_attempt_tried_by_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_follow_up_attempt'))
    )
    op.create_index('ix_follow_up_attempt_follow_up', 'follow_up_attempt', ['follow_up_id'], unique=False)

    op.create_table('follow_up_diary',
    sa.Column('follow_up_id', types.Uuid(), nullable=False),
    sa.Column('line_id', sa.String(), nullable=False),
    sa.Column('day', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('asked', 'home', name='diary_source', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.CheckConstraint('day BETWEEN 1 AND 9', name=op.f('ck_follow_up_diary_day_range')),
    sa.CheckConstraint('score BETWEEN 0 AND 10', name=op.f('ck_follow_up_diary_score_range')),
    sa.ForeignKeyConstraint(['follow_up_id'], ['follow_up.id'], name=op.f('fk_follow_up_diary_follow_up_id_follow_up'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('follow_up_id', 'line_id', 'day', name=op.f('pk_follow_up_diary'))
    )
    op.create_table('follow_up_escalation',
    sa.Column('follow_up_id', types.Uuid(), nullable=False),
    sa.Column('band', sa.String(), nullable=False),
    sa.Column('items', types.Json(), nullable=False),
    sa.Column('raised_at', types.UtcDateTime(), nullable=False),
    sa.Column('handled_at', types.UtcDateTime(), nullable=True),
    sa.Column('handled_by', types.Uuid(), nullable=True),
    sa.Column('handled_by_name', sa.String(), nullable=False),
    sa.Column('handled', sa.String(), nullable=False),
    sa.CheckConstraint("(handled_at IS NULL) = (handled = '') AND (handled_at IS NULL) = (handled_by IS NULL)", name=op.f('ck_follow_up_escalation_handled_whole')),
    sa.ForeignKeyConstraint(['follow_up_id'], ['follow_up.id'], name=op.f('fk_follow_up_escalation_follow_up_id_follow_up'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['handled_by'], ['app_user.id'], name=op.f('fk_follow_up_escalation_handled_by_app_user'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('follow_up_id', name=op.f('pk_follow_up_escalation'))
    )
    op.create_index('ix_follow_up_escalation_open', 'follow_up_escalation', ['raised_at'], unique=False, sqlite_where=sa.text('handled_at IS NULL'))

    op.create_index('ix_follow_up_session', 'follow_up', ['session_id'], unique=False)


    for statement in TRIGGERS:
        op.execute(statement)
