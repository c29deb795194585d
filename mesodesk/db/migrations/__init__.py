"""Alembic scripts; `tools/new_migration.py` writes the next one."""
