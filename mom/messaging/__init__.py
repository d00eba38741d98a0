"""Messages of phones, alarm triggers and data channels between OMMs and applications.

What goes where is decided by pure parts that get an event and return what is to be sent; one router
carries that out. This room knows phones only by where they are, and OMMs only by their wires.
"""
