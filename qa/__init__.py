"""Question answering over Chinese data law and policy, with checked citations."""

__version__ = "0.1.0"
