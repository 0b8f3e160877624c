// [data-choose-page] ticks every row of the page, [data-chosen] says how many are ticked; both are
// shown only where they can work.
const whole = document.querySelector("[data-choose-page]");
if (whole) {
  const count = document.querySelector("[data-chosen]");
  const rows = [...document.querySelectorAll("input[data-choose]")];
  whole.closest("label").hidden = false;
  whole.addEventListener("change", () => {
    for (const row of rows) row.checked = whole.checked;
    tell();
  });
  const tell = () => {
    const ticked = rows.filter((row) => row.checked).length;
    count.hidden = ticked === 0;
    count.querySelector("b").textContent = ticked;
    whole.checked = ticked === rows.length;
    whole.indeterminate = ticked > 0 && ticked < rows.length;
  };
  for (const row of rows) row.addEventListener("change", tell);
  tell();
}
