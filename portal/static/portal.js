// Behaviour on top of Det Fælles Designsystem (global DKFDS) and htmx 4. Every page works without it.
"use strict";

// What needs starting, by selector. DKFDS.init() is never called: it would add a second menu after each swap.
const COMPONENTS = {
  ".alert.has-close": (element) => new DKFDS.Alert(element).init(),
  ".form-limit": (element) => new DKFDS.CharacterLimit(element, counted(WORDS.limit)).init(),
  ".js-dropdown": (element) => new DKFDS.Dropdown(element).init(),
  "[data-module='error-summary']": (element) => new DKFDS.ErrorSummary(element).init(),
  ".js-copy": (element) => element.addEventListener("click", copy),
  "form[data-once]": (element) => element.addEventListener("submit", sendOnce),
  ".criteria[data-rule]": followRule,
  "details.confirm": (element) => element.addEventListener("toggle", focusFirstField),
  ".date-picker": keepTypedDay,
  ".narrow-choices": narrowChoices,
  "form.many": countTicked,
};

const WORDS = window.PORTAL_WORDS ?? {
  more: "Mere",
  limit: {
    character_remaining: "Du har {value} tegn tilbage",
    characters_remaining: "Du har {value} tegn tilbage",
    character_too_many: "Du har skrevet {value} tegn for meget",
    characters_too_many: "Du har skrevet {value} tegn for meget",
  },
};

// Numbers with the thousands point of the page's language: the design system puts them in bare.
function counted(words) {
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const grouped = (text) => ({ replace: (mark, value) => text.replace(mark, number.format(value)) });
  return Object.fromEntries(Object.entries(words).map(([key, text]) => [key, grouped(text)]));
}

const started = new WeakSet();
const toasts = document.getElementById("toasts");

function start() {
  DKFDS.datePicker.init(document.body);
  for (const [selector, begin] of Object.entries(COMPONENTS)) {
    for (const element of document.querySelectorAll(selector)) {
      if (!started.has(element)) {
        started.add(element);
        begin(element);
      }
    }
  }
}

// The picker posts an empty day when it cannot read what was typed. Send the typed text instead, so
// that the answer can name it, and show it again when it comes back.
function keepTypedDay(picker) {
  const shown = picker.querySelector(".date-picker__external-input");
  const posted = picker.querySelector(".date-picker__internal-input");
  if (picker.dataset.typed) {
    shown.value = picker.dataset.typed;
  }
  shown.setCustomValidity("");
  posted.form?.addEventListener("formdata", (event) => {
    if (posted.name && shown.value && !posted.value) {
      event.formData.set(posted.name, shown.value);
    }
  });
}

// A press too many: the second submit of an ordinary form is dropped until the page is shown anew.
function sendOnce(event) {
  if (event.target.dataset.sending) {
    event.preventDefault();
  } else {
    event.target.dataset.sending = "yes";
  }
}

// A long list of boxes shows those that hold what is typed, and always those that are ticked.
function narrowChoices(box) {
  const search = box.querySelector("input");
  const choices = [...box.parentElement.querySelectorAll(".choices > div")];
  box.hidden = false;
  search.addEventListener("input", () => {
    const typed = search.value.trim().toLocaleLowerCase();
    for (const choice of choices) {
      choice.hidden = !choice.querySelector("input").checked && !choice.textContent.toLocaleLowerCase().includes(typed);
    }
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

// Whether as many criteria are met as the agreement asks for, told while they are answered.
function followRule(criteria) {
  const state = criteria.querySelector(".rule-state");
  const told = (isLaw) => [...criteria.querySelectorAll(`[data-is-law="${isLaw}"] .criterion`)].map((one) => one.querySelector("input[value='yes']").checked);
  const show = () => {
    const judged = told("no");
    const yes = judged.filter(Boolean).length;
    const isEnough = criteria.dataset.rule === "all" ? yes > 0 && yes === judged.length : yes >= Number(criteria.dataset.least);
    state.textContent = isEnough || told("yes").some(Boolean) ? state.dataset.met : state.dataset.unmet;
  };
  criteria.addEventListener("change", show);
  if (criteria.querySelector("input:checked")) {
    show();
  }
}

// How many rows are ticked, and one box that ticks all of the page.
function countTicked(form) {
  const rows = [...form.querySelectorAll("input[name='handover']")];
  const all = form.querySelector("thead .pick input");
  const told = form.querySelector(".many-count");
  if (!all || !told) {
    return;
  }
  const none = told.textContent;
  const show = () => {
    const ticked = rows.filter((row) => row.checked).length;
    all.checked = ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
    told.textContent = ticked === 0 ? none : ticked === 1 ? told.dataset.one : told.dataset.many.replace("{n}", ticked);
  };
  all.hidden = false;
  all.addEventListener("change", () => rows.forEach((row) => (row.checked = all.checked)));
  form.addEventListener("change", show);
  show();
}

function focusFirstField(event) {
  if (event.target.open) {
    event.target.querySelector(".confirm-body")?.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  }
}

function copy(event) {
  const button = event.currentTarget;
  const box = document.getElementById(button.dataset.copy);
  box.select();
  const done = () => toast("success", button.dataset.done);
  const failed = () => toast("info", button.dataset.failed);
  if (navigator.clipboard) {
    navigator.clipboard.writeText(box.value).then(done, failed);
  } else {
    failed();
  }
}

function toast(kind, text) {
  const box = document.createElement("div");
  box.className = `toast toast-${kind}`;
  const icon = document.createElement("div");
  icon.className = "toast-icon";
  const message = document.createElement("div");
  message.className = "toast-message";
  const words = document.createElement("p");
  words.textContent = kind === "error" ? `${toasts.dataset.titleError}: ${text}` : text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.textContent = toasts.dataset.close;
  message.append(words, close);
  box.append(icon, message);
  toasts.replaceChildren(box);
  new DKFDS.Toast(box).show();
}

// A lost session must not take what was typed with it: only a reading request leaves for the sign-in page.
function stayWithTypedText(event) {
  const { ctx } = event.detail;
  if (ctx.response.status === 401 && ctx.request.method !== "GET" && ctx.hx) {
    delete ctx.hx.redirect;
  }
}

// Refusals say so themselves, in #flashes. These are the answers that cannot.
function tell(event) {
  const { ctx } = event.detail;
  if (ctx.response.status === 401 && !ctx.hx?.redirect) {
    toast("error", toasts.dataset.signedOut);
  } else if (ctx.response.status >= 500) {
    toast("error", toasts.dataset.broken);
  }
}

function afterSwap(event) {
  start();
  showMessages();
  const { ctx } = event.detail;
  if (ctx?.sourceEvent?.type === "submit" && ctx.response?.status < 400) {
    moveFocus(ctx);
  }
}

// After something was sent, reading goes on at the heading of the new content; never while filtering.
function moveFocus(ctx) {
  const region = ctx.target?.isConnected ? ctx.target : document.getElementById(ctx.target?.id);
  const chosen = document.activeElement?.matches("[autofocus], [data-module='error-summary']");
  if (!region || (chosen && region.contains(document.activeElement))) {
    return;
  }
  const place = region.querySelector("h1, h2, h3") ?? region;
  place.setAttribute("tabindex", "-1");
  place.focus();
}

// A message that arrived while the top of the page is out of sight is shown where the reader is.
function showMessages() {
  const messages = document.getElementById("flashes");
  const above = messages.getBoundingClientRect().bottom < 0 || messages.classList.contains("floating");
  messages.classList.toggle("floating", messages.childElementCount > 0 && above);
}

function foldOnEscape(event) {
  const open = event.key === "Escape" && event.target.closest?.("details.confirm[open]");
  if (open && !event.defaultPrevented) {
    open.open = false;
    open.querySelector("summary").focus();
  }
}

function markTitle() {
  if (document.querySelector("[data-module='error-summary']")) {
    document.title = `${toasts.dataset.titleError}: ${document.title}`;
  }
}

document.documentElement.classList.remove("no-js");
document.addEventListener("keydown", foldOnEscape);
document.addEventListener("htmx:before:response", stayWithTypedText);
document.addEventListener("htmx:response:error", tell);
document.addEventListener("htmx:error", (event) => event.detail.ctx?.response || toast("error", toasts.dataset.offline));
document.addEventListener("htmx:after:swap", afterSwap);
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending));
if (document.querySelector(".js-menu-open")) {
  new DKFDS.Navigation().init();
  document.querySelectorAll(".more-button span").forEach((words) => (words.textContent = WORDS.more));
}
// Once only: a second on() would bind every click twice, and the calendar would open and shut at once.
DKFDS.datePicker.on(document.body);
start();
markTitle();
