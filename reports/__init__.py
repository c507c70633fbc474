"""A story on paper, in slides, as pictures: the second way to show one, beside the screen. No Streamlit."""
