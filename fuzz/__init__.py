"""Coverage-guided fuzzing of everything that reads what strangers wrote; `make fuzz` (see fuzz/__main__.py)."""
