"""What a message is. Pure: knows RFCs, not cases; bytes in, values out, never raises on what a sender wrote."""
