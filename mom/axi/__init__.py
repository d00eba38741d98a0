"""The language of the OMMs: frames, messages, errors and secrets of AXI.

A core without sockets, clocks or logging turns bytes into frozen records and back; one thin Twisted
protocol moves the bytes. This room knows nothing of users, databases or the rest of the product.
"""
