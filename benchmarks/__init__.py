"""Measures Mesodesk against anchors run in the same minute: ratios, not seconds.

`python -m benchmarks` runs every row, `python -m benchmarks 7 start_to_unlock` some of them.
"""
