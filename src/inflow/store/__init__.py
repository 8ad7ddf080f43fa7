"""What we remember. The only room that says SQL: plain functions per noun that take an open connection."""
