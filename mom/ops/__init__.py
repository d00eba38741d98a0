"""How MOM is: event log, health, trace log, and telling the service manager.

Others write here through `Recorder` and are read through `Reporter.snapshot()`; this room decides
nothing about telephones. Knows no pages.
"""
