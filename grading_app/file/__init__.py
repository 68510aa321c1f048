"""A file of the session: options, columns, results, comparisons."""
