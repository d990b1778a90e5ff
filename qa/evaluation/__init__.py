"""Question banks in, measured quality and speed out."""
