"""Where the nouns rest: schema, migrations, repositories, units of work, encryption at rest.

SQL is written in this room only. It knows no OMM, no browser and no rule about records.
"""
