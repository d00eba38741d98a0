"""Reading all users and devices of an OMM."""
