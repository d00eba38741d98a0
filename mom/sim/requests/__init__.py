"""What an OMM does with each request: pure functions from state, session and request to an answer.

Each module has a table of handlers by message name. They refuse by raising `Refusal`; what is to be
told to others they leave in the state's outbox.
"""
