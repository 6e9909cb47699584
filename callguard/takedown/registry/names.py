"""Texts of a segment: names of carriers and agents as codes, owner ids one after the other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callguard.errors import RegistryError
from callguard.takedown.registry.layout import ID_BITS, NONE, Positions
from callguard.takedown.registry.sinks import HashedFile


class Names:
    """Names of carriers or agents: codes in the order of appearance, later in that of the names."""

    def __init__(self, known: Iterable[pa.Array]) -> None:
        self._codes: dict[str, int] = {}
        for names in known:
            self.add(names)

    def add(self, names: pa.Array) -> pa.Array:
        """The codes of a column of names, null for null."""
        encoded = names.dictionary_encode()
        codes = [
            self._codes.setdefault(name, len(self._codes))
            for name in encoded.dictionary.to_pylist()
        ]
        return pa.array(codes, pa.int32()).take(encoded.indices)

    def rank(self) -> None:
        """All names are known: sort them, by their UTF-8 bytes."""
        self.sorted = pa.array(sorted(self._codes), pa.string())
        ranks = {name: rank for rank, name in enumerate(sorted(self._codes))}
        self._ranks = pa.array([ranks[name] for name in self._codes], pa.int32())

    def ranks(self, codes: pa.Array) -> pa.Array:
        """Codes of appearance as positions among the sorted names."""
        return self._ranks.take(codes)


class OwnerIds:
    """Writes owner ids one after the other; rows next to each other share equal ones."""

    def __init__(self, file: HashedFile) -> None:
        self.file = file
        self._last: tuple[str | None, int] = (None, NONE)

    def add(self, ids: pa.Array) -> Positions:
        """Where each text is, as in ``layout.ROW``; NONE for null.

        Raises RegistryError if one is too long, and OSError.
        """
        if not len(ids):
            return np.empty(0, np.int64)
        new = np.ones(len(ids), np.bool_)
        new[1:] = _changes(ids)
        new[0] = ids[0].as_py() != self._last[0]
        starts = np.flatnonzero(new)
        texts = ids.take(pa.array(starts)).cast(pa.large_binary())
        lengths = pc.binary_length(texts).fill_null(0).to_numpy(zero_copy_only=False)
        longest = int(lengths.max(initial=0))
        if longest >> ID_BITS:
            raise RegistryError(
                f"an owner_id has {longest} bytes of UTF-8; the longest may have 65535"
            )
        offsets = np.cumsum(lengths) - lengths
        refs = ((self.file.size + offsets) << ID_BITS) | lengths
        refs[texts.is_null().to_numpy(zero_copy_only=False)] = NONE
        # Nulls hold no bytes, so the texts are one after the other in the column's own buffer.
        data = texts.buffers()[2]
        if data is not None:
            self.file.write(data.slice(0, int(lengths.sum())))
        all_refs = np.concatenate(([self._last[1]], refs))[np.cumsum(new)]
        self._last = (ids[-1].as_py(), int(all_refs[-1]))
        return np.asarray(all_refs, np.int64)


def _changes(ids: pa.Array) -> Positions:
    """Whether each text but the first differs from the one before; null equals null."""
    differ = pc.not_equal(ids[1:], ids[:-1]).fill_null(fill_value=False)
    return np.asarray(pc.or_(differ, pc.xor(ids[1:].is_null(), ids[:-1].is_null())))
