"""The fleet: one connection to the active OMM of every site, from the first try to the goodbye.

This room connects, logs in, makes an OMM's settings, watches its health and comes back when a link
breaks. What users and devices mean it leaves to whoever sits at the desk (``mom.ports.Desk``); it
must not know SQL, pages or applications.
"""
