"""A question becomes passages: direct look-up, and dense and lexical search fused."""
