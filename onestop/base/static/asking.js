// [data-asks="reason"] writes lines into the field of that name: what an applicant is asked for.
// Its [data-lines] buttons have the ways to ask for one paper: pressed again the line says the next of them, at last
// it goes. Its [data-missing] button asks for all [data-asked] papers of the form that are not ticked.
const field = (part) => document.getElementById(part.closest("[data-asks]").dataset.asks);
const lines = ({ value }) => value.split("\n").filter((line) => line.trim());

function write(text, told) {
  text.value = told.join("\n");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  tell();
}

function ask(text, ways) {
  const told = lines(text), place = told.findIndex((line) => ways.includes(line.trim()));
  const next = ways[ways.indexOf(told[place]?.trim()) + 1];
  place < 0 ? told.push(ways[0]) : told.splice(place, 1, ...(next ? [next] : []));
  write(text, told);
}

function missing(text) {
  const told = lines(text), papers = [...document.querySelectorAll("[data-papers]")].at(-1);
  const names = [...(papers?.querySelectorAll("[data-asked]:not(:checked)") ?? [])].map((one) => one.dataset.asked);
  const name = (line) => line.slice(0, line.lastIndexOf(":"));
  write(text, [...told, ...names.filter((line) => !told.some((one) => one.startsWith(name(line))))]);
}

function tell() {
  for (const button of document.querySelectorAll("[data-asks] [data-lines]")) {
    const asked = lines(field(button)).map((line) => line.trim());
    const line = JSON.parse(button.dataset.lines).find((one) => asked.includes(one));
    button.setAttribute("aria-pressed", String(Boolean(line)));
    button.querySelector("[data-as]").textContent = line ? line.slice(line.lastIndexOf(":") + 2) : "";
  }
}

document.addEventListener("click", ({ target }) => {
  const one = target.closest("[data-lines]"), all = target.closest("[data-missing]");
  if (one) ask(field(one), JSON.parse(one.dataset.lines));
  if (all) missing(field(all));
  if (one || all) field(one ?? all).focus();
});
document.addEventListener("input", tell);
for (const part of document.querySelectorAll("[data-asks]")) part.hidden = false;
tell();
