// A form that takes its time is sent once, and its button says what happens.
// Pages work as well without this script.
addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.dataset.busy) return;
  setTimeout(() => { // the browser has read the form then, with its button
    for (const one of event.target.querySelectorAll("button")) one.disabled = true;
    button.textContent = button.dataset.busy;
  });
});

// A page from the browser's memory has its buttons disabled, and old facts.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
