"""A file graded, from a job to its outputs: the graded file, the issues, the manifest.

In: a `Job`. Out: three files, written whole or not at all, and a `Summary`.
"""
