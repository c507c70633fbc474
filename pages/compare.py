"""Compare: did A beat B, or A its control, and does it pay?"""

from answers import places
from answers.compare import compare, several
from answers.compare.offered import offered
from story.compare import compare as story
from story.compare import several as several_story
from ui import compare as controls
from ui import page

here = page.open("compare")
with here.controls:
    choice = controls.sides(offered(here.reader), places.offered(here.reader))
if choice.also and (beside := several.ask(here.reader, choice)) is not None:
    told = several_story.tell(beside)
    here.lead(told)
    with here.controls:
        controls.decides(beside.judges)
    controls.tools_of_several(here, beside)
else:
    answer = compare.ask(here.reader, choice)
    told = story.tell(answer, swap=controls.swapped())
    here.lead(told)
    if isinstance(answer, compare.Comparison):
        with here.controls:
            controls.reading(answer)
        controls.tools(here, answer)
here.show(told)
