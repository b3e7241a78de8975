"""Models: which there are, how they are reached, what their failures mean, and how a conversation with one is held.

Importing this package, or `models`, is cheap. `openai`, `errors` and `conversation` load the model library (seconds,
tens of megabytes) and are imported where the first call is made.
"""
