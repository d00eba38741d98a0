"""The routes of the API, one small class per noun, each handed what it needs by name.

Handlers turn a checked request into one call of another room and its answer into a view; they
decide nothing about the noun themselves.
"""
