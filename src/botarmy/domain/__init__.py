"""What is true: events, commands, the run's state machine, teams and errors. Pure: no clock, no randomness, no I/O."""
