"""One sentence for each kind of finding, by subject: code to sentence, no stronger than the design of the study."""
