// The list of calls by model, the search in it, and the address after `#`.

function showNavigation() {
  const groups = new Map((api.document.tags ?? []).map((tag) => [tag.name, []]));
  for (const call of api.calls) {
    if (!groups.has(call.tag)) groups.set(call.tag, []);
    groups.get(call.tag).push(call);
  }
  const lists = [...groups].filter(([, calls]) => calls.length > 0).map(([name, calls]) => {
    const links = calls.map((call) => element("li", {}, callLink(call)));
    return element("details", { class: "group", "data-name": name }, element("summary", {}, name), element("ul", {}, links));
  });
  replace(document.getElementById("calls"), lists, element("p", { class: "note none", hidden: true }, "Nothing found."));
  if (lists.length <= 4) lists.forEach((list) => (list.open = true));
  connectSearch();
}

function callLink(call) {
  const path = element("span", { class: "path" }, shortPath(call.path));
  const words = `${call.method} ${call.path} ${call.id} ${call.operation.summary ?? ""}`.toLowerCase();
  return element(
    "a",
    { href: `#${encodeURIComponent(call.id)}`, "data-id": call.id, "data-words": words, title: call.operation.summary },
    methodBadge(call.method),
    path,
  );
}

// What all paths share says nothing here.
function shortPath(path) {
  const prefix = commonPrefix();
  return path.startsWith(prefix) ? path.slice(prefix.length - 1) : path;
}

function commonPrefix() {
  const paths = api.calls.filter((call) => call.tag !== "System").map((call) => call.path.split("/"));
  const parts = [];
  for (const [index, part] of (paths[0] ?? []).slice(0, -1).entries()) {
    if (!paths.every((path) => path[index] === part && path.length > index + 1)) break;
    parts.push(part);
  }
  return `${parts.join("/")}/`;
}

function connectSearch() {
  const search = document.getElementById("search");
  search.addEventListener("input", () => filterCalls(search.value.trim().toLowerCase()));
  search.addEventListener("keydown", (event) => {
    const first = document.querySelector("#calls li:not([hidden]) a");
    if (event.key === "Enter" && first) first.click();
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    }
  });
  document.getElementById("calls").addEventListener("keydown", moveBetweenCalls);
  document.addEventListener("keydown", (event) => {
    const isWriting = event.target.closest?.("input, textarea, select");
    if (event.key === "/" && !isWriting && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      openMenu(true);
      search.focus();
    }
  });
}

function filterCalls(text) {
  const words = text.split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of document.querySelectorAll("#calls .group")) {
    let shown = 0;
    for (const item of group.querySelectorAll("li")) {
      const matches = words.every((word) => item.firstChild.dataset.words.includes(word));
      item.hidden = !matches;
      shown += matches ? 1 : 0;
    }
    group.hidden = shown === 0;
    if (words.length > 0 && shown > 0) group.open = true;
    found += shown;
  }
  document.querySelector("#calls .none").hidden = found > 0;
}

function moveBetweenCalls(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [...document.querySelectorAll("#calls summary, #calls li:not([hidden]) a")];
  const visible = stops.filter((stop) => stop.getClientRects().length > 0);
  const next = visible[visible.indexOf(document.activeElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

function markCurrent(id) {
  for (const link of document.querySelectorAll("#calls a")) {
    const isCurrent = link.dataset.id === id;
    if (isCurrent) {
      link.setAttribute("aria-current", "page");
      link.closest("details").open = true;
      link.scrollIntoView({ block: "nearest" });
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

function openMenu(isOpen) {
  document.body.classList.toggle("with-menu", isOpen);
  document.getElementById("menu").setAttribute("aria-expanded", String(isOpen));
}

// What stands after `#`; anybody can write a link, also a broken one.
function currentAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

function showAddressed() {
  const address = currentAddress();
  const content = document.getElementById("content");
  if (address === "content") return;
  openMenu(false);
  const call = api.byId.get(address);
  markCurrent(call?.id);
  if (call) replace(content, callPage(call));
  else if (address.startsWith("schema/")) replace(content, schemaPage(address.slice("schema/".length)));
  else replace(content, overviewPage());
  window.scrollTo(0, 0);
  const name = call?.operation.summary ?? (address.startsWith("schema/") ? address.slice(7) : undefined);
  document.title = name ? `${name} · ${api.document.info.title}` : api.document.info.title;
}
