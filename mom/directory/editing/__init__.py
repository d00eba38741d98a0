"""Changes that people and applications make."""
