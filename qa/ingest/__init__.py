"""Sources become documents, and documents become provisions."""
