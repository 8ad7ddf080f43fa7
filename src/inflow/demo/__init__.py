"""The whole of Inflow on one machine with nothing to set up: embedded servers, sample mail, the real daemon."""
