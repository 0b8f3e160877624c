// What needs reading first takes the focus: the summary of problems, or what was just done.
const first = document.querySelector(".problems[tabindex], [data-focus]");
if (first) first.focus();

// On a phone the navigation and the lists of a page scroll sideways: what is open is brought into view.
for (const here of document.querySelectorAll(":is(.mainnav, .views) [aria-current]")) {
  const row = here.closest(".mainnav, .views");
  const { right, width } = here.getBoundingClientRect();
  row.scrollLeft += right + width / 2 - row.getBoundingClientRect().right;
}
