"""Calls that say why they cannot be answered instead of stopping a notebook: a corpus may be small."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cxresearch.errors import InputError

_R = TypeVar("_R")


@dataclass(frozen=True)
class NotEstimable:
    """What stands in the place of a result that these data cannot carry, with the reason."""

    reason: str

    def __str__(self) -> str:
        return f"Not estimable here: {self.reason}"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<p><em>{html.escape(str(self))}</em></p>"


def attempt(call: Callable[..., _R], *args: Any, **kwargs: Any) -> _R | NotEstimable:
    """Return what a call returns, or why it cannot be answered from these data.

    What the package refuses (`InputError`: a missing column, too few episodes, a single industry) becomes
    `NotEstimable` with the message; so does every call that is given one. A `ValueError` of a library was not foreseen:
    it does not stop a notebook either, but it is shown as what it is. Any other error is a defect and is raised.

    Examples
    --------
    >>> table = attempt(int, "x")
    >>> table
    Not estimable here: an error that was not foreseen; please report it (invalid literal for int() with base 10: 'x')
    >>> attempt(abs, table) == table
    True
    """
    for given in (*args, *kwargs.values()):
        if isinstance(given, NotEstimable):
            return given
    try:
        return call(*args, **kwargs)
    except InputError as error:
        return NotEstimable(str(error))
    except ValueError as error:
        return NotEstimable(f"an error that was not foreseen; please report it ({error})")
