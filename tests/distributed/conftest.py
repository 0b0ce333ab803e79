"""What the tests of workers share."""

from collections.abc import Iterator

import pytest

from pantau.bus import record_columns


@pytest.fixture(autouse=True, scope="module")
def _columns_in_records_of_any_size() -> Iterator[None]:
    """Records of tests are small; those that say their events in columns, too, must be among them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_columns, "LEAST_EVENTS", 1)
        yield
