/* The drop zone of 文件收入, run by gr.HTML with `element` and `trigger` in scope.

   The bytes go to an address of the site's own; what the server says of them comes back as events:
   `arrived` with a token, `refused` with a sentence. */

const zone = element.querySelector(".drop");
const field = element.querySelector("input");
const told = element.querySelector(".sending");
let current = ""; // the token of the file that is looked at
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
    current = answer.token;
    trigger("arrived", { token: answer.token });
  } else {
    trigger("refused", { said: answer.fault ?? answer.error ?? "没有传上；请重新登录后再试。" });
  }
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
// whoever leaves the page does not want the file read on
addEventListener("pagehide", () => current && leave(current));
