// form[data-kept="17"] is an act of member of staff 17 at one address. What was typed into it outlives a session that
// ended: it stays in this tab from the moment it is sent, comes back where the same page comes back as if nothing had
// been typed, and is gone with the next page that is another.
const SLOT = "act", form = document.querySelector("form[data-kept]");
const mine = form && `${form.dataset.kept} ${location.pathname}`;
const kept = JSON.parse(sessionStorage.getItem(SLOT) ?? "null");
sessionStorage.removeItem(SLOT);
if (form && kept?.mine === mine && form.hasAttribute("data-fresh")) {
  for (const field of form.elements) {
    const told = kept.told[field.name];
    if (!told || field.type === "hidden") continue;
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = told.includes(field.value);
    else field.value = told[0];
  }
}
form?.addEventListener("submit", () => {
  const told = {};
  for (const [name, value] of new FormData(form)) if (name !== "csrf_token") (told[name] ??= []).push(value);
  sessionStorage.setItem(SLOT, JSON.stringify({ mine, told }));
});
