// [data-papers] asks for papers: beside each stands how many originals and copies there are, as [data-copies] has
// them. [data-swaps] makes originals of copies and copies of originals, and ticks its paper; whatever else is typed.
// What is typed behind [data-focuses] has the cursor as soon as it is unfolded.
const of = (papers, place) => ["originals", "copies"].map((kind) => papers.querySelectorAll(`[name$=${kind}]`)[place]);

const said = (count, one, many) => count && (count === 1 ? one : many.replace("#", count));

function tell(papers) {
  const words = papers.querySelector("[data-copies]")?.dataset;
  for (const button of papers.querySelectorAll("[data-swaps]")) {
    const [originals, copies] = of(papers, button.dataset.swaps).map((one) => Number(one.value) || 0);
    const told = [said(originals, words.original, words.originals), said(copies, words.copy, words.copies)];
    button.firstElementChild.textContent = told.filter(Boolean).join(", ") || words.none;
    button.hidden = false;
  }
}

document.addEventListener("click", ({ target }) => {
  const papers = target.closest("[data-papers]"), swap = target.closest("[data-swaps]");
  const details = target.closest("[data-focuses] > summary")?.parentElement;
  if (details && !details.open) setTimeout(() => details.querySelector("input").focus());
  if (!swap) return;
  const [originals, copies] = of(papers, swap.dataset.swaps), box = papers.querySelectorAll("[type=checkbox]")[swap.dataset.swaps];
  [originals.value, copies.value] = [copies.value, originals.value];
  if (![originals, copies].some((one) => Number(one.value))) copies.value = 1;
  box.checked = true;
  box.dispatchEvent(new Event("change", { bubbles: true }));
});

const all = () => document.querySelectorAll("[data-papers]").forEach(tell);
document.addEventListener("change", all);
document.addEventListener("htmx:load", all);
all();
