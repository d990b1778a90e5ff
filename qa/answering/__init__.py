"""A question and its passages become an answer in which everything is cited."""
