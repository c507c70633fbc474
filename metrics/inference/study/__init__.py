"""Two sides compared as a whole: differences, what could have been seen, course, segments, harm and verdict."""
