"""A failure that ends the run with a message for the person who started it."""


class Problem(Exception):
    """The message says what is wrong and what to do."""
