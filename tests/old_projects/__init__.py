"""Small databases as older programs left them; test data that is never made anew.

``gymdash_0_1_4.db`` is what GymDash 0.1.4 leaves, ``version_<n>.db`` what this package left at schema version n. The
scripts beside say what is in them and made them once.
"""
