"""What goes wrong with rule packs. Each message begins with the pack's id."""


class BrokenPack(Exception):
    """A pack that cannot be used; the program does not start with it. "<id>: reason"."""


class PackFailed(Exception):
    """A pack raised, or answered nonsense, while judging."""


class PackTimeout(Exception):
    """A pack took too long; its process was ended."""
