// [data-print] prints the page; with the value "now" it does so as soon as the page is there, once.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
  if (button.dataset.print !== "now") continue;
  window.addEventListener("load", () => window.print());
  history.replaceState(null, "", location.pathname); // a reload shows the paper and prints no second one
}
