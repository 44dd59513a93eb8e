/* Function keys press the clerk's buttons, a form is sent once, the ticket machine returns by itself. */
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat) return;
    if (!/^F\d{1,2}$/.test(event.key)) return;
    const button = document.querySelector('[data-hotkey="' + event.key + '"]');
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent === "1") event.preventDefault();
    form.dataset.sent = "1";
  });

  // Whoever comes back to a page by the browser's back button may send its form again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });

  // Whoever walks away leaves no choice behind for the next.
  const left = document.querySelector("[data-idle-reset]");
  if (left) {
    let timer = 0;
    left.addEventListener("change", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(function () { left.reset(); }, Number(left.dataset.idleReset) * 1000);
    });
  }

  const back = document.querySelector("[data-return-after]");
  if (back) window.setTimeout(function () { window.location.assign(back.href); }, Number(back.dataset.returnAfter) * 1000);
})();
