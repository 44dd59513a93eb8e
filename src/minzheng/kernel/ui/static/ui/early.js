/* Runs before the page is drawn, so that what script will fold away is never shown first. */
document.documentElement.classList.add("mz-script");
