"""The one family of errors that the package raises by intent."""


class InputError(ValueError):
    """What was given cannot be used, or these data cannot carry an answer; the message says what, where and what to do.

    Any other error that comes out of the package is a defect of the package.
    """
