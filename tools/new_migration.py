"""Write the next migration from the difference between the models and the schema so far.

Usage: python tools/new_migration.py "Add the tables of consent"
Read what it wrote: renames, data and full-text indexes are not seen by a comparison.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from mesodesk.db.engine import create_database, open_upgrade_engine
from mesodesk.db.upgrade import alembic_config, known_revisions, upgrade_engine


def main(message: str) -> int:
    key, salt = bytes(32), bytes(16)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scratch.db"
        create_database(path, key, salt)
        engine = open_upgrade_engine(path, key, salt)
        if known_revisions():
            upgrade_engine(engine)
        with engine.connect() as connection:
            config = alembic_config()
            config.attributes["connection"] = connection
            config.attributes["autogenerate"] = True
            revision = f"{len(known_revisions()) + 1:04d}"
            command.revision(config, message, autogenerate=True, rev_id=revision)
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
