"""The systems room."""
