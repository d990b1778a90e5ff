/* The buttons below each answer, and the questions to ask next. */

const REASONS = ["引用不对", "没答到点上", "过时", "其他"];

async function ask(name, asked) {
  try {
    const told = await server[name](asked);
    if (!told.fault) return told;
    await tell(told.fault);
  } catch {
    await tell("没有连上服务，请稍后再试。");
  }
  return null;
}

async function put(text) {
  if (navigator.clipboard && window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

async function copyAnswer(button, entry) {
  const id = document.querySelector("#past .past")?.dataset.current ?? "";
  const form = button.matches(".copy-markdown") ? "markdown" : "text";
  const told = await ask("copied", { id, entry, form });
  if (!told) return;
  const label = button.textContent;
  button.textContent = (await put(told.text)) ? "已复制" : "没有复制成";
  setTimeout(() => (button.textContent = label), 1800);
}

async function judge(button, entry) {
  const verdict = button.matches(".up") ? "up" : "down";
  let more = {};
  if (verdict === "down") {
    const reasons = part("fieldset");
    reasons.append(part("legend", "哪里不好（可多选）"));
    for (const reason of REASONS) {
      const label = part("label");
      label.append(part("input", "", { type: "checkbox", name: "reason", value: reason }), reason);
      reasons.append(label);
    }
    const comment = part("textarea", "", { name: "comment", maxlength: "1000", rows: "3" });
    const said = part("label", "说明（可不写）");
    said.append(comment);
    const given = await inquire("这个回答不好", [reasons, said], "提交");
    if (!given) return;
    more = { reasons: given.getAll("reason"), comment: given.get("comment") };
  }
  if (!(await ask("judge", { entry, verdict, ...more }))) return;
  for (const each of button.parentElement.querySelectorAll(".judge")) {
    each.classList.toggle("chosen", each === button);
    each.querySelector(".chosen-said")?.remove();
  }
  button.append(part("span", "（已选）", { class: "sr-only chosen-said" }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#chat .acts button, #follow button");
  if (!button) return;
  const entry = Number(button.closest(".acts")?.id.replace("entry-", ""));
  if (button.dataset.question) trigger("follow", { question: button.dataset.question });
  else if (button.matches(".copy-text, .copy-markdown")) copyAnswer(button, entry);
  else if (button.matches(".judge")) judge(button, entry);
  else trigger("mend");
});
