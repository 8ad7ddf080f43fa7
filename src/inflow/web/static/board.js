// News and keys. Everything works without this file: it only saves a press or a reload.
"use strict";
(() => {
  const body = document.body;

  if (body.dataset.live && "EventSource" in window) {
    const source = new EventSource(body.dataset.live);
    source.addEventListener("news", () => {
      const typing = document.querySelector("#list :focus, #story :focus");
      if (!typing || !["INPUT", "TEXTAREA", "SELECT"].includes(typing.tagName)) {
        body.dispatchEvent(new Event("news"));
      }
    });
    window.addEventListener("pagehide", () => source.close());
  }

  const rows = () => [...document.querySelectorAll(".row a")];
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  const to = (selector) => {
    const found = document.querySelector(selector);
    if (found) { found.focus(); }
    return Boolean(found);
  };
  const pages = { i: "/", u: "/unclaimed", p: "/problems", r: "/roles", a: "/answers", s: "/statistics" };
  let after = "";
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable) { return; }
    if (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)) {
      if (event.key === "Escape") { target.blur(); }
      return;
    }
    if (after === "g" && pages[event.key]) { location.assign(pages[event.key]); return; }
    after = event.key;
    let done = true;
    if (event.key === "j") { step(1); }
    else if (event.key === "k") { step(-1); }
    else if (event.key === "/") { to("#find"); }
    else if (event.key === "a") { done = to("#answer-text"); }
    else if (event.key === "n") { const more = document.querySelector("a[rel=next]"); if (more) { more.click(); } }
    else { done = false; }
    if (done) { event.preventDefault(); }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    if (event.target.method === "post") { event.target.dataset.sent = "1"; }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) { delete form.dataset.sent; }
  });
})();
