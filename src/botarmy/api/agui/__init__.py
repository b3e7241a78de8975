"""AG-UI 1.0: a run of BotArmy as the stream of events that AG-UI's clients understand, read from the log.

A thread is a project, and an AG-UI run is one look at it: from a request until the project ends, waits for a person or
is paused. Leaving the stream stops nothing.
"""
