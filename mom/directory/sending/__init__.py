"""Bringing to an OMM what it should hold."""
