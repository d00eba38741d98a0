"""What people administer: accounts and signing in, licence, settings, licence terms, OMM records.

Checks what it is told, stores it, and says in words (and with the protocol's error codes) why
something is refused. Knows neither pages nor sockets; pages, applications and commands share it.
"""
