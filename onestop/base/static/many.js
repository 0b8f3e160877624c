// [data-choose-page] ticks every row of the page; it is shown only where it can work.
const whole = document.querySelector("[data-choose-page]");
if (whole) {
  const rows = [...document.querySelectorAll("input[data-choose]")];
  whole.closest("label").hidden = false;
  whole.addEventListener("change", () => {
    for (const row of rows) row.checked = whole.checked;
  });
  const tell = () => {
    const ticked = rows.filter((row) => row.checked).length;
    whole.checked = ticked === rows.length;
    whole.indeterminate = ticked > 0 && ticked < rows.length;
  };
  for (const row of rows) row.addEventListener("change", tell);
  tell();
}
