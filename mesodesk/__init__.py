"""Mesodesk: the record-keeping desk for mesotherapy."""

import os

__version__ = "0.1.0"

# NumPy's library for matrices starts a thread for each core and lets them wait by spinning. Ours
# are small: beside another busy program one solution took 3 s instead of 10 ms. Set before NumPy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
