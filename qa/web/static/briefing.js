// 简报: every step is sent at once and counts as saved when the server says so.
// Only HTML made by the server is ever inserted.
(() => {
  const page = document.querySelector(".briefing");
  const address = page.dataset.address;
  const $ = (selector, within = page) => within.querySelector(selector);
  const $$ = (selector, within = page) => [...within.querySelectorAll(selector)];

  if (matchMedia("(max-width: 899.98px)").matches) {
    for (const folded of $$("[data-narrow]")) folded.open = false;
  }
  /* moving a row within its list, by buttons */

  function move(button) {
    const row = button.closest("li");
    const up = button.dataset.move === "-1";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return false;
    if (up) other.before(row);
    else other.after(row);
    button.focus();
    button.scrollIntoView({ block: "nearest" });
    return true;
  }

  /* 1 topic and template: only the fields that the template needs */

  const radios = $$("[name=template]");
  function follow(chosen, withParts) {
    for (const field of $$("[data-for]")) field.hidden = field.dataset.for !== chosen.dataset.needs;
    if (!withParts) return;
    const list = $(".parts ol");
    const rows = new Map($$("li", list).map((row) => [$("input", row).value, row]));
    const wanted = chosen.dataset.parts.split(" ");
    for (const [kind, row] of rows) $("input", row).checked = wanted.includes(kind);
    list.prepend(...wanted.map((kind) => rows.get(kind)));
  }
  for (const radio of radios) radio.addEventListener("change", () => follow(radio, true));
  follow(radios.find((radio) => radio.checked) ?? radios[0], false);
  $(".parts").addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(button);
  });
  if (!address) return;

  /* talking to the server, one thing after the other */

  const saved = $("#saved");
  let waiting = 0;
  let last = Promise.resolve();

  async function send(path, body, method = "POST") {
    let answer;
    try {
      const headers = { accept: "application/json", "content-type": "application/json" };
      answer = await fetch(`${address}/${path}`, { method, headers, body: body && JSON.stringify(body) });
    } catch {
      throw new Error("没有连上服务，这一步没有存下；请稍后再试。");
    }
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    throw new Error(told.error ?? "服务没有收下这一步；请刷新页面再试。");
  }

  function tell(words, wrong) {
    saved.textContent = words;
    saved.classList.toggle("fault", wrong);
    saved.classList.toggle("done", !waiting && !wrong);
  }

  // `work` may give a sentence that the trainer must know although all is saved
  function inTurn(work) {
    waiting += 1;
    tell("正在保存……", false);
    last = last.then(async () => {
      let warning = "";
      try {
        warning = (await work()) ?? "";
      } catch (error) {
        waiting -= 1;
        tell(error.message, true);
        return;
      }
      waiting -= 1;
      const now = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
      if (!waiting) tell(`已保存 ${now}${warning ? `。${warning}` : ""}`, Boolean(warning));
    });
  }

  addEventListener("beforeunload", (event) => {
    if (waiting || $$(".edit").some(isChanged)) event.preventDefault();
  });

  /* 2 the outline */

  const outline = $("#outline");
  const asked = document.getElementById(location.hash.slice(1))?.closest("#outline li");
  if (asked || location.hash === "#outline") {
    $("details", outline).open = true;
    asked?.scrollIntoView({ block: "center" });
  }
  const rows = () => $$("li[data-id]", outline);
  const ticked = () => rows().filter((row) => $("input", row).checked);
  const ids = (some) => some.map((row) => row.dataset.id);

  function arrange() {
    $("#count").textContent = `已选 ${ticked().length} 条，共 ${rows().length} 条`;
    for (const group of $$(".group", outline)) {
      const boxes = $$("li input", group);
      $("[data-tally]", group).textContent = `${boxes.filter((b) => b.checked).length} / ${boxes.length}`;
    }
    inTurn(async () => {
      const body = { order: ids(rows()), ticked: ids(ticked()) };
      const { fault } = await (await send("arrange", body)).json();
      $("#outline-fault").textContent = fault;
      return fault;
    });
  }

  outline.addEventListener("change", (event) => {
    if (event.target.matches("li[data-id] input")) arrange();
  });
  outline.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches("li[data-id] [data-move]") && move(button)) arrange();
    if (button?.matches("[data-all]")) {
      const boxes = $$("li input", button.closest(".group"));
      const on = !boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = on;
      arrange();
    }
  });

  /* 3 writing */

  const writing = $("#writing");
  const said = $(".told", writing);
  const act = (name) => $(`[data-act=${name}]`, writing);

  function show(told) {
    const busy = told.state === "waiting" || told.state === "working";
    act("generate").disabled = busy;
    act("stop").hidden = !busy;
    $(".progress", writing).hidden = !busy;
    $("progress", writing).value = told.total ? told.done / told.total : 0;
    $(".progress .figures", writing).textContent = told.total ? `${told.done} / ${told.total}` : "";
    if (said.textContent !== told.said) said.textContent = told.said;
    said.classList.toggle("fault", told.state === "failed");
    return busy;
  }

  async function watch() {
    try {
      let told = await (await send("progress", undefined, "GET")).json();
      while (show(told)) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        told = await (await send("progress", undefined, "GET")).json();
      }
      if (told.state === "done") {
        history.replaceState(null, "", "#preview");
        location.reload();
      }
    } catch (error) {
      show({ state: "failed", said: error.message, done: 0, total: 0 });
    }
  }

  async function generate() {
    $(".sure", writing).hidden = true;
    await last; // what is ticked must have arrived
    try {
      const phrased = Boolean($("#phrase")?.checked);
      show(await (await send("generate", { phrased })).json());
    } catch (error) {
      show({ state: "failed", said: error.message, done: 0, total: 0 });
      return;
    }
    watch();
  }

  page.addEventListener("click", (event) => {
    const name = event.target.closest("[data-act]")?.dataset.act;
    if (name === "generate" && writing.dataset.edits) {
      const sure = $(".sure", writing);
      $("p", sure).textContent = `您改过 ${writing.dataset.edits} 处；重新生成会把它们换成新的文字。`;
      sure.hidden = false;
      act("sure").focus();
    } else if (name === "generate" || name === "sure") {
      writing.scrollIntoView({ block: "nearest" });
      generate();
    } else if (name === "unsure") {
      $(".sure", writing).hidden = true;
      act("generate").focus();
    } else if (name === "stop") {
      send("stop").then(watch, (error) => (said.textContent = error.message));
    }
  });
  if ("underWay" in writing.dataset) watch();

  /* 4 the preview: texts that may be rewritten */

  const sheet = $("#sheet");
  if (!sheet) return;
  const known = new WeakMap(); // what the server has of a text
  const now = (text) => text.innerText.replace(/\n$/, "");
  const was = (text) => known.get(text) ?? text.defaultText;

  function learn() {
    for (const text of $$(".edit", sheet)) {
      text.defaultText = text.textContent;
      // browsers without plain text editing get the other one; see the paste below
      if (!text.isContentEditable) text.contentEditable = "true";
    }
  }
  function isChanged(text) {
    return was(text) !== undefined && now(text) !== was(text);
  }
  learn();

  function keep(text) {
    if (!isChanged(text)) return;
    inTurn(async () => {
      if (!isChanged(text)) return;
      const typed = now(text);
      const body = { place: text.dataset.place, was: was(text), text: typed };
      const told = await (await send("edit", body)).json();
      known.set(text, told.text);
      if (now(text) === typed && typed !== told.text) text.textContent = told.text;
      text.nextElementSibling.hidden = !told.marked;
      writing.dataset.edits = Number(writing.dataset.edits ?? 0) + 1;
      if (text.dataset.place === "title") $(".head h2").textContent = told.text;
    });
  }

  let pause;
  sheet.addEventListener("input", (event) => {
    clearTimeout(pause);
    pause = setTimeout(() => keep(event.target), 1200);
  });
  sheet.addEventListener("focusout", (event) => {
    if (event.target.matches(".edit")) keep(event.target);
  });
  sheet.addEventListener("paste", (event) => {
    if (!event.target.closest(".edit")) return;
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  });

  sheet.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    if (!button.classList.contains("asked")) {
      button.classList.add("asked");
      button.textContent = "再点一次移除";
      return;
    }
    const text = $(".edit", button.closest("[data-removable]"));
    inTurn(async () => {
      const body = { place: button.dataset.remove, was: was(text) };
      const html = await (await send("remove", body)).text();
      sheet.innerHTML = html;
      learn();
      writing.dataset.edits = Number(writing.dataset.edits ?? 0) + 1;
      $("#preview").focus({ preventScroll: true });
    });
  });
  sheet.addEventListener("focusout", (event) => {
    if (!event.target.matches("[data-remove].asked")) return;
    event.target.classList.remove("asked");
    event.target.textContent = "移除";
  });

  sheet.addEventListener("change", (event) => {
    if (!event.target.matches("[data-filter]")) return;
    const wanted = event.target.value;
    for (const row of $$("tbody tr", event.target.closest(".part"))) {
      const named = row.dataset.departments.split("|").includes(wanted);
      row.hidden = Boolean(wanted) && !named && !("shared" in row.dataset);
    }
  });
})();
