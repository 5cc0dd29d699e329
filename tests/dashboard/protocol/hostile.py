"""Frames that no client of ours sends: for all that takes them."""

import json
from typing import Any, Final

from hypothesis import strategies as st

# A command of each kind as it should be, to be spoilt.
GOOD: Final = (
    '{"type":"auth","id":1,"token":"omega_0123456789"}',
    '{"type":"resume","id":2,"token":"abc:def"}',
    '{"type":"subscribe","id":3,"topics":[{"topic":"price","feed":"main","instrument":"BTC-USDT"},'
    '{"topic":"trades","instrument":"BTC-USDT","after":{"epoch":"a1","offset":17}},'
    '{"topic":"positions","account":1},{"topic":"published","name":"ada/signals"}]}',
    '{"type":"unsubscribe","id":4,"topics":[{"topic":"candles"}]}',
    '{"type":"publish","id":5,"name":"signals","data":{"a":[1,2.5,null,true,"x"]}}',
    '{"type":"pong","id":6,"frames":0}',
    '{"type":"ping","id":7}',
    '{"type":"painted","received_at":"2026-03-01T12:00:00.5Z"}',
)
# Well formed, and at the edge of what can be read.
EXTREME: Final = {
    "nearly too deep": f'{{"type":"publish","name":"a","data":{{"a":{"[" * 900}{"]" * 900}}}}}',
    "the longest id": f'{{"type":"ping","id":-{"9" * 4_000}}}',
    "the longest count": f'{{"type":"pong","frames":{"9" * 4_000}}}',
    "an account that no database holds": f'{{"type":"subscribe","topics":[{{"topic":"orders","account":{10**30}}}]}}',
    "a long fraction": f'{{"type":"publish","name":"a","data":{{"a":0.{"0" * 16_000}1}}}}',
    "the last moment": '{"type":"painted","received_at":"9999-12-31T23:59:59-14:00"}',
    "the first moment": '{"type":"painted","received_at":"0001-01-01T00:00:00+23:59"}',
}
# Each of a whole frame's size or less, and the worst of its kind.
NASTY: Final = {
    "open lists": "[" * 16_000,
    "open objects": '{"a":' * 3_000,
    "lists within data": f'{{"type":"publish","name":"a","data":{{"a":{"[" * 8_000}{"]" * 8_000}}}}}',
    "objects within data": '{"type":"publish","name":"a","data":' + '{"a":' * 2_000 + "1" + "}" * 2_001,
    "a long id": f'{{"type":"ping","id":{"9" * 16_000}}}',
    "a large exponent": '{"type":"publish","name":"a","data":{"a":1e99999999999999999999}}',
    "no number": '{"type":"publish","name":"a","data":{"a":NaN}}',
    "infinity": '{"type":"pong","frames":Infinity}',
    "half a pair": '{"type":"auth","token":"\ud800"}',
    "half a pair, escaped": '{"type":"auth","token":"\\ud800"}',
    "half a pair with another letter": '{"type":"auth","token":"\\ud800\\u0041"}',
    "nothing": "",
    "white space": " " * 16_000,
    "no object": "[]",
    "null": "null",
    "two commands": '{"type":"ping"}{"type":"ping"}',
    "two types": '{"type":"ping","type":"pong","frames":1}',
    "an unknown type": '{"type":"shutdown"}',
    "no type": "{}",
    "an unknown field": '{"type":"ping","admin":true}',
    "true for a number": '{"type":"ping","id":true}',
    "a text for a list": '{"type":"subscribe","topics":"price"}',
    "no topics": '{"type":"subscribe","topics":[]}',
    "too many topics": '{"type":"subscribe","topics":[' + ",".join(['{"topic":"price"}'] * 51) + "]}",
    "a name with a line end": '{"type":"publish","name":"signals\\n","data":{}}',
    "a name with a path": '{"type":"publish","name":"../bob","data":{}}',
    "a time without a zone": '{"type":"painted","received_at":"2026-03-01T12:00:00"}',
    "many keys": f"{{{','.join(f'{chr(34)}k{number}{chr(34)}:0' for number in range(1_500))}}}",
}

_FIELDS: Final = ("type", "id", "token", "topics", "topic", "feed", "account", "name", "after", "epoch", "offset")
_MORE_FIELDS: Final = ("data", "frames", "received_at", "instrument", "__class__", "")
_KINDS: Final = ("auth", "resume", "subscribe", "unsubscribe", "publish", "pong", "ping", "painted", "price", "trades")

_any_text = st.text(st.characters(), max_size=40)
_words = st.sampled_from((*_KINDS, "BTC-USDT", "2026-03-01T12:00:00Z", "9999-12-31T23:59:59-14:00"))
_scalars = (
    st.none() | st.booleans() | st.integers() | st.integers(-(10**400), 10**400) | st.floats() | _any_text | _words
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_FIELDS) | _any_text, inner, max_size=4)
    ),
    max_leaves=12,
)
# The words of the protocol in wrong places, with values of wrong kinds.
_muddled = st.fixed_dictionaries(
    {"type": st.sampled_from(_KINDS) | _values},
    optional=dict.fromkeys((*_FIELDS[1:], *_MORE_FIELDS), _values),
)


@st.composite
def _spoilt(draw: st.DrawFn) -> str:
    """A good command of which a piece was cut out, or replaced by something else."""
    text = draw(st.sampled_from(GOOD))
    begin = draw(st.integers(0, len(text)))
    end = draw(st.integers(begin, min(len(text), begin + 12)))
    return text[:begin] + draw(_any_text | _scalars.map(_dumped)) + text[end:]


def _dumped(value: Any) -> str:
    """With NaN and Infinity, which Python writes as such, and halves of pairs as they are."""
    return json.dumps(value, ensure_ascii=False)


KINDS: Final[dict[str, st.SearchStrategy[str | bytes]]] = {
    "bytes": st.binary(max_size=200),
    "text": _any_text,
    "json": _values.map(_dumped),
    "muddled": _muddled.map(_dumped),
    "spoilt": _spoilt(),
}
