"""The migrations of the database: numbered, one file each, forward only, in plain columns.

A migration is frozen: it names its columns itself and imports nothing of the records.
"""
