"""A class on its phones: the link that lets them in, its QR code, the gate that asks for it, and a count of answers.

In: a port. Out: an ASGI middleware, texts, counts. Nothing is kept beyond the memory of the server.
"""
