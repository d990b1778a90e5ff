/* The script of the page 评测, run by gr.HTML with `element`, `trigger` and `watch` in scope.

   The list of runs is `element`. Clicks anywhere on the page on what has `data-act` become events
   for the server; the list, which is renewed as runs begin and end, keeps the ticks of the user. */

document.title = `评测 · ${document.title}`;

const ticked = new Set(); // names of the runs to be compared, the last ticked last

function boxes() {
  return [...element.querySelectorAll(".tick input")];
}

function chosen() {
  return boxes().filter((box) => ticked.has(box.dataset.run));
}

// a run that the list does not have at the moment keeps its tick: the list may be on its way
function showTicks() {
  for (const box of boxes()) box.checked = ticked.has(box.dataset.run);
  const button = element.querySelector("#compare");
  if (button) button.disabled = chosen().length !== 2;
}

function tick(box) {
  const run = box.dataset.run;
  ticked.delete(run);
  if (box.checked) ticked.add(run);
  if (chosen().length > 2) {
    const there = new Set(chosen().map((each) => each.dataset.run));
    ticked.delete([...ticked].find((each) => there.has(each)));
  }
  showTicks();
}

function compare() {
  // the list has the newest first
  const [after, before] = chosen().map((box) => box.dataset.run);
  trigger("click", { act: "compare", before, after });
}

function confirmDelete(button) {
  const dialog = element.querySelector("dialog");
  const [title, time] = [...button.closest("tr").querySelectorAll("th span")];
  dialog.querySelector("p").textContent =
    `删去“${title.textContent}”（${time.textContent}）？它的结果和报告都会删掉，不能恢复。`;
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "delete") trigger("click", { act: "delete", run: button.dataset.run });
  };
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.id === "compare") compare();
  else if (button.dataset.act === "delete") confirmDelete(button);
  else if (button.dataset.act) {
    trigger("click", { act: button.dataset.act, run: button.dataset.run ?? "" });
  }
});

element.addEventListener("change", (event) => {
  if (event.target.matches(".tick input")) tick(event.target);
});

watch("value", showTicks);
