"""What the data room says to people: in English to whoever runs a command, in the reader's language on a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self


def marked(text: str) -> str:
    """Mark a text for translation; it is kept in English and translated where it is shown."""
    return text


class Said(str):
    """A message in English that can still be said in another language.

    Attributes:
        template: The message before it was completed.
        values: What completes it; one that is `Said` too is translated with it.
    """

    template: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, template: str, **values: object) -> Self:
        """The message that a template makes with these values.

        >>> Said.of("{file}: {n:,} blank lines were passed over.", file="sale.csv", n=1200)
        'sale.csv: 1,200 blank lines were passed over.'
        """
        message = cls(template.format_map(values))
        message.template, message.values = template, values
        return message
