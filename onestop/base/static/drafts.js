// Where half-written forms lie in this browser, and when they go (see draft.js).
const HOURS = 12;
export const MINE = "draft ";
const slots = () => Object.keys(localStorage).filter((name) => name.startsWith(MINE));
export const read = (name) => JSON.parse(localStorage.getItem(name));
export const drop = (name) => localStorage.removeItem(name);

// Set when their owner logs out: nothing is kept after that.
export let left = false;

const taken = document.querySelector("[data-taken]")?.dataset.taken;
for (const name of slots()) {
  const { at, key } = read(name);
  if (key === taken || Date.now() - at > HOURS * 3600e3) drop(name);
}

const way = document.querySelector("form[data-forgets]");
way?.addEventListener("submit", (event) => {
  const own = slots().filter((name) => name.startsWith(`${MINE}${way.dataset.forgets} `));
  if (own.length && !confirm(way.dataset.asks)) return event.preventDefault();
  own.forEach(drop);
  left = true;
});

export function tellLine() {
  const cut = document.querySelector("#cut-off");
  cut.hidden = navigator.onLine;
  if (!cut.hidden) cut.scrollIntoView({ block: "nearest" });
}
