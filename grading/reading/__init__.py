"""What was typed, read as values: one value or a column of cells, and why it cannot be used.

In: text or numbers as they were entered. Out: numbers in catalogue units, codes of words, and issues with a sentence.
"""
