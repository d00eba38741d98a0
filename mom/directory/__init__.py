"""Users and phones kept in step: the index, reconciling, what each OMM should hold, and sending.

Knows the store below it and, through `mom.ports`, one open session per OMM; knows nothing of
sockets, pages or applications.
"""
