// Building the page. Every string becomes a text node or an attribute, never markup.

function element(name, properties, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked") node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

// Paragraphs, and code between backticks: all that descriptions of the document use.
function prose(text, className) {
  const blocks = String(text ?? "").split(/\n\s*\n/).filter((block) => block.trim());
  return blocks.map((block) => element("p", { class: className }, inlineCode(block.trim())));
}

function inlineCode(text) {
  return text.split(/`([^`]*)`/).map((part, index) => (index % 2 ? element("code", {}, part) : part));
}

function methodBadge(method) {
  return element("span", { class: `method ${method}` }, method.toUpperCase());
}

function copyButton(label, text) {
  const button = element("button", { type: "button", class: "quiet", onclick: copy }, label);
  async function copy() {
    const said = (await copyText(text())) ? "Copied" : "Press Ctrl+C";
    button.textContent = said;
    setTimeout(() => (button.textContent = label), 1500);
  }
  return button;
}

// The clipboard is there on secure origins only; elsewhere the text is at least selected.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { class: "outside", value: text });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    if (copied) area.remove();
    else setTimeout(() => area.remove(), 5000);
    return copied;
  }
}
