// Results at the venue, on a phone that loses the network. What cannot be sent is held in the open
// page's memory alone: nothing is written to the browser's storage, and whoever leaves is warned.
"use strict";

const RETRY = 5000; // milliseconds between attempts while something waits
const PATIENCE = 20000; // milliseconds until an answer that never comes counts as no connection

const venue = document.getElementById("venue");
const words = venue.dataset;
const bar = venue.querySelector(".venue-state");
const state = bar.querySelector("p");
const waiting = new Map(); // form -> what was entered and is not known to be saved
const forms = [...venue.querySelectorAll("form")];
const open = new Set(); // forms that are changed and not saved, or were refused
let sending = false;
let trouble = "";

function show() {
  const count = waiting.size;
  const told = count === 0 ? words.none : count === 1 ? words.one : words.many.replace("{n}", count);
  state.textContent = count > 0 && trouble ? `${told} ${trouble}` : told;
  bar.querySelector("button").hidden = count === 0;
  bar.classList.toggle("venue-state-waiting", count > 0);
  bar.hidden = false;
}

// How many have come and how many are matched, by what is known to be saved.
function count() {
  for (const place of venue.querySelectorAll("[data-count]")) {
    const outcomes = place.dataset.count.split(" ");
    place.textContent = forms.filter((form) => outcomes.includes(form.dataset.saved)).length;
  }
}

function mark(form, text, kind) {
  const person = form.closest(".venue-person");
  const place = person.querySelector(".venue-mark");
  place.textContent = text;
  person.dataset.state = kind;
}

// What the server said is wrong stands in the form, as text and never as markup.
function tell(form, lacks) {
  const box = form.querySelector(".venue-told");
  box.textContent = lacks.join(" ");
  box.hidden = lacks.length === 0;
  box.classList.toggle("form-error-message", lacks.length > 0);
}

function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function chosen(form) {
  const outcome = form.elements.outcome;
  const company = form.elements.company;
  const told = outcome.selectedOptions[0].textContent;
  return outcome.value === "matched" && company.value ? `${told}: ${company.selectedOptions[0].textContent}` : told;
}

function enter(event) {
  const form = event.target;
  event.preventDefault();
  form.elements.form_key.value = freshKey();
  waiting.set(form, { body: new URLSearchParams(new FormData(form)), told: chosen(form), outcome: form.elements.outcome.value });
  open.delete(form);
  tell(form, []);
  mark(form, `${words.waiting}: ${waiting.get(form).told}`, "waiting");
  form.closest("details").open = false;
  show();
  send();
}

async function send() {
  if (sending) {
    return;
  }
  sending = true;
  try {
    trouble = "";
    for (const [form, entry] of waiting) {
      trouble = await deliver(form, entry);
      if (trouble) {
        break;
      }
    }
  } finally {
    sending = false;
    show();
  }
}

// Sends one entry; what keeps all of them from being sent, or nothing.
async function deliver(form, entry, isSecond = false) {
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: entry.body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return words.offline;
  }
  if ((answer.redirected || answer.status === 400 || answer.status === 401) && !isSecond) {
    return (await renewToken()) ? deliver(form, withToken(form, entry), true) : words.signedOut;
  }
  if (answer.redirected || answer.status === 401) {
    return words.signedOut;
  }
  if (answer.status === 429 || answer.status >= 500) {
    return words.broken;
  }
  await settle(form, entry, answer);
  return "";
}

// A sign-in in another tab has another token: the page asks for its own anew, and keeps what it holds.
async function renewToken() {
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(PATIENCE) });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#venue input[name=csrf_token]");
    if (!fresh || answer.redirected) {
      return false;
    }
    venue.querySelectorAll("input[name=csrf_token]").forEach((field) => (field.value = fresh.value));
    return true;
  } catch {
    return false;
  }
}

function withToken(form, entry) {
  entry.body.set("csrf_token", form.elements.csrf_token.value);
  return entry;
}

// Saved or refused: no longer unsent, unless it was entered anew meanwhile.
async function settle(form, entry, answer) {
  if (waiting.get(form) !== entry) {
    return;
  }
  waiting.delete(form);
  if (answer.ok) {
    form.dataset.saved = entry.outcome;
    mark(form, `${words.sent}: ${entry.told}`, "sent");
    count();
    return;
  }
  const { lacks } = answer.status === 422 ? await answer.json() : { lacks: [words.gone] };
  open.add(form);
  tell(form, lacks);
  mark(form, words.refused, "refused");
  form.closest("details").open = true;
}

// Only what the chosen outcome asks for.
function narrow(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(form.elements.outcome.value);
  }
}

for (const form of forms) {
  form.dataset.saved = form.elements.outcome.value;
  narrow(form);
  form.addEventListener("submit", enter);
  form.addEventListener("change", () => {
    narrow(form);
    open.add(form);
    mark(form, words.unsaved, "unsaved");
  });
}
bar.querySelector("button").addEventListener("click", send);
window.addEventListener("online", send);
setInterval(() => waiting.size > 0 && send(), RETRY);
window.addEventListener("beforeunload", (event) => {
  if (waiting.size > 0 || open.size > 0) {
    event.preventDefault();
    event.returnValue = true; // what browsers from before 2023 go by
  }
});
show();
