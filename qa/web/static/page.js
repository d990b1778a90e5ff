/* The panel's script, run by gr.HTML with `element`, `trigger`, `server` and `watch` in scope.

   The chatbot strips handlers from its messages, so citations are plain links `#t2-c1` (exchange 2,
   citation 1) and the clicks are caught here. Only HTML made by the server is ever inserted. */

const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
let wanted = null; // the card to show once its exchange is in the panel
let newest = 0; // the last exchange whose question was brought into view

function reveal(id) {
  const card = document.getElementById(id);
  if (!card) return;
  card.scrollIntoView({ behavior: motion, block: "start" });
  card.focus({ preventScroll: true });
  card.classList.remove("lit");
  void card.offsetWidth; // so that the animation starts again
  card.classList.add("lit");
  for (const link of document.querySelectorAll("#chat a.cite")) {
    const current = link.getAttribute("href") === `#${id}`;
    current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  }
}

function showCitation(turn, id) {
  const shown = element.querySelector("[data-turn]");
  if (shown && shown.dataset.turn === turn) return reveal(id);
  wanted = id;
  trigger("show", { turn: Number(turn) });
}

function bringQuestion(turn) {
  // a frame later, when the chat has been drawn as well
  requestAnimationFrame(() =>
    document.getElementById(`q${turn}`)?.scrollIntoView({ behavior: motion, block: "start" }),
  );
}

async function copy(button) {
  const text = button.dataset.copy;
  let done = true;
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text).catch(() => (done = false));
  } else {
    // over plain http, as in an intranet, only this older way is open
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    done = document.execCommand("copy");
    area.remove();
    button.focus({ preventScroll: true });
  }
  button.textContent = done ? "已复制" : "请手动复制";
  if (!done) button.title = text;
  setTimeout(() => (button.textContent = "复制出处"), 1800);
}

function unfold(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? button.dataset.less : button.dataset.more;
  button.previousElementSibling.classList.toggle("unfolded", open);
}

async function addNeighbours(around, id, sides) {
  around.setAttribute("aria-busy", "true");
  try {
    const found = await server.neighbours(id);
    for (const side of sides) place(around, side, found[side]);
  } catch {
    around.insertAdjacentHTML("beforeend", '<p class="quiet">相邻条文暂时取不到，请稍后再试。</p>');
  }
  around.removeAttribute("aria-busy");
}

function place(around, side, neighbour) {
  const where = side === "previous" ? "afterbegin" : "beforeend";
  if (!neighbour) {
    const end = side === "previous" ? "前面没有了，这是本文件的开头。" : "后面没有了，这是本文件的末尾。";
    around.insertAdjacentHTML(where, `<p class="quiet">${end}</p>`);
    return;
  }
  around.insertAdjacentHTML(where, neighbour.html);
  const further = document.createElement("button");
  further.type = "button";
  further.className = "further";
  further.dataset.side = side;
  further.dataset.id = neighbour.id;
  further.textContent = side === "previous" ? "再往前一条" : "再往后一条";
  side === "previous" ? around.prepend(further) : around.append(further);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("a[href^='#'], button");
  if (!target) return;
  const citation = /^#(t(\d+)-c\d+)$/.exec(target.getAttribute("href") ?? "");
  const question = /^#q(\d+)$/.exec(target.getAttribute("href") ?? "");
  if (citation) {
    event.preventDefault();
    showCitation(citation[2], citation[1]);
  } else if (question && element.contains(target)) {
    event.preventDefault();
    bringQuestion(question[1]);
  } else if (target.matches(".copy")) {
    copy(target);
  } else if (target.matches(".unfold")) {
    unfold(target);
  } else if (target.matches(".further")) {
    const around = target.parentElement;
    target.remove();
    addNeighbours(around, target.dataset.id, [target.dataset.side]);
  }
});

// `toggle` does not bubble, so it is caught on its way down
element.addEventListener(
  "toggle",
  (event) => {
    const around = event.target.querySelector(":scope > .around");
    if (!around || !event.target.open || around.childElementCount) return;
    const id = event.target.closest("[data-provision]").dataset.provision;
    addNeighbours(around, id, ["previous", "next"]);
  },
  true,
);

watch("value", () => {
  const turn = Number(element.querySelector("[data-turn]")?.dataset.turn ?? 0);
  if (wanted) {
    reveal(wanted);
    wanted = null;
  } else if (turn > newest) {
    element.closest("#evidence")?.scrollTo({ top: 0 });
    bringQuestion(turn);
  }
  newest = turn === 0 ? 0 : Math.max(newest, turn);
});
