// [data-print] prints the page; with the value "now" it does so as soon as the page is there.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
  if (button.dataset.print === "now") window.addEventListener("load", () => window.print());
}
