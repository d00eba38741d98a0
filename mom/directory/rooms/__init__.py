"""Conference rooms, kept in step between MOM and their OMMs."""
