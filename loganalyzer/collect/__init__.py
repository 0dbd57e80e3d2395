"""The node collector's room."""
