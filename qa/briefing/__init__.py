"""Training material out of the corpus: a topic in, a briefing of cited parts out."""
