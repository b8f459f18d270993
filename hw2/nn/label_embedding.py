"""Class labels among which one means "no label"."""

from torch import Tensor, nn


def embed_label(table: nn.Embedding, labels: Tensor) -> Tensor:
    """Rows of `table`; zeros for the label that is one past its last row, "no label".

    A row is an addend elsewhere, so that "no label" adds nothing and trains nothing.

    Args:
        labels: (B,), in 0..num_embeddings.

    Returns:
        (B, embedding_dim).
    """
    known = labels < table.num_embeddings
    rows: Tensor = table(labels * known)
    return rows * known[:, None]
