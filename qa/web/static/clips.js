/* 摘录夹: a second tab beside 依据. Only HTML made by the server is ever inserted. */

const held = () => element.querySelector("#clips-held");

async function call(name, asked = {}) {
  let told;
  try {
    told = await server[name](asked);
  } catch {
    told = { fault: "没有连上服务，请稍后再试。" };
  }
  if (told.fault) {
    await tell(told.fault);
    return false;
  }
  // a note that was written stands there already
  if (name !== "annotate") held().innerHTML = told.html;
  element.querySelector(".count").textContent = told.count === "0" ? "" : ` ${told.count}`;
  return true;
}

function choose(clips) {
  const [panel, mine] = element.querySelectorAll("[role=tab]");
  for (const [tab, chosen] of [[panel, !clips], [mine, clips]]) {
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  held().hidden = !clips;
  document.getElementById("evidence").classList.toggle("clips-open", clips);
}

async function putIn(button) {
  const provision = button.closest("[data-provision]").dataset.provision;
  const { locator, quotes } = button.dataset;
  if (!(await call("put_in", { provision, locator, quotes }))) return;
  button.textContent = "已摘录";
  setTimeout(() => (button.textContent = "摘录"), 1800);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button, a.cite");
  if (!button) return;
  if (button.matches("#panel .clip")) return void putIn(button);
  if (button.matches("a.cite")) return choose(false);
  if (!element.contains(button)) return;
  if (button.matches("[role=tab]")) return choose(button.id === "tab-clips");
  const item = button.closest("li");
  const id = Number(item?.dataset.id);
  const place = Number(item?.dataset.place);
  const act = button.dataset.act;
  if (act === "up") call("move", { id, to: place - 1 });
  else if (act === "down") call("move", { id, to: place + 1 });
  else if (act === "remove") call("remove", { id });
  else if (act === "clear") {
    const warning = part("p", "全部摘录和备注都会删掉，不能恢复。");
    if (await inquire("清空摘录夹？", [warning], "清空")) call("clear");
  }
});

element.addEventListener("keydown", (event) => {
  if (!event.target.matches("[role=tab]") || !/^Arrow(Left|Right)$/.test(event.key)) return;
  choose(held().hidden);
  element.querySelector("[role=tab][aria-selected=true]").focus();
});

element.addEventListener("change", async (event) => {
  if (!event.target.matches("textarea")) return;
  const note = event.target;
  await call("annotate", { id: Number(note.closest("li").dataset.id), note: note.value });
});

call("listed");
