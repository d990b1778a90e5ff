/* The drop zone of 文件收入, run by gr.HTML with `element` and `trigger` in scope.

   The bytes go to an address of the site's own; what the server says of them comes back as events:
   `arrived` with a token, `refused` with a sentence. The token outlives a reload of the page. */

const zone = element.querySelector(".drop");
const field = element.querySelector("input");
const told = element.querySelector(".sending");
const KEPT = "intake"; // in the tab's own storage: the token of the file that is looked at
let latest = 0; // a later file wins over one that is still on its way

async function send(file) {
  const turn = ++latest;
  told.textContent = `正在上传 ${file.name}……`;
  let answer;
  try {
    const sent = await fetch("./intake", {
      method: "POST",
      body: file,
      headers: { "X-File-Name": encodeURIComponent(file.name) },
    });
    answer = await sent.json();
  } catch {
    answer = { fault: `${file.name} 没有传完：连接断了，或不是一个文件；请再试一次。` };
  }
  if (turn !== latest) return answer.token && leave(answer.token);
  told.textContent = "";
  field.value = "";
  if (answer.token) {
    sessionStorage.setItem(KEPT, answer.token);
    trigger("arrived", { token: answer.token });
    stay(answer.token);
  } else {
    trigger("refused", { said: answer.fault ?? answer.error ?? "没有传上；请重新登录后再试。" });
  }
}

// what no page asks for is not read on
async function stay(token) {
  let state = "reading";
  while (isLatest(token) && ["waiting", "reading"].includes(state)) {
    state = await stateOf(token, 5);
  }
  if (isLatest(token) && state !== "read") sessionStorage.removeItem(KEPT);
}

function isLatest(token) {
  return sessionStorage.getItem(KEPT) === token; // and not another file's by now
}

async function stateOf(token, wait) {
  try {
    const answer = await fetch(`./intake/${token}?wait=${wait}`);
    if (answer.ok) return (await answer.json()).state;
    if (answer.status < 500) return "gone"; // signed out
  } catch {} // the server may be back in a moment
  await new Promise((go) => setTimeout(go, 1000));
  return "reading";
}

// after a reload: the file that the page had, unless it has been taken in or given up
async function resume(token) {
  const state = await stateOf(token, 0);
  if (isLatest(token) && state !== "gone") trigger("arrived", { token });
  stay(token);
}

function leave(token) {
  navigator.sendBeacon(`./intake/${token}/leave`);
}

field.addEventListener("change", () => field.files.length && send(field.files[0]));
for (const name of ["dragover", "dragenter"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  zone.addEventListener(name, () => zone.classList.remove("over"));
}
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  const files = event.dataTransfer.files;
  if (files.length > 1) trigger("refused", { said: "一次收入一份文件；请只拖一份进来。" });
  else if (files.length) send(files[0]);
});
if (sessionStorage.getItem(KEPT)) resume(sessionStorage.getItem(KEPT));
