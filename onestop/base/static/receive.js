// At a desk Enter goes on to the next field, as the Enter of a scanner does; only Ctrl+Enter saves.
// The rail counts the papers that are ticked, and [data-opens] unfolds what its field lies in.
const form = document.querySelector("#intake");
const { id_number: number, name, address, phone } = form.elements;

// The code on an identity card reads: number|older number|name|birth|sex|address|day of issue.
function scanned() {
  const parts = number.value.split("|");
  if (parts.length < 7) return false;
  [number.value, , name.value, , , address.value] = parts;
  return true;
}

form.addEventListener("keydown", (event) => {
  const { key, ctrlKey, target } = event;
  if (key !== "Enter" || ctrlKey || event.defaultPrevented || !target.matches("input, select")) return;
  event.preventDefault();
  if (target === number && scanned()) return phone.focus();
  const fields = [...form.elements].filter((one) => one.matches("input, select, textarea") && one.offsetParent);
  const after = fields.slice(fields.indexOf(target) + 1);
  after.find((one) => one.type !== "radio" || one.name !== target.name)?.focus();
});

form.addEventListener("change", () => {
  const count = document.querySelector("[data-ticked]");
  if (count) count.textContent = document.querySelectorAll("[data-papers] :checked").length;
});

const opener = document.querySelector("[data-opens]");
opener?.addEventListener("click", (event) => {
  event.preventDefault();
  const field = document.getElementById(opener.dataset.opens);
  field.closest("details").open = true;
  field.focus();
});
