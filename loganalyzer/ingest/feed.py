"""Forward-only reading over chunks: look ahead, take a piece, put back."""

from __future__ import annotations

from collections.abc import Iterator


class Feed:
    """The bytes of an iterator of chunks, read forward; pieces are passed on without copying where they fit."""

    __slots__ = ("_at", "_chunk", "_chunks", "offset")

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._chunk = b""
        self._at = 0
        self.offset = 0
        """How many bytes were taken."""

    def piece(self, most: int) -> bytes:
        """The next bytes, at least one and at most `most`; empty at the end."""
        chunk, at = self._chunk, self._at
        if at >= len(chunk):
            chunk, at = next(self._chunks, b""), 0
            self._chunk = chunk
        left = len(chunk) - at
        if left <= most:
            self._chunk, self._at = b"", 0
            self.offset += left
            return chunk[at:] if at else chunk
        self._at = at + most
        self.offset += most
        return chunk[at : at + most]

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        data = self.piece(size)
        if len(data) == size or not data:
            return data
        parts, have = [data], len(data)
        while have < size and (data := self.piece(size - have)):
            parts.append(data)
            have += len(data)
        return b"".join(parts)

    def peek(self, size: int) -> bytes:
        """The next `size` bytes (fewer only at the end), which stay where they are."""
        if self._at >= len(self._chunk):
            self._chunk, self._at = next(self._chunks, b""), 0
        if len(self._chunk) - self._at < size:
            self.unread(self.exactly(size))
        return self._chunk[self._at : self._at + size]

    def unread(self, data: bytes) -> None:
        """Put back what was just taken."""
        if data:
            self._chunk = data + self._chunk[self._at :]
            self._at = 0
            self.offset -= len(data)

    def skip(self, size: int) -> int:
        """Pass over `size` bytes; how many there were."""
        left = size
        while left and (data := self.piece(left)):
            left -= len(data)
        return size - left

    def part(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes (fewer only at the end) as pieces."""
        while size and (data := self.piece(size)):
            size -= len(data)
            yield data

    def blocks(self, size: int) -> Iterator[bytes]:
        """All that follows in pieces of about `size` bytes: at least half of it but for the last."""
        parts: list[bytes] = []
        have = 0
        while data := self.piece(size):
            have += len(data)
            if not parts and have * 2 >= size:
                yield data
                have = 0
                continue
            parts.append(data)
            if have >= size:
                yield b"".join(parts)
                parts.clear()
                have = 0
        if parts:
            yield b"".join(parts) if len(parts) > 1 else parts[0]
