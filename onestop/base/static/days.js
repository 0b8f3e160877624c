// A browser writes a day in the order of its own language, 03/04 or 04/03: what it is, stands in words below [data-day].
const lang = { vi: "vi-VN", en: "en-GB" }[document.documentElement.lang];
const words = new Intl.DateTimeFormat(lang, { dateStyle: "full" });

function told(field) {
  const below = document.createElement("div");
  below.className = "form-text";
  below.dataset.told = "";
  below.setAttribute("aria-live", "polite");
  field.after(below);
  return below;
}

function tell(field) {
  const day = field.value.slice(0, "2021-12-31".length);
  const below = field.parentElement.querySelector("[data-told]") || told(field);
  below.textContent = day && words.format(new Date(`${day}T00:00`));
}

const all = () => document.querySelectorAll("[data-day]").forEach(tell);
document.addEventListener("input", ({ target }) => target.matches("[data-day]") && tell(target));
document.addEventListener("htmx:load", all);
all();
