"""One file a chart form, and the theme that they all wear."""
