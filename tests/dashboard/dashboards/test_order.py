"""How panels are put into an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dashboards.order import MOST_PANELS, moved, ordered, read

numbers = st.lists(st.integers(1, 12), unique=True, max_size=10)


@given(there=numbers, wanted=st.lists(st.integers(1, 12)), removed=st.sets(st.integers(1, 12)))
def test_no_panel_is_lost_or_doubled(there: list[int], wanted: list[int], removed: set[int]) -> None:
    """Issue 8, 2: what somebody else added stays, what somebody else removed does not come back."""
    order = ordered(there, wanted, removed)
    assert sorted(order) == sorted(set(there) - removed)
    spoken = [number for number in order if number in wanted]
    assert spoken == [number for number in dict.fromkeys(wanted) if number in order]
    assert order[: len(spoken)] == spoken


@given(there=numbers.filter(bool), by=st.integers(-20, 20), data=st.data())
def test_a_panel_moves_as_far_as_there_are_places(there: list[int], by: int, data: st.DataObject) -> None:
    """And the others keep their order."""
    number = data.draw(st.sampled_from(there))
    order = moved(there, number, by)
    assert order.index(number) == max(0, min(len(there) - 1, there.index(number) + by))
    assert [each for each in order if each != number] == [each for each in there if each != number]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"revision": 1}',
        b'{"revision": -1, "panels": []}',
        b'{"revision": 1, "panels": [{"number": 0, "size": "S"}]}',
        b'{"revision": 1, "panels": [], "owner": 1}',
        b'{"revision": 1, "panels": [' + b"," * MOST_PANELS + b"]}",
        b'{"revision": 1, "panels": [], "removed": ["1"]}',
        b"\xff",
        b"[" * 100_000,
    ],
    ids=len,
)
def test_what_is_no_arrangement_is_refused(text: bytes) -> None:
    """In words, whatever it is."""
    with pytest.raises(ValueError, match="This is no arrangement"):
        read(text)
