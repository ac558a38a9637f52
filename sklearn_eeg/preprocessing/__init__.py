"""The preprocessing room."""
