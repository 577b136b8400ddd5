"""Requests and answers on the wire: JSON 1.1, and CBOR 1.1 by a codec of our own.

In Python both look like JSON: blobs are base64 texts, times are seconds. The shape says which members to write
as bytes and times in CBOR.
"""
import base64
import json
import struct


class Json:
    content_type = "application/x-amz-json-1.1"

    @staticmethod
    def write(value, shape):
        return json.dumps(value).encode()

    @staticmethod
    def read(data):
        return json.loads(data)


class Cbor:
    content_type = "application/x-amz-cbor-1.1"

    @staticmethod
    def write(value, shape):
        return b"".join(written(value, shape))

    @staticmethod
    def read(data):
        value, end = read_item(data, 0)
        if end != len(data):
            raise ValueError(f"{len(data) - end} bytes after the value")
        return value


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError(f"{number} is too large")


def written(value, shape):
    """The pieces of one item. Without a shape (an unknown member): by its Python type."""
    kind = shape["type"] if shape else None
    if value is None:
        yield b"\xf6"
    elif kind == "blob" and isinstance(value, str):
        data = base64.b64decode(value)
        yield head(2, len(data)) + data
    elif kind == "timestamp" and not isinstance(value, bool):
        yield b"\xc1" + head(0, int(value * 1000))
    elif isinstance(value, bool):
        yield b"\xf5" if value else b"\xf4"
    elif isinstance(value, int):
        yield head(0, value) if value >= 0 else head(1, -1 - value)
    elif isinstance(value, float):
        yield b"\xfb" + struct.pack(">d", value)
    elif isinstance(value, str):
        data = value.encode()
        yield head(3, len(data)) + data
    elif isinstance(value, list):
        yield b"\x9f"
        for item in value:
            yield from written(item, (shape or {}).get("element"))
        yield b"\xff"
    else:
        yield b"\xbf"
        for name, item in value.items():
            yield from written(name, None)
            yield from written(item, (shape or {}).get("members", {}).get(name) or (shape or {}).get("value"))
        yield b"\xff"


BREAK = object()


def read_item(data, at):
    """(value, where the next begins)"""
    major, low = data[at] >> 5, data[at] & 31
    at += 1
    number = low
    if low == 31:
        number = None
    elif low >= 24:
        size = 1 << low - 24
        number = int.from_bytes(data[at:at + size], "big")
        at += size
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        text = data[at:at + number]
        return (text.decode() if major == 3 else base64.b64encode(text).decode()), at + number
    if major == 6:
        if number != 1:
            raise ValueError(f"tag {number}")
        milliseconds, at = read_item(data, at)
        return milliseconds / 1000, at
    if major == 7:
        if number is None:
            return BREAK, at
        if low == 27:
            return struct.unpack(">d", data[at - 8:at])[0], at
        return {20: False, 21: True, 22: None}[number], at
    items = []
    while number is None or len(items) < number * (major - 3):
        item, at = read_item(data, at)
        if item is BREAK:
            break
        items.append(item)
    return (items if major == 4 else dict(zip(items[::2], items[1::2]))), at
