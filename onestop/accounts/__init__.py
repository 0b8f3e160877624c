"""Staff: who they are, what each role may do, and how they log in."""
