/* Runs before the page is drawn, so that what needs script is not shown to those without it. */
document.documentElement.classList.add("mz-script");
document.addEventListener("DOMContentLoaded", function () {
  document.body.classList.add("js-enabled");
  if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
});
