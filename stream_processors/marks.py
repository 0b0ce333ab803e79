"""What a batch adds to windows and takes out of them, in columns: :data:`pantau.domain.measures.Mark`, many at once."""

from collections.abc import Sequence

import msgspec
import numpy as np

from pantau.domain.columns import Ints


class Marks(msgspec.Struct):
    """Marks in columns, codes for texts; ``sign`` is -1 for what is taken out."""

    unit: Ints
    measure: Ints
    service: Ints
    at: Ints
    n: Ints
    total: Ints
    provenance: Ints
    sign: Ints


def joined_marks(parts: Sequence[Marks]) -> Marks:
    """Marks end to end."""
    if len(parts) == 1:
        return parts[0]
    return Marks(*(np.concatenate(columns) for columns in zip(*map(msgspec.structs.astuple, parts), strict=True)))
