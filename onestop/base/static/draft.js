// form[data-draft="17"] is kept in this browser while it is filled in: for member of staff 17 alone, for each
// address by itself, for a working day. It names citizens, so it goes as soon as it is sent ([data-taken] of the
// next page names its key), discarded, or its owner logs out; a session that merely ends leaves it.
import { MINE, drop, left, read, tellLine } from "./drafts.js";

const form = document.querySelector("form[data-draft]");
let over = !form, sent = false;
// Not before the page's own scripts are there: what is restored is asked for through them.
if (form) document.addEventListener("DOMContentLoaded", () => keep(`${MINE}${form.dataset.draft} ${location.search}`));

function keep(slot) {
  const pairs = () => [...new FormData(form)].filter(([name]) => name !== "csrf_token");
  const empty = JSON.stringify(pairs());
  const save = () => {
    const told = pairs();
    if (over || left) return;
    if (form.hasAttribute("data-fresh") && JSON.stringify(told) === empty) return drop(slot);
    localStorage.setItem(slot, JSON.stringify({ at: Date.now(), key: form.elements.key.value, sent, pairs: told }));
  };

  const kept = form.hasAttribute("data-fresh") && localStorage.getItem(slot) ? read(slot) : null;
  kept ? restore(kept) : save();
  const here = ({ target }) => target.form === form && save();
  document.addEventListener("input", here);
  document.addEventListener("change", here);
  document.addEventListener("htmx:afterSettle", save);
  window.addEventListener("pagehide", save);

  // Before once.js counts it: what was not sent may be sent again.
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    if (!navigator.onLine) {
      event.preventDefault();
      event.stopPropagation();
      return tellLine();
    }
    sent = true;
    save();
  }, true);
  document.querySelector("[data-discards]").addEventListener("click", () => {
    if (document.querySelector("#restored").hidden) return; // the key alone was pressed
    over = true;
    drop(slot);
    location.replace(location.href);
  });
  for (const change of ["online", "offline"]) window.addEventListener(change, tellLine);
}

// The fields are filled in here; the procedure comes from the server with its papers, as they were ticked.
function restore({ at, key, sent: wasSent, pairs }) {
  const values = {};
  for (const [name, value] of pairs) (values[name] ??= []).push(value);
  // The key of an intake that may have arrived is kept: sent again it is still one dossier.
  if (wasSent) form.elements.key.value = key;
  delete values.key;
  for (const field of form.elements) {
    if (!field.name || field.name === "csrf_token" || field.closest("#procedure-part, #beside")) continue;
    if (field.type === "radio") field.checked = values[field.name]?.includes(field.value) ?? false;
    else if (field.matches("input, select, textarea") && field.name !== "key") field.value = values[field.name]?.[0] ?? "";
    if (field.value && field.matches("textarea")) field.closest("details").open = true;
  }
  const note = document.querySelector("#restored"), time = note.querySelector("time"), when = new Date(at);
  const clock = new Intl.DateTimeFormat("vi", { timeStyle: "short", timeZone: "Asia/Ho_Chi_Minh" }); // none is kept longer than a day
  [time.textContent, time.dateTime] = [clock.format(when), when.toISOString()];
  note.hidden = false;
  if (document.activeElement === document.body) form.querySelector("[autofocus]")?.focus(); // before the browser does
  document.activeElement.select?.(); // for a card that is scanned now
  values.csrf_token = form.elements.csrf_token.value;
  htmx.ajax("POST", form.dataset.restores, { target: "#procedure-part", source: note, values: { ...values, act: "restore" } });
}
