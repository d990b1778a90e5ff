"""Provisions → files in `indexes/`: embedding, dense and lexical index, store."""
