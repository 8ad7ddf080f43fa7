"""What may happen to a case. Pure: the transition table, which case a message belongs to, when a delivery is tried again."""
