// What needs reading first takes the focus: the summary of problems, or what was just done.
const first = document.querySelector(".problems[tabindex], [data-focus]");
if (first) first.focus();

// On a phone the navigation scrolls sideways: its open entry is brought into view.
const here = document.querySelector(".mainnav [aria-current]");
const nav = here?.parentElement;
if (nav) nav.scrollLeft = here.offsetLeft + 1.5 * here.offsetWidth - nav.clientWidth;
