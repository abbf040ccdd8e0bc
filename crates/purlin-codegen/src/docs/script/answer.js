// What came back: status, time, headers, and the body with its parts in colour.

const MOST_COLOURED = 300_000;

function answerView(answer) {
  const isGood = answer.status < 400;
  const size = new Blob([answer.text]).size;
  return [
    element(
      "p",
      { class: "result" },
      element("span", { class: `status ${isGood ? "good" : "bad"}` }, answer.status),
      element("span", {}, `${answer.milliseconds.toFixed(answer.milliseconds < 10 ? 1 : 0)} ms`),
      element("span", {}, sizeInWords(size)),
      answer.text && copyButton("Copy", () => answer.text),
    ),
    answer.text && element("pre", { class: "json", tabindex: "0" }, bodyNodes(answer)),
    element(
      "details",
      { class: "headers" },
      element("summary", {}, "Headers"),
      element("dl", {}, answer.headers.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    ),
  ];
}

function sizeInWords(bytes) {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`;
}

function bodyNodes(answer) {
  try {
    const pretty = JSON.stringify(JSON.parse(answer.text), null, 2);
    return pretty.length > MOST_COLOURED ? pretty : coloured(pretty);
  } catch {
    return answer.text;
  }
}

// Pretty-printed JSON as spans. Everything between the tokens is punctuation and space.
function coloured(json) {
  const nodes = [];
  const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  let end = 0;
  for (const match of json.matchAll(tokens)) {
    nodes.push(json.slice(end, match.index));
    const [whole, text, colon, word] = match;
    const kind = colon ? "key" : text ? "text" : word ? "word" : "number";
    nodes.push(element("span", { class: kind }, text ?? whole), colon ?? "");
    end = match.index + whole.length;
  }
  nodes.push(json.slice(end));
  return nodes;
}
