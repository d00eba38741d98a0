"""The numbered migrations."""
