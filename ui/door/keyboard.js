// A wide table scrolls sideways on a phone: whoever goes by keyboard stops at it, too, and scrolls it with the arrows.
addEventListener("keydown", (pressed) => {
  if (pressed.key !== "Tab") return;
  for (const part of document.querySelectorAll('[data-testid="stTable"] div')) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}, true);
