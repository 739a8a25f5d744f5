"""What performance figures come from: ratios and times, all of one run.

``python -m benchmarks`` (``make bench``) runs everything on SQLite and PostgreSQL;
``--only intake search`` a part; ``--full`` the million-row sets as well.
"""
