"""Examples for the description of the API, made of its schemas and of what things are called. Pure."""

from typing import Any, Final

Schema = dict[str, Any]

# By the name of a field, where its schema alone says little.
_BY_NAME: Final[dict[str, Any]] = {
    "account": 1,
    "address": "192.0.2.1",
    "base": "BTC",
    "client": "7f3a9c",
    "code": "BTC-USDT",
    "coin": "USDT",
    "feed": "main",
    "fill_id": "1204",
    "fee": "-0.0321",
    "filled": "0.25",
    "fee_coin": "USDT",
    "from_venue": "binance",
    "id": "7f3a9c",
    "instrument": "BTC-USDT",
    "label": "Main",
    "leverage": "10",
    "margin": "3000",
    "margin_coin": "USDT",
    "margin_ratio": "0.1",
    "name": "main",
    "order_id": "1203",
    "pnl": "12.5",
    "process": "web:1",
    "quarantine": "",
    "quote": "USDT",
    "realized_pnl": "12.5",
    "roe": "4.2",
    "size": "0.5",
    "size_after": "0.5",
    "size_before": "0.25",
    "subject": "feed:main",
    "symbol": "BTCUSDT",
    "to_venue": "bybit",
    "trade_id": "4711",
    "unrealized_pnl": "126.3",
    "username": "ada",
    "venue": "binance",
    "volume": "12.75",
}
_BY_TYPE: Final[dict[str, Any]] = {"string": "", "integer": 1, "number": 1.5, "boolean": True, "null": None}
_BY_FORMAT: Final[dict[str, Any]] = {
    "date-time": "2026-11-21T12:34:56.789000Z",
    "decimal": "64250.1",
    "uri": None,
}


def example_of(schema: Schema, schemas: dict[str, Schema], name: str = "") -> Any:
    """A value that this schema allows. `schemas` are those that it may point to."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    for choices in ("oneOf", "anyOf", "allOf"):
        if choices in schema:
            return example_of(schema[choices][0], schemas, name)
    if "enum" in schema:
        return next((value for value in schema["enum"] if value), schema["enum"][0])
    if "properties" in schema:
        return {each: example_of(of, schemas, each) for each, of in schema["properties"].items()}
    if "items" in schema:
        return [example_of(schema["items"], schemas, name.removesuffix("s"))]
    return _plain(schema, name)


def _plain(schema: Schema, name: str) -> Any:
    kind = schema.get("type", "null")
    kind = kind[0] if isinstance(kind, list) else kind
    named = _BY_NAME.get(name)
    if named is not None and isinstance(named, str) == (kind == "string"):
        return named
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    return {} if kind == "object" else _BY_TYPE[kind]
