"""The same indicator across documents and levels: who promises what, by when, and what may not be compared, and why."""
