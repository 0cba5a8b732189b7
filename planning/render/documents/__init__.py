"""Templates of typeset documents."""
