// At a desk Enter goes on to the next field, as the Enter of a scanner does; only Ctrl+Enter saves.
// The rail counts the papers that are ticked, and [data-opens] unfolds what its field lies in.
const form = document.querySelector("#intake");
const { id_number: number, name, phone } = form.elements;

// Whom the number belongs to comes as hidden fields: what a card reads replaces, what an earlier dossier
// knows fills only what is still empty, for whoever is typing types on.
const known = document.querySelector("#known");
const told = (name) => [...known.querySelectorAll(`[data-${name}]`)].map((one) => [form.elements[one.dataset[name]], one.value]);

known?.addEventListener("htmx:afterSwap", () => {
  const here = document.activeElement, wasEmpty = here === number || !here.value;
  if (known.querySelector("[role=alert]")) return number.select(); // the next scan replaces what was damaged
  const read = told("reads"), filled = told("fills").filter(([field]) => !field.value);
  for (const [field, value] of [...read, ...filled]) field.value = value;
  if (read.length) form.elements.applicant_kind.value = "person";
  if (!read.length && !filled.length) return;
  const next = [name, phone].find((one) => !one.value) ?? form.elements.q ?? form.querySelector("#paper-0");
  if (wasEmpty && [number, name, phone].includes(here)) next?.focus();
});

known?.addEventListener("click", (event) => {
  if (!event.target.closest("[data-leaves]")) return;
  event.preventDefault();
  for (const [field, value] of told("fills")) if (field.value === value) field.value = "";
  known.replaceChildren();
  name.focus();
});

form.addEventListener("keydown", (event) => {
  const { key, ctrlKey, target } = event;
  if (key !== "Enter" || ctrlKey || event.defaultPrevented || !target.matches("input, select")) return;
  event.preventDefault();
  const fields = [...form.elements].filter((one) => one.matches("input, select, textarea") && one.checkVisibility());
  const after = fields.slice(fields.indexOf(target) + 1);
  after.find((one) => one.type !== "radio" || one.name !== target.name)?.focus();
});

form.addEventListener("change", () => {
  const count = document.querySelector("[data-ticked]");
  if (count) count.textContent = form.querySelectorAll("[name=papers]:checked").length;
});

const opener = document.querySelector("[data-opens]");
opener?.addEventListener("click", (event) => {
  event.preventDefault();
  const field = document.getElementById(opener.dataset.opens);
  field.closest("details").open = true;
  field.focus();
});
