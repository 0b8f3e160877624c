// data-combo holds a search address: while one types, its answer (<li role="option" data-value>) stands under the field.
// Arrows move, Enter takes (`taken` tells), but nothing that was not seen: a busy list answers less than is typed. Esc closes.
const PAUSE = 150;

function upgrade(box) {
  const field = box.querySelector("input:not([role])");
  if (!field) return;
  const list = box.querySelector("[role=listbox]");
  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
  let waiting, asking, at = -1;

  const show = (open) => {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    open ? list.scrollIntoView({ block: "nearest" }) : mark(-1);
  };
  const mark = (number) => {
    at = number;
    options().forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    if (at < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", options()[at].id);
    options()[at].scrollIntoView({ block: "nearest" });
  };
  const take = (option) => {
    field.value = option.dataset.value;
    stop();
    field.dispatchEvent(new Event("taken", { bubbles: true }));
  };
  const hush = () => { clearTimeout(waiting); asking?.abort(); };
  const stop = () => { hush(); show(false); };
  const ask = async () => {
    const typed = field.value;
    hush();
    if (!typed.trim()) return show(false);
    asking = new AbortController();
    const address = `${box.dataset.combo}?q=${encodeURIComponent(typed)}`;
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (answer.status === 401) return location.reload(); // the session has ended: the way in leads back here
      if (!answer.ok) return show(false);
      list.innerHTML = await answer.text();
      list.ariaBusy = String(field.value !== typed);
    } catch {
      return; // overtaken by the next letter, or no network: the field is still a plain one
    }
    options().forEach((one, place) => (one.id = `${list.id}-${place}`));
    show(document.activeElement === field && list.childElementCount > 0);
    if (!list.hidden && options().length) mark(0);
  };
  const roles = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(roles)) field.setAttribute(name, value);
  field.addEventListener("input", () => { clearTimeout(waiting); list.ariaBusy = "true"; waiting = setTimeout(ask, PAUSE); });
  field.addEventListener("blur", stop);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => target.closest("[data-value]") && take(target.closest("[data-value]")));
  field.addEventListener("keydown", (event) => {
    const count = options().length, { key } = event;
    if (event.isComposing || event.ctrlKey || event.altKey) return;
    if (list.hidden && ["Enter", "ArrowDown"].includes(key) && field.value.trim()) ask();
    else if (list.hidden || !["ArrowDown", "ArrowUp", "Enter", "Escape"].includes(key)) return;
    else if (key === "Escape") stop();
    else if (key === "Enter" && at >= 0) list.ariaBusy === "true" ? ask() : take(options()[at]);
    else if (count && key !== "Enter") mark((at + (key === "ArrowDown" ? 1 : count - 1)) % count);
    event.preventDefault();
  });
}

const upgradeAll = () => document.querySelectorAll("[data-combo]").forEach(upgrade);
upgradeAll();
document.addEventListener("htmx:load", upgradeAll);
