"""Mutation testing: small faults put into the code one at a time, to see that the tests notice (`make mutants`)."""
