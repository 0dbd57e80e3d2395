"""docs/remedies.md is what `make e2e` carries out."""

from tests.e2e.page import PAGE, page


def test_the_page_of_remedies_is_not_stale():
    assert PAGE.read_text("utf-8") == page(), "run `make rules-docs`"
