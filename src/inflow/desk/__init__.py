"""Where cases are worked on: each function reads the store, asks the pure rooms and writes, inside its caller's transaction.

The jobs, the command line and the board all act through here, so that the same verb always leaves the same events.
"""
