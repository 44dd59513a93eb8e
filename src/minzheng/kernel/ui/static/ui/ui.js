/* Small behaviours of the design system. Pages work without them; each only saves a step. */
import { initAll } from "../vendor/govuk-frontend-6.6.0/govuk-frontend.min.js";
import { drawCharts } from "./charts.js";

function prepare(root) {
  drawCharts(root);
  root.querySelectorAll("[data-mz-nav-toggle]").forEach((button) => (button.hidden = false));
  if (window.matchMedia("(max-width: 640px)").matches) {
    root.querySelectorAll("[data-mz-filter]").forEach((filter) => filter.removeAttribute("open"));
  }
}

function onClick(event) {
  const opener = event.target.closest("[data-mz-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.mzDialog);
    if (dialog && dialog.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-mz-close]");
  if (closer) closer.closest("dialog").close();
  if (event.target.closest("[data-mz-print]")) window.print();

  const toggle = event.target.closest("[data-mz-nav-toggle]");
  if (toggle) {
    const isOpen = toggle.getAttribute("aria-expanded") === "true";
    toggle.setAttribute("aria-expanded", String(!isOpen));
    document.getElementById(toggle.getAttribute("aria-controls")).classList.toggle("mz-nav--open", !isOpen);
  }
  document.querySelectorAll("[data-mz-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
}

function onChange(event) {
  const all = event.target.closest("[data-mz-select-all]");
  if (!all) return;
  const boxes = all.closest("table").querySelectorAll(`input[name="${all.dataset.mzSelectAll}"]`);
  boxes.forEach((box) => (box.checked = all.checked));
}

function onKey(event) {
  if (event.key !== "Escape") return;
  document.querySelectorAll("[data-mz-menu][open]").forEach((menu) => {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });
}

document.addEventListener("click", onClick);
document.addEventListener("change", onChange);
document.addEventListener("keydown", onKey);
document.addEventListener("htmx:load", (event) => drawCharts(event.detail.elt));
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
prepare(document);
