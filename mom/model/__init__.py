"""The nouns of MOM: frozen records, their fields, identities and secrets.

Pure data and rules about one record; knows no database, no socket and no other room.
"""
