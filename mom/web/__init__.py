"""The pages' and scripts' side: HTTPS listeners, the JSON API, live updates and static files.

It turns requests into calls of `admin`, `directory`, `ops` and `store` and their answers into
JSON. It reaches OMMs only through `mom.ports.FleetPort` and knows nothing of applications (MAXI).
"""
