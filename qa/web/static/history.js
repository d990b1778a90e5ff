/* The list of conversations. Only HTML made by the server is ever inserted. */

const desk = () => document.getElementById("desk");
const wide = matchMedia("(min-width: 1280px)");
let search = ""; // what is looked for, kept while the list is renewed
let open = wide.matches;

function current() {
  return element.querySelector(".past")?.dataset.current ?? "";
}

function fold() {
  desk()?.classList.toggle("past-open", open);
  element.querySelector(".past-toggle")?.setAttribute("aria-expanded", String(open));
}

async function call(name, asked = {}) {
  let told;
  try {
    told = await server[name]({ search, current: current(), ...asked });
  } catch {
    told = { fault: "没有连上服务，请稍后再试。" };
  }
  if (told.fault) return void tell(told.fault);
  element.querySelector(".past-found").innerHTML = told.html;
}

async function rename(item) {
  const name = part("input", "", { name: "title", maxlength: "60", required: "", "aria-label": "标题" });
  name.value = item.dataset.title;
  const given = await inquire("给对话改名", [name], "保存");
  if (given) call("rename", { id: item.dataset.id, title: given.get("title") });
}

async function remove(item) {
  const warning = part("p", `“${item.dataset.title}”里的问答都会删掉，不能恢复。`);
  if (!(await inquire("删除这个对话？", [warning], "删除"))) return;
  await call("remove", { id: item.dataset.id });
  if (item.dataset.id === current()) document.getElementById("anew")?.click();
}

element.addEventListener("click", (event) => {
  const target = event.target.closest("a, button");
  const item = target?.closest("li");
  if (!target) return;
  if (target.matches("[download]")) {
    target.closest("details").open = false; // the browser fetches the file
  } else if (target.matches(".past-toggle")) {
    open = !open;
    fold();
  } else if (target.matches(".past-new")) {
    document.getElementById("anew")?.click();
  } else if (target.dataset.act) {
    target.closest("details").open = false;
    if (target.dataset.act === "rename") rename(item);
    else if (target.dataset.act === "remove") remove(item);
    else call("pin", { id: item.dataset.id, pinned: item.dataset.pinned !== "true" });
  } else if (item && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    trigger("open", { id: item.dataset.id });
  } else return;
  if (!wide.matches && (item ? !target.closest(".menu") : target.matches(".past-new"))) {
    open = false;
    fold();
  }
});

// one menu at a time, and none once the pointer or the focus is elsewhere
const menu = () => element.querySelector("details[open]");
for (const kind of ["pointerdown", "focusin"]) {
  document.addEventListener(kind, (event) => {
    if (menu() && !menu().contains(event.target)) menu().open = false;
  });
}

let soon;
element.addEventListener("input", (event) => {
  if (!event.target.matches(".past-search")) return;
  search = event.target.value;
  clearTimeout(soon);
  soon = setTimeout(() => call("listed"), 150);
});

wide.addEventListener("change", () => {
  open = wide.matches;
  fold();
});

// Esc stops, or calls a change of the question off; `/` goes to the question box
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !writing) {
    event.preventDefault();
    document.querySelector("#question textarea")?.focus();
  } else if (event.key === "Escape") {
    const stop = document.querySelector("#question .stop-button");
    if (menu()) {
      menu().querySelector("summary").focus();
      menu().open = false;
    } else if (stop) stop.click();
    else if (open && !wide.matches) {
      open = false;
      fold();
    } else if (document.querySelector("#hint .changing")) trigger("unchange");
  }
});

watch("value", () => {
  const id = current();
  history.replaceState(history.state, "", location.pathname + (id ? `?c=${id}` : ""));
  fold();
  if (!search) return;
  element.querySelector(".past-search").value = search;
  call("listed");
});

fold();
