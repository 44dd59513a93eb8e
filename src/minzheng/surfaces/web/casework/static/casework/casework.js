/* Small helps of the casework pages. Each page works without them. */

/* A question that depends on another answer is shown only where that answer is given. */
function follow(form) {
  const questions = form.querySelectorAll("[data-cw-when]");
  if (!questions.length) return;
  const update = () =>
    questions.forEach((question) => {
      const name = question.dataset.cwWhen;
      const wanted = question.dataset.cwValues.split(" ");
      const fields = form.querySelectorAll(`[name="${name}"]`);
      if (!fields.length) return;
      const value = [...fields].find((field) => field.type !== "radio" || field.checked)?.value ?? "";
      question.hidden = !wanted.includes(value);
    });
  form.addEventListener("change", update);
  update();
}

/* j and k walk through the queue, Enter opens, n takes the next case. Nothing happens while somebody is typing. */
function walk(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "n") {
    document.querySelector("[data-cw-next]")?.click();
    return;
  }
  if (event.key !== "j" && event.key !== "k") return;
  const links = [...document.querySelectorAll("[data-cw-rows] tbody th a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const to = event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
  links[to].focus();
  event.preventDefault();
}

document.querySelectorAll("[data-cw-form]").forEach(follow);
document.addEventListener("keydown", walk);
