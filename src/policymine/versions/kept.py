"""Signatures and compared pairs as bytes, and the file in which they lie compressed one behind the other."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from array import array
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any
from zlib import crc32

import pyarrow as pa

from policymine.versions.align import Op
from policymine.versions.signature import Signature
from policymine.versions.verify import Verified

_FIELDS = [field.name for field in fields(Signature)]
_LONG = ("raw", "key")
_JSON = json.JSONEncoder(ensure_ascii=False)
_LENGTH = 4
"""Bytes of a length, and of a checksum."""


class DamagedError(OSError):
    """What was kept is not as it was written."""


class Kept:
    """A file of stretches of bytes, each compressed. What was written stays where it is."""

    def __init__(self, path: Path, to_write: bool = True) -> None:
        """Open the file.

        Args:
            path: made where it is not there and may be written.
            to_write: else it is only read.
        """
        self._path = str(path)
        self._stream = open(path, "ab") if to_write else None  # noqa: SIM115 (closed by close)
        self._reader = open(path, "rb", buffering=0)  # noqa: SIM115 (closed by close)
        self._codec = pa.Codec("lz4_raw")
        self._end = self._written = self._reader.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
        if self._stream is not None:
            self._stream.close()

    def flush(self) -> None:
        """Let others see what was written."""
        if self._stream is not None and self._written < self._end:
            self._stream.flush()
            self._written = self._end

    def append(self, data: bytes) -> tuple[int, int]:
        """Write some bytes.

        Returns:
            Place and size in the file.
        """
        assert self._stream is not None
        body = len(data).to_bytes(_LENGTH, "little") + self._codec.compress(data, asbytes=True)
        packed = crc32(body).to_bytes(_LENGTH, "little") + body
        self._stream.write(packed)
        at = self._end
        self._end += len(packed)
        return at, len(packed)

    def read(self, at: int, size: int) -> bytes:
        """The bytes that were written at a place.

        Raises:
            DamagedError: they are others now.
        """
        if at + size > self._written:
            self.flush()
        self._reader.seek(at)
        packed = self._reader.read(size)
        body = packed[_LENGTH:]
        if len(packed) < size or crc32(body) != int.from_bytes(packed[:_LENGTH], "little"):
            raise DamagedError(errno.EIO, "the index of versions is damaged; delete it: it is made anew", self._path)
        data: bytes = self._codec.decompress(body[_LENGTH:], int.from_bytes(body[:_LENGTH], "little"), asbytes=True)
        return data


def signature_bytes(signed: Signature) -> bytes:
    """A signature as bytes: equal ones for equal signatures."""
    values = [getattr(signed, name) for name in _FIELDS if name not in _LONG]
    text = signed.raw + signed.key
    try:
        long, encoding = text.encode("utf-16-le"), "utf-16-le"  # two thirds of UTF-8, and sooner done
    except UnicodeEncodeError:  # half a pair, which UTF-16 would join with what stands beside it
        long, encoding = text.encode("utf-8", "surrogatepass"), "utf-8"
    return joined([*values, len(signed.raw), encoding], long)


def signature_name(encoded: bytes) -> str:
    """The name of a signature, from its bytes."""
    return hashlib.sha256(encoded).hexdigest()[:32]


def signature_from(data: bytes) -> Signature:
    """The signature that ``signature_bytes`` wrote."""
    (*values, n_raw, encoding), long = parted(data)
    text = long.decode(encoding, "surrogatepass")
    known = dict(zip((name for name in _FIELDS if name not in _LONG), map(_tuples, values), strict=True))
    return Signature(raw=text[:n_raw], key=text[n_raw:], **known)


def pair_bytes(found: Verified) -> bytes:
    """What two documents are to each other, as bytes."""
    values = [found.name, found.similarity, found.evidence, found.second]
    return joined(values, array("i", chain.from_iterable(found.ops)).tobytes())


def pair_from(data: bytes) -> Verified:
    """What ``pair_bytes`` wrote."""
    (name, similarity, evidence, second), long = parted(data)
    numbers = array("i", long)
    ops = tuple(map(Op, numbers[::4], numbers[1::4], numbers[2::4], numbers[3::4]))
    return Verified(name, similarity, evidence, second, ops)


def joined(values: list[Any], long: bytes) -> bytes:
    """Some values that JSON knows, and bytes, as one."""
    small = _JSON.encode(values).encode("utf-8", "surrogatepass")
    return len(small).to_bytes(_LENGTH, "little") + small + long


def parted(data: bytes) -> tuple[list[Any], bytes]:
    """What ``joined`` joined."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    return json.loads(data[_LENGTH:end].decode("utf-8", "surrogatepass")), data[end:]


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
