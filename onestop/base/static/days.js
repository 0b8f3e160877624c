// A browser writes a day in the order of its own language, 03/04 or 04/03: what it is, stands in words below [data-day].
const lang = { vi: "vi-VN", en: "en-GB" }[document.documentElement.lang];
const words = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeZone: "UTC" });

function told(field) {
  const below = document.createElement("div");
  below.className = "form-text";
  below.dataset.told = "";
  below.setAttribute("aria-live", "polite");
  field.after(below);
  return below;
}

function tell(field) {
  const day = field.valueAsNumber;
  const below = field.parentElement.querySelector("[data-told]") || told(field);
  below.textContent = Number.isNaN(day) ? "" : words.format(day);
}

const all = () => document.querySelectorAll("[data-day]").forEach(tell);
document.addEventListener("input", ({ target }) => target.matches("[data-day]") && tell(target));
document.addEventListener("htmx:load", all);
all();
