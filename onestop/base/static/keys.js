// data-key="n", "alt+d" or "ctrl+enter": the key clicks its element, or puts the cursor into its field.
// "?" opens the list. Keys without Ctrl or Alt are for whoever is not typing, and can be switched off there;
// nobody begins a name or a number with "?" or "/", so that these two work from a line that is still empty.
const list = document.querySelector("dialog[data-keys]");
const off = () => localStorage.getItem("keys") === "off";
const TEXT = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";

const SIGNS = ["?", "/"];
const LINES = ["text", "search", "tel", "email"];
const typing = ({ target, key }) =>
  target.matches(TEXT) && !(SIGNS.includes(key) && LINES.includes(target.type) && target.value === "");

// With Shift a digit is a sign that differs between keyboards; where Shift makes the digit, it is one.
const pressed = ({ ctrlKey, altKey, shiftKey, code, key }) => {
  if (shiftKey && code.startsWith("Digit") && !/\d/.test(key)) return `shift+${code.slice(5)}`;
  const letter = altKey && code.startsWith("Key") ? code.slice(3) : key;
  return (ctrlKey ? "ctrl+" : "") + (altKey ? "alt+" : "") + letter.toLowerCase();
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat || event.metaKey || !event.key) return;
  if (document.querySelector("dialog[open]")) return;
  if (!event.ctrlKey && !event.altKey && (off() || typing(event))) return;
  const name = pressed(event);
  // The last one: where a page searches a list of its own, that comes before the search of all.
  const found = [...document.querySelectorAll("[data-key]")].findLast((one) => one.dataset.key === name && !one.disabled);
  if (found) found.matches(TEXT) ? found.focus() : found.click();
  else if (name === "?" && list) list.showModal();
  else return;
  event.preventDefault();
});

document.querySelector("[data-keys-open]")?.addEventListener("click", () => list.showModal());
const choice = document.querySelector("[data-keys-switch]");
if (choice) choice.checked = !off();
choice?.addEventListener("change", () => localStorage.setItem("keys", choice.checked ? "on" : "off"));
