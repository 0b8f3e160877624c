// Whoever types a day means "from … to …", whatever period was chosen before.
for (const day of document.querySelectorAll("[data-period-day]")) {
  day.addEventListener("change", () => {
    day.form.querySelector("[data-period]").value = "free";
  });
}
