// At a desk Enter goes on to the next field, as the Enter of a scanner does; only Ctrl+Enter saves.
// The rail counts the papers that are ticked, and [data-opens] unfolds what its field lies in.
const form = document.querySelector("#intake");
const { id_number: number, name, phone } = form.elements;

// Whom the number belongs to comes as hidden fields: what a card reads replaces, what an earlier dossier
// knows fills only what is still empty, for whoever is typing types on. A card of somebody else than the
// form was about leaves nobody the telephone or mail of another.
const known = document.querySelector("#known");
const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();
const told = (name) => [...known.querySelectorAll(`[data-${name}]`)].map((one) => [form.elements[one.dataset[name]], one.value]);

known?.addEventListener("htmx:afterSwap", () => {
  const here = document.activeElement, wasEmpty = here === number || !here.value;
  if (known.querySelector("[role=alert]")) return number.select(); // the next scan replaces what was damaged
  const read = told("reads"), isAnother = name.value && read.some(([field, value]) => field === name && bare(value) !== bare(name.value));
  if (isAnother) phone.value = form.elements.email.value = "";
  for (const [field, value] of read) field.value = value;
  const filled = told("fills").filter(([field]) => !field.value);
  for (const [field, value] of filled) field.value = value;
  if (read.length) form.elements.applicant_kind.value = "person";
  if (!read.length && !filled.length) return;
  const next = [name, phone].find((one) => !one.value) ?? form.elements.q ?? form.querySelector("#paper-0");
  if ((wasEmpty || isAnother) && [number, name, phone].includes(here)) next?.focus();
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
