"""The LLM: its weights, the local server, one interface to it and to hosted ones, the queue."""
