"""`python -m benchmarks.probes.derivation`: milliseconds of one derivation, floor cost."""

import statistics

from mesodesk.vault.keys import KdfCost, measured_seconds

if __name__ == "__main__":
    print(1000 * statistics.median(measured_seconds(KdfCost.floor()) for _ in range(5)))
