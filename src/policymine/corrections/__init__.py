"""Corrections that last: what a reader decided about rows, applied again in every later run.

A decision is about words of a text, not about a row: ``anchors`` says which words (the clause around them, the words,
and which occurrence it is), so that it holds in new versions of the program and in near-identical versions of the
text. ``decisions`` reads and checks the files, ``apply`` changes the rows of a document, ``agreement`` works out the
figures that a methods section needs.
"""
