// What needs reading first takes the focus: the summary of problems, or what was just done.
const first = document.querySelector(".problems[tabindex], [data-focus]");
if (first) first.focus();
