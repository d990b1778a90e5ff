/* A question that must be answered first: the browser's own dialog, made of text only. */

function part(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// resolves to the form's data, or to null where it was called off
function inquire(title, fields, done) {
  const dialog = part("dialog", "", { class: "inquiry", "aria-label": title });
  const form = part("form", "", { method: "dialog" });
  const row = part("div", "", { class: "inquiry-acts" });
  const off = part("button", "取消", { type: "button" });
  row.append(off, part("button", done, { type: "submit", class: "main" }));
  form.append(part("h2", title), ...fields, row);
  dialog.append(form);
  (document.querySelector(".gradio-container") ?? document.body).append(dialog);
  return new Promise((resolve) => {
    let answer = null;
    form.addEventListener("submit", () => (answer = new FormData(form)));
    off.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    dialog.showModal();
  });
}

function tell(sentence) {
  return inquire(sentence, [], "知道了");
}
