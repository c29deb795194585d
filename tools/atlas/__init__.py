"""Makes what lies in resources/bodymap/ from the CC0 body mesh of MakeHuman."""
