// Ctrl+Enter saves; Enter in the search of procedures goes to the first one found.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    document.querySelector("[data-key='ctrl+enter']")?.click();
  } else if (event.key === "Enter" && event.target.name === "q") {
    event.preventDefault();
    document.querySelector("#found input[type=radio]")?.focus();
  }
});
