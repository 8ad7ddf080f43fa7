"""Who should have a message. Pure: a message and what is known of its sender in, a decision with its reasons out."""
