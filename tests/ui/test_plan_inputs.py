"""What a planner types, as the URL holds it and as the field shows it again."""

import pytest

from ui.plan import inputs


@pytest.mark.parametrize(
    ("typed", "unit", "held", "shown"),
    [
        ("12.50", 100, "1250", "12.50"),
        ("1,200", 100, "120000", "1,200"),
        ("0.07", 100, "7", "0.07"),
        ("350", 1, "350", "350"),
        ("-0.5", 100, "-50", "-0.50"),
    ],
)
def test_an_amount_is_shown_again_to_the_last_cent(typed: str, unit: int, held: str, shown: str) -> None:
    assert inputs._number(unit)(typed) == held
    assert inputs._typed(int(held), unit) == shown
