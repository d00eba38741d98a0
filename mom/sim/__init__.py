"""A simulated fleet of OMMs for laboratories, demonstrations and tests.

Each OMM keeps users, devices, rooms and settings, answers AXI requests and sends events, and has
quirks so that a client is met by what real OMMs may do. A core without sockets and clocks decides;
thin listeners move the bytes. It shares nothing with the product but the language (`mom.axi`) and
the radio identities.
"""
