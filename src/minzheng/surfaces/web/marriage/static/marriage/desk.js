/* Small helps of the registrar's desk. Each page works without them. */

/* n takes the next couple. Nothing happens while somebody is typing. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key !== "n") return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  document.querySelector("[data-mr-next]")?.click();
});

/* A signature is drawn with finger, pen or mouse and sent as a picture; who signs on paper leaves it empty. */
function signature(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("[data-mr-drawn]");
  const pen = canvas.getContext("2d");
  let isDown = false;
  const fit = () => {
    canvas.width = canvas.clientWidth * devicePixelRatio;
    canvas.height = canvas.clientHeight * devicePixelRatio;
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.lineWidth = 2.2;
    pen.lineCap = "round";
  };
  const at = (event) => [event.offsetX, event.offsetY];
  canvas.addEventListener("pointerdown", (event) => {
    isDown = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    if (!isDown) return;
    isDown = false;
    field.value = canvas.toDataURL("image/png");
  });
  box.querySelector("[data-mr-clear]").addEventListener("click", () => {
    fit();
    field.value = "";
  });
  box.querySelector("[data-mr-pad]").hidden = false;
  fit();
}

document.querySelectorAll("[data-mr-sign]").forEach(signature);
