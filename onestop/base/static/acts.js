// form[data-kept="17"] is an act of member of staff 17 at one address. What was typed into it outlives a session that
// ended: it stays in this tab from the moment it is sent, comes back where the same page comes back as if nothing had
// been typed, and is gone with the next page that is another. An act on many rows has no page of its own to come back
// to: its list, [data-again] the address of the log-in, asks once more for what was chosen and typed.
const SLOT = "act", form = document.querySelector("form[data-kept]");
const path = (address) => new URL(address || location.href, location.href).pathname;
const kept = JSON.parse(sessionStorage.getItem(SLOT) ?? "null");
sessionStorage.removeItem(SLOT);

if (form && kept?.by === form.dataset.kept && form.hasAttribute("data-fresh")) {
  if (path(form.getAttribute("action")) === path(kept.to)) restore();
}
if (form?.dataset.again && kept?.by === form.dataset.kept && path(document.referrer) === form.dataset.again) {
  const ways = [form, ...form.querySelectorAll("[formaction]")];
  if (ways.some((way) => path(way.getAttribute("formaction") ?? way.getAttribute("action")) === path(kept.to))) askAgain();
}

function restore() {
  for (const field of form.elements) {
    const told = kept.told[field.name];
    if (!told || field.type === "hidden") continue;
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = told.includes(field.value);
    else field.value = told[0];
  }
}

// Without the word that makes sure: it is asked for anew.
function askAgain() {
  const { sure, ...told } = kept.told;
  for (const [name, values] of Object.entries(told)) {
    for (const value of values) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.action = kept.to;
  form.submit();
}

form?.addEventListener("submit", ({ submitter }) => {
  const told = {}, to = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  for (const [name, value] of new FormData(form, submitter)) if (name !== "csrf_token") (told[name] ??= []).push(value);
  sessionStorage.setItem(SLOT, JSON.stringify({ by: form.dataset.kept, to, told }));
});
